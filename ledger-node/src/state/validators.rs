//! Which validators are in force, as the ledger's own state says.

use dure_chain::epoch::epoch_of;
use dure_score::{
    PublicKey,
    key::Key,
    record::{Channel, ValidatorSet},
};
use minicbor::Decode;

use crate::store::{Read, StoreError, Table, record::read};

/// Blocks of an epoch of this channel.
pub fn epoch_blocks(state: &dyn Read) -> Result<u64, StoreError> {
    Ok(channel(state)?.epoch_blocks)
}

/// The set in force in `epoch`: the one with the greatest first epoch up to there. Final as soon as every block of the epoch
/// before the last one has been applied: a change is entered two epochs ahead.
pub fn in_force(state: &dyn Read, epoch: u64) -> Result<ValidatorSet, StoreError> {
    let from = channel(state)?.validator_epochs.into_iter().rev().find(|from| *from <= epoch).unwrap_or(0);
    record(state, &Key::Validators(from))
}

/// The keys of a set, in order.
pub fn keys(set: &ValidatorSet) -> Vec<[u8; 32]> {
    set.validators.iter().map(|seat| *seat.public_key.as_bytes()).collect()
}

/// Whether `key` has a seat in the set in force for the block after `height`.
pub fn is_validator(state: &dyn Read, height: u64, key: &PublicKey) -> Result<bool, StoreError> {
    let epoch = epoch_of(height.saturating_add(1), epoch_blocks(state)?);
    Ok(in_force(state, epoch)?.validators.iter().any(|seat| seat.public_key == *key))
}

fn channel(state: &dyn Read) -> Result<Channel, StoreError> {
    record(state, &Key::Channel)
}

fn record<T: for<'b> Decode<'b, ()>>(state: &dyn Read, key: &Key<'_>) -> Result<T, StoreError> {
    let bytes = state.get(Table::State, &key.to_bytes())?;
    let bytes = bytes.ok_or_else(|| StoreError::Corrupt("the state names no validators".to_owned()))?;
    read("validators", &bytes)
}
