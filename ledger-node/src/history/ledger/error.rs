//! Why a ledger does not open, or takes no block.

use dure_score::{StateError, invariant::Broken};

use crate::store::StoreError;

/// Why the ledger cannot take a block or start.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state holds what is not a record.
    #[error(transparent)]
    State(#[from] StateError),
    /// The store belongs to another genesis.
    #[error("the data directory belongs to another ledger (its genesis is a different one)")]
    OtherGenesis,
    /// A final block does not follow the last applied one.
    #[error("final block {got} does not follow block {applied}")]
    OutOfOrder {
        /// Last applied height.
        applied: u64,
        /// The block's height.
        got: u64,
    },
    /// A final block holds a transaction that does not verify: more validators are faulty than can be borne.
    #[error("final block {0} holds a transaction that does not verify")]
    BadBlock(u64),
    /// The books would not balance: nothing was written.
    #[error("after block {height}: {broken}")]
    Unbalanced {
        /// The block.
        height: u64,
        /// What does not hold.
        broken: Broken,
    },
}

impl LedgerError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(error @ StoreError::OldFormat { .. }) => error.code(),
            Self::Store(_) => "LEDGER_STORE",
            Self::State(_) => "LEDGER_STATE",
            Self::OtherGenesis => "LEDGER_OTHER_GENESIS",
            Self::OutOfOrder { .. } => "LEDGER_OUT_OF_ORDER",
            Self::BadBlock(_) => "LEDGER_BAD_BLOCK",
            Self::Unbalanced { .. } => "LEDGER_UNBALANCED",
        }
    }
}
