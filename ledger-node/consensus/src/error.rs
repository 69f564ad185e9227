//! What can go wrong, as closed lists with stable codes.

use std::net::SocketAddr;

/// Why bytes are not a header or a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end before the structure does.
    #[error("the bytes end before the block does")]
    Truncated,
    /// Bytes follow the end of the structure.
    #[error("{0} bytes follow the end of the block")]
    Trailing(usize),
    /// The first eight bytes are not the header's magic.
    #[error("these bytes are not a block header of a known version")]
    Magic,
    /// The application header is longer than [`crate::MAX_APP_BYTES`].
    #[error("the application header has {0} bytes, more than allowed")]
    AppTooLong(usize),
    /// More than [`crate::MAX_ITEMS`] items.
    #[error("the block has {0} items, more than allowed")]
    TooManyItems(usize),
    /// One item is longer than [`crate::MAX_ITEM_BYTES`].
    #[error("an item has {0} bytes, more than allowed")]
    ItemTooLong(usize),
    /// All items together are longer than [`crate::MAX_BLOCK_BYTES`].
    #[error("the items have {0} bytes together, more than allowed")]
    BlockTooLarge(usize),
    /// The items do not hash to the root that the header commits to.
    #[error("the items are not those that the header commits to")]
    RootMismatch,
    /// The proposer is not a valid ed25519 public key.
    #[error("the proposer's public key is not a point of the curve")]
    Proposer,
}

impl DecodeError {
    /// Stable machine-readable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Truncated => "block_truncated",
            Self::Trailing(_) => "block_trailing_bytes",
            Self::Magic => "block_magic",
            Self::AppTooLong(_) => "block_app_too_long",
            Self::TooManyItems(_) => "block_too_many_items",
            Self::ItemTooLong(_) => "block_item_too_long",
            Self::BlockTooLarge(_) => "block_too_large",
            Self::RootMismatch => "block_root_mismatch",
            Self::Proposer => "block_proposer_key",
        }
    }
}

/// Why an orderer refuses to start.
#[derive(Debug, thiserror::Error)]
pub enum ConsensusError {
    /// Nothing in the directory says what this key has voted for, and nothing says that it never voted: it
    /// could sign a second block of a view that it signed before.
    #[error(
        "the consensus journal in {dir} is missing although this key is a validator's; it could vote twice. \
         Start the node as an observer (it may vote again from the next epoch whose beginning it sees), or \
         give it a new key and have that voted in"
    )]
    WipedJournal {
        /// The directory that should hold the journal.
        dir: String,
    },
    /// The journal belongs to another key, chain or validator set.
    #[error("the consensus journal in {dir} was written by another key or for another chain")]
    ForeignJournal {
        /// The directory that holds the journal.
        dir: String,
    },
    /// The directory has not been an observer's since well before the epoch began: an earlier life of this key
    /// may have voted in it. Not a failure: the node may observe until the next epoch.
    #[error(
        "the node in {dir} began to observe when epoch {epoch} had begun or was about to: it may vote from \
         the next one"
    )]
    TooEarly {
        /// The directory.
        dir: String,
        /// The epoch in which it may not vote.
        epoch: u64,
    },
    /// The epoch length is too short or not the chain's.
    #[error("an epoch must have at least {} blocks", dure_chain::epoch::MIN_EPOCH_BLOCKS)]
    Epoch,
    /// The ledger and the journal do not meet: blocks between them are on neither side.
    #[error("the ledger is at height {applied} but the journal at height {journal}")]
    Gap {
        /// The ledger's last durable height.
        applied: u64,
        /// The journal's last height.
        journal: u64,
    },
    /// Our key is not among the validators.
    #[error("this node's key is not among the validators")]
    NotAValidator,
    /// The validator list is empty, too long, has a repeated key or a key that is not on the curve.
    #[error("the validator list is not usable: {0}")]
    Validators(&'static str),
    /// The timings contradict each other.
    #[error("the timings are not usable: {0}")]
    Timing(&'static str),
    /// The chain name is empty or longer than [`crate::MAX_CHAIN_BYTES`].
    #[error("the chain name must have 1 to 100 bytes")]
    Chain,
    /// The listen address cannot be bound.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was tried.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file or directory cannot be read or written.
    #[error("{action} {path}: {source}")]
    Storage {
        /// What was tried, e.g. `read`.
        action: &'static str,
        /// The file or directory.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The block kept in the solo journal cannot be read.
    #[error("the solo journal is damaged: {0}")]
    Damaged(#[from] DecodeError),
    /// The operating system gave no thread.
    #[error("cannot start the consensus thread: {0}")]
    Thread(std::io::Error),
}

impl ConsensusError {
    /// Stable machine-readable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WipedJournal { .. } => "wiped_journal",
            Self::ForeignJournal { .. } => "foreign_journal",
            Self::TooEarly { .. } => "vote_too_early",
            Self::Epoch => "epoch_length",
            Self::Gap { .. } => "journal_gap",
            Self::NotAValidator => "not_a_validator",
            Self::Validators(_) => "validators",
            Self::Timing(_) => "timing",
            Self::Chain => "chain",
            Self::Listen { .. } => "listen",
            Self::Storage { .. } => "storage",
            Self::Damaged(_) => "journal_damaged",
            Self::Thread(_) => "thread",
        }
    }
}
