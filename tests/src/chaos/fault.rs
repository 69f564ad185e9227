//! What a run of chaos may find. Each one is a promise that was broken.

use dure::error::DureError;
use dure_ledger_client::ClientError;
use dure_score::TxId;

/// A broken promise, or a run that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The network could not be set up, or a process of it ended by itself.
    #[error(transparent)]
    Launch(#[from] DureError),
    /// A node's answer that is neither a result nor *later*.
    #[error("{asked}: {source}")]
    Answer {
        /// What was asked.
        asked: String,
        /// The answer.
        source: ClientError,
    },
    /// Something that must come did not.
    #[error("not within {seconds} s: {what}")]
    Late {
        /// What.
        what: String,
        /// Patience, s.
        seconds: u64,
    },
    /// Two nodes have different blocks, receipts or state at one height.
    #[error("nodes {one} and {other} differ at height {height}: {what}")]
    Differ {
        /// Of them (from 1).
        one: usize,
        /// The other (from 1).
        other: usize,
        /// Where.
        height: u64,
        /// In what.
        what: String,
    },
    /// What a client was told is not what the ledger holds.
    #[error("{id} was acknowledged, but node {node} has {found}")]
    Lost {
        /// The transaction.
        id: TxId,
        /// The node (from 1).
        node: usize,
        /// What it has instead.
        found: String,
    },
    /// A transaction that clients were told was refused, or that had run out, applied.
    #[error("{id} applied at height {height}, although {why}")]
    Haunted {
        /// The transaction.
        id: TxId,
        /// Where.
        height: u64,
        /// Why it must not.
        why: String,
    },
    /// The ledger did what the model of accounts does not.
    #[error("{id} at height {height}: the ledger says {ledger}, the model {model}")]
    Wrong {
        /// The transaction.
        id: TxId,
        /// Where.
        height: u64,
        /// The ledger's answer.
        ledger: String,
        /// The model's.
        model: String,
    },
    /// A node showed a balance that is not the model's at that height, or went back in time.
    #[error("node {node} showed {found} at height {height}: {why}")]
    Read {
        /// The node (from 1).
        node: usize,
        /// What it showed.
        found: String,
        /// The height that it named.
        height: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The order of the ledger contradicts real time.
    #[error("{later} is ordered after {earlier}, but was answered before {earlier} was asked")]
    Backwards {
        /// First in the ledger.
        earlier: TxId,
        /// Second in the ledger.
        later: TxId,
    },
    /// No order of the operations explains what the clients were told.
    #[error("no order of {operations} operations explains what the clients were told (longest: {longest})")]
    NoOrder {
        /// How many.
        operations: usize,
        /// As many as could be ordered.
        longest: usize,
    },
}

impl Fault {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Launch(_) => "CHAOS_LAUNCH",
            Self::Answer { .. } => "CHAOS_ANSWER",
            Self::Late { .. } => "CHAOS_LATE",
            Self::Differ { .. } => "CHAOS_DIFFER",
            Self::Lost { .. } => "CHAOS_LOST",
            Self::Haunted { .. } => "CHAOS_HAUNTED",
            Self::Wrong { .. } => "CHAOS_WRONG",
            Self::Read { .. } => "CHAOS_READ",
            Self::Backwards { .. } => "CHAOS_BACKWARDS",
            Self::NoOrder { .. } => "CHAOS_NO_ORDER",
        }
    }

    /// An answer that was not to be.
    pub fn answer(asked: &str) -> impl FnOnce(ClientError) -> Self {
        move |source| Self::Answer { asked: asked.to_owned(), source }
    }
}
