//! Why there is no proof.

use crate::{history::ledger::LedgerError, store::StoreError};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    /// The ledger knows no such transaction.
    #[error("the ledger holds no such transaction; a transaction that waits for a block has no proof yet")]
    Unknown,
    /// No certified header names a state that holds it yet.
    #[error("no signed header covers it yet; ask again after the next blocks, in about a second")]
    NotYet,
    /// This node no longer keeps the receipts of that block.
    #[error("this node no longer keeps the receipts of block {0}; ask a node that keeps every block")]
    Pruned(u64),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl NoProof {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "NOT_FOUND",
            Self::NotYet => "NOT_YET_PROVABLE",
            Self::Pruned(_) => "PRUNED",
            Self::Ledger(error) => error.code(),
        }
    }
}

impl From<StoreError> for NoProof {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}
