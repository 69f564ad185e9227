//! The pool's bounds as one value, so that tests can reach them with few transactions.

use super::{MAX_BYTES, MAX_PER_SIGNER, MAX_PROPOSED, MAX_PROPOSED_BYTES, MAX_TRANSACTIONS, lane::Load};

/// What may wait and what a block may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// All that waits.
    pub(super) pool: Load,
    /// Transactions of one signer that wait.
    pub(super) of_signer: usize,
    /// A block.
    pub(super) block: Load,
}

impl Bounds {
    /// What a lane other than payments may fill of a block before payments have taken all they can: a tenth.
    pub(super) const fn share(&self) -> Load {
        self.block.part(10)
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            pool: Load { count: MAX_TRANSACTIONS, bytes: MAX_BYTES },
            of_signer: MAX_PER_SIGNER,
            block: Load { count: MAX_PROPOSED, bytes: MAX_PROPOSED_BYTES },
        }
    }
}
