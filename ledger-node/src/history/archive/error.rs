//! What can be wrong with a copy, or with making and using one.

use std::path::{Path, PathBuf};

use dure_score::{Hash32, StateError, invariant::Broken};

use super::frame::Damage;
use crate::{history::ledger::LedgerError, store::StoreError};

/// Why a copy was not made, not accepted, or not used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The copy is not what it should be; the first block at which that shows.
    #[error("block {block}: {fault}")]
    Bad {
        /// The block, or for damage of a manifest or of state the block that it belongs to.
        block: u64,
        /// What is wrong.
        fault: Fault,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// Where.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The folder holds no backup.
    #[error(
        "{0} holds no backup (a file called backup-<height>.dure); name the folder that `dure backup` wrote"
    )]
    NoBackup(PathBuf),
    /// The folder holds more than one backup.
    #[error("{0} holds more than one backup; copy each into a folder of its own")]
    TwoBackups(PathBuf),
    /// The target is in use.
    #[error("{0} is not empty; name a new or empty folder")]
    NotEmpty(PathBuf),
    /// The target ledger already has blocks.
    #[error("the ledger is not empty; a snapshot is imported into a new data folder only")]
    LedgerNotEmpty,
    /// The copy belongs to another ledger.
    #[error(
        "the copy belongs to another ledger (its genesis is a different one); use the copy of this channel"
    )]
    OtherGenesis,
    /// The node has nothing yet that the validators have signed.
    #[error("the node has no certified block yet; try again in a moment")]
    NothingCertified,
    /// The running node's files changed faster than they could be read.
    #[error("the node's files changed while they were read ({0}); try again, or stop the node first")]
    Unsteady(String),
    /// The node keeps no blocks from genesis and no snapshot from which its blocks go on.
    #[error(
        "the node has pruned its blocks and keeps no snapshot to begin from; set snapshot_every, or copy another node"
    )]
    Pruned,
    /// The state is larger than this program handles at once.
    #[error("the state has more than {0} entries; this version does not handle so many at once")]
    TooLarge(u64),
    /// The work was stopped.
    #[error("stopped; what was verified is kept, and the next attempt goes on from there")]
    Stopped,
    /// The place that chunks come from does not deliver.
    #[error("the source of the snapshot fails: {0}; try another peer")]
    Source(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger that was built cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl ArchiveError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bad { fault, .. } => fault.code(),
            Self::File { .. } => "ARCHIVE_FILE",
            Self::NoBackup(_) => "ARCHIVE_NO_BACKUP",
            Self::TwoBackups(_) => "ARCHIVE_TWO_BACKUPS",
            Self::NotEmpty(_) => "ARCHIVE_NOT_EMPTY",
            Self::LedgerNotEmpty => "ARCHIVE_LEDGER_NOT_EMPTY",
            Self::OtherGenesis => "ARCHIVE_OTHER_GENESIS",
            Self::NothingCertified => "ARCHIVE_NOTHING_CERTIFIED",
            Self::Unsteady(_) => "ARCHIVE_UNSTEADY",
            Self::Pruned => "ARCHIVE_PRUNED",
            Self::TooLarge(_) => "ARCHIVE_TOO_LARGE",
            Self::Stopped => "ARCHIVE_STOPPED",
            Self::Source(_) => "ARCHIVE_SOURCE",
            Self::Store(_) => "ARCHIVE_STORE",
            Self::Ledger(error) => error.code(),
        }
    }

    /// The block that the error names, if it is about the copy itself.
    pub const fn block(&self) -> Option<u64> {
        match self {
            Self::Bad { block, .. } => Some(*block),
            _ => None,
        }
    }

    /// A fault at a block.
    pub const fn at(block: u64, fault: Fault) -> Self {
        Self::Bad { block, fault }
    }

    /// Failed input or output at `path`.
    pub fn file(path: &Path, error: impl ToString) -> Self {
        Self::File { path: path.to_owned(), reason: error.to_string() }
    }
}

/// What is wrong with a copy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file is damaged.
    #[error("the file {file} {damage}")]
    Damaged {
        /// Its name.
        file: String,
        /// How.
        damage: Damage,
    },
    /// A file is missing.
    #[error("the file {0} is missing")]
    Missing(String),
    /// A file is there that no manifest names.
    #[error("the file {0} does not belong to the copy")]
    Unexpected(String),
    /// Content is not of its form, although its hash is right.
    #[error("its {0} is not of its form")]
    Malformed(&'static str),
    /// The header does not follow the header of the block before.
    #[error("its header does not follow the block before")]
    Link,
    /// The epoch in the header is not that of its height.
    #[error("its header names another epoch than its height has")]
    Epoch,
    /// The transactions are not those that the header commits to.
    #[error("its transactions are not those that its header commits to")]
    Items,
    /// A transaction does not verify.
    #[error("it holds a transaction that does not verify")]
    Signature,
    /// No certificate proves the block.
    #[error("no certificate proves it, nor a block after it")]
    NoCertificate,
    /// The certificate does not hold.
    #[error("its certificate does not hold against the validators of its epoch")]
    Certificate,
    /// The header claims a state that is not what the blocks give.
    #[error("its header claims state root {claimed} after block {executed}, but the blocks give {found}")]
    Claim {
        /// Height of the claimed state.
        executed: u64,
        /// What the header says.
        claimed: Hash32,
        /// What was found.
        found: Hash32,
    },
    /// The header claims the state of a height that it cannot know.
    #[error("its header claims the state of block {0}, which is out of bounds")]
    ClaimBounds(u64),
    /// A receipt is not what the contract answers.
    #[error("its receipt {0} is not what the contract answers")]
    Receipt(u32),
    /// There are more or fewer receipts than transactions.
    #[error("it has not one receipt for each transaction")]
    ReceiptCount,
    /// The state at the end is not what the manifest says.
    #[error("the state has root {found}, not {expected}")]
    StateRoot {
        /// What the manifest says.
        expected: Hash32,
        /// What was found.
        found: Hash32,
    },
    /// The snapshot's chunks hold another number of entries than its manifest says, or not in order of key.
    #[error("the snapshot's entries are not as its manifest says")]
    Entries,
    /// The books do not balance.
    #[error("{0}")]
    Books(Broken),
    /// Something happened twice that may happen once.
    #[error("{0} is used a second time")]
    Repeated(&'static str),
    /// The contract cannot read the state.
    #[error("{0}")]
    State(StateError),
}

impl Fault {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "COPY_DAMAGED",
            Self::Missing(_) => "COPY_MISSING",
            Self::Unexpected(_) => "COPY_UNEXPECTED",
            Self::Malformed(_) => "COPY_MALFORMED",
            Self::Link => "COPY_LINK",
            Self::Epoch => "COPY_EPOCH",
            Self::Items => "COPY_ITEMS",
            Self::Signature => "COPY_SIGNATURE",
            Self::NoCertificate => "COPY_NO_CERTIFICATE",
            Self::Certificate => "COPY_CERTIFICATE",
            Self::Claim { .. } => "COPY_CLAIM",
            Self::ClaimBounds(_) => "COPY_CLAIM_BOUNDS",
            Self::Receipt(_) => "COPY_RECEIPT",
            Self::ReceiptCount => "COPY_RECEIPT_COUNT",
            Self::StateRoot { .. } => "COPY_STATE_ROOT",
            Self::Entries => "COPY_ENTRIES",
            Self::Books(_) => "COPY_BOOKS",
            Self::Repeated(_) => "COPY_REPEATED",
            Self::State(_) => "COPY_STATE",
        }
    }
}
