//! The pool's bounds as one value, so that tests can reach them with few transactions.

use super::lane::Load;

/// Most transactions that wait: ten seconds of a busy chain; more could not be paid while people wait at a counter.
pub const MAX_TRANSACTIONS: usize = 50_000;

/// Most wire bytes that wait. In memory a transaction takes about four times as much.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Most transactions of one signer that wait: as many as its nonce window has room for, so that nobody fills the pool alone.
pub const MAX_PER_SIGNER: usize = 128;

/// Most transactions of a block: every validator checks and applies them well within half a second, and their receipts
/// stay small enough to be read and sent as one.
pub const MAX_PROPOSED: usize = 4_000;

/// Most bytes of a block; the engine could carry more, but smaller ones travel faster.
pub const MAX_PROPOSED_BYTES: usize = 2 * 1024 * 1024;

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
