//! The gate before voting, on simulated machines: remembers across crashes what the real one keeps in its files.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::ConsensusError;
use crate::journal::{Admission, Gate};

/// The newest epoch in which a validator may have voted.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Option<u64>>>);

impl Memory {
    pub(super) fn voted(&self) -> Option<u64> {
        *self.0.lock()
    }

    pub(super) fn forget(&self) {
        *self.0.lock() = None;
    }
}

impl Gate for Memory {
    fn admit(&mut self, epoch: u64, _: u64) -> Result<Admission, ConsensusError> {
        let mut voted = self.0.lock();
        let previous = *voted;
        if let Some(journal) = previous.filter(|previous| *previous > epoch) {
            return Err(ConsensusError::Gap { applied: epoch, journal });
        }
        *voted = Some(epoch);
        Ok(Admission { first: previous != Some(epoch), previous })
    }
}
