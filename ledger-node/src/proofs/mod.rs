//! Proofs that anybody checks who knows the genesis, without trust in this node.
//!
//! A receipt is a leaf of its block's receipts tree; the root of that tree is a value of the state; a later
//! header names the state root; validators sign headers; a state root also holds the next validators. So a
//! proof is: leaf and path, a [`dure_proof::FinalityProof`] of a state root, and in it a [`dure_proof::Handover`] for each
//! change of validators since the genesis.
//!
//! Proofs are made against a recent state root only, because the state tree keeps its last versions alone, and only in memory:
//! a node that has just started proves again once a header names a state after that. Whatever has a receipt stays provable for
//! ever. Verifiers: `dure_proof` and `web/ts/proof`.

mod account;
mod finality;
pub mod handovers;
mod past;
mod stored;
mod transaction;

use crate::ledger::LedgerError;

pub use account::account;
pub use finality::{ProvenState, finality, finality_of};
pub(crate) use past::Past;
pub use stored::{deposit, payment};
pub use transaction::transaction;

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

impl From<crate::store::StoreError> for NoProof {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Ledger(error.into())
    }
}
