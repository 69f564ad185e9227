//! Who orders blocks, as the ledger says: for the node, for proofs and for the auditor.

use dure_chain::epoch::epoch_of;

use crate::{
    key::Key,
    record::{Channel, ValidatorSet},
    state::{Overlay, StateError, StateRead},
};

/// A validator set and the epoch from which it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// First epoch of the set.
    pub from_epoch: u64,
    /// The set.
    pub set: ValidatorSet,
}

impl ValidatorSet {
    /// The set that signs the blocks of `epoch`, as far as `state` knows: of an epoch at most one after the state's own
    /// this is final, because a change takes two epochs.
    pub fn in_force(state: &impl StateRead, epoch: u64) -> Result<InForce, StateError> {
        let state = Overlay::new(state);
        let from_epoch = channel(&state)?.set_from_epoch(epoch);
        let missing = || StateError(format!("the validators of epoch {from_epoch} are missing"));
        let set = state.read(&Key::Validators(from_epoch))?.ok_or_else(missing)?;
        Ok(InForce { from_epoch, set })
    }

    /// The set that signs the block at `height`, as [`ValidatorSet::in_force`].
    pub fn at_height(state: &impl StateRead, height: u64) -> Result<InForce, StateError> {
        let epoch_blocks = channel(&Overlay::new(state))?.epoch_blocks;
        Self::in_force(state, epoch_of(height, epoch_blocks))
    }
}

fn channel<S: StateRead>(state: &Overlay<S>) -> Result<Channel, StateError> {
    state.read(&Key::Channel)?.ok_or_else(|| StateError("the channel record is missing".into()))
}
