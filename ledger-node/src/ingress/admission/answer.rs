//! What the checks answers.

use dure_score::{Receipt, Refusal, TxId, limits::MAX_TX_BYTES};

use crate::{
    history::ledger::LedgerError,
    ingress::{finality::Wait, pool::MAX_PER_SIGNER},
    store::StoreError,
};

/// What became of a transaction at the checks.
pub enum Admitted {
    /// It waits for a block; with a wait for its receipt, if one was asked for and not too many wait.
    Pending(TxId, Option<Wait>),
    /// It is in a block already; its receipt.
    Final(Box<Receipt>),
}

/// What became of a peer's batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Transactions that wait now or are final.
    pub accepted: usize,
    /// Transactions that were turned away for good.
    pub refused: usize,
    /// Transactions for which there was no room: worth bringing again.
    pub no_room: usize,
}

/// Where a transaction came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A client: it is passed on to the other nodes.
    Client,
    /// Another node, which has passed it on to everybody already.
    Peer,
}

/// Why a transaction was turned away.
#[derive(Debug, thiserror::Error)]
pub enum TurnedAway {
    /// Not a transaction in canonical form.
    #[error("these bytes are not a transaction in canonical form")]
    Malformed,
    /// Longer than a transaction may be.
    #[error("a transaction has at most {MAX_TX_BYTES} bytes")]
    TooLarge,
    /// The contract would refuse it for certain.
    #[error("{}", .0.sentence(dure_score::Lang::En))]
    Refused(Refusal),
    /// Too many of this signer wait.
    #[error(
        "{MAX_PER_SIGNER} transactions of this certificate wait for a block, as many as may; try again when some are final"
    )]
    SignerBusy,
    /// Too many wait for a block.
    #[error("too many transactions wait; try again in a moment")]
    Full,
    /// Too many wait for being verified.
    #[error("more transactions come in than this node can verify; try again in a moment, or another node")]
    Overloaded,
    /// The node stops.
    #[error("this node is stopping; use another node")]
    Stopping,
    /// There is too little space to be sure that it could be kept.
    #[error(
        "the node's disk is nearly full; it takes no transactions until its operator has made space: use another node"
    )]
    DiskFull,
    /// It may have been final long ago, and this node cannot tell any more what came of it.
    #[error("this node no longer keeps what came of this transaction; ask a node that keeps all blocks")]
    Pruned,
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for TurnedAway {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

impl TurnedAway {
    /// Stable machine-readable name; for a refusal, the refusal's own.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED_TRANSACTION",
            Self::TooLarge => "TOO_LARGE",
            Self::Refused(refusal) => refusal.code(),
            Self::SignerBusy => "SIGNER_BUSY",
            Self::Full => "MEMPOOL_FULL",
            Self::Overloaded => "OVERLOADED",
            Self::Stopping => "STOPPING",
            Self::DiskFull => "DISK_FULL",
            Self::Pruned => "PRUNED",
            Self::Ledger(error) => error.code(),
        }
    }

    /// Whether the same transaction may be taken a little later.
    pub const fn is_for_want_of_room(&self) -> bool {
        matches!(self, Self::SignerBusy | Self::Full | Self::Overloaded | Self::Stopping | Self::DiskFull)
    }
}
