//! Proofs of the validator sets after the genesis' own.
//!
//! A new set is in the state one epoch before it is in force, so the old set signs a state root that holds it. Old
//! versions of the state tree are deleted, so that proof is made and stored once: with the first block of an epoch
//! before the set's own that has a certificate and names such a root.

use dure_consensus::BlockHeader;
use dure_proof::Handover;
use dure_score::{codec, ids::sha256, key::Key, limits::MAX_VALIDATOR_SETS, record::Channel};

use crate::{
    state::tree::StateTree,
    store::{
        Batch, Read, StoreError, Table,
        record::{AppHeader, read},
    },
};

/// Stored handovers, by first epoch, in the meta table.
const PREFIX: &[u8] = b"handover/";

/// Every handover so far, in order.
pub fn all(view: &dyn Read) -> Result<Vec<Handover>, StoreError> {
    let stored = view.scan(Table::Meta, PREFIX, MAX_VALIDATOR_SETS)?;
    stored.iter().map(|(_, bytes)| read("handover", bytes)).collect()
}

/// Puts handovers that came with a snapshot into `batch`: the blocks in which they happened are not here. The
/// caller has verified the proof that they are from.
pub fn import(batch: &mut Batch, handovers: &[Handover]) {
    for handover in handovers {
        batch.put(Table::Meta, key(handover.from_epoch), codec::encode(handover));
    }
}

/// Puts into `batch` every handover that is not stored yet and that `header` proves. `view` is the ledger
/// before this block.
pub(super) fn record(
    tree: &StateTree,
    view: &dyn Read,
    header: &BlockHeader,
    certificate: Option<&[u8]>,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let (Some(certificate), Some(claim)) = (certificate, AppHeader::decode(&header.app)) else {
        return Ok(());
    };
    let Some(channel) = view.get(Table::State, &Key::Channel.to_bytes())? else { return Ok(()) };
    let channel: Channel = read("channel", &channel)?;
    let before = header.height.saturating_sub(1);
    // From the last one back: before one that is stored all are.
    for from_epoch in channel.validator_epochs.iter().rev().copied().filter(|epoch| *epoch > 0) {
        if view.get(Table::Meta, &key(from_epoch))?.is_some() {
            break;
        }
        if header.epoch >= from_epoch {
            tracing::error!(from_epoch, "no certificate of the epoch before proves this validator set");
            continue;
        }
        let state_key = Key::Validators(from_epoch).to_bytes();
        let Some(set) = view.get(Table::State, &state_key)? else { continue };
        let Some(path) = tree.path(view, before, claim.executed, &state_key)? else { continue };
        if path.value_of(&state_key) != Some(sha256(&[&set])) {
            // Entered after the height that this header names.
            continue;
        }
        let handover = Handover {
            from_epoch,
            set: set.into(),
            siblings: path.siblings,
            header: header.encode().into(),
            certificate: certificate.to_vec().into(),
        };
        batch.put(Table::Meta, key(from_epoch), codec::encode(&handover));
    }
    Ok(())
}

/// First epoch big-endian: the scan yields them in order.
fn key(from_epoch: u64) -> Vec<u8> {
    [PREFIX, &from_epoch.to_be_bytes()].concat()
}
