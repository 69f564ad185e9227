//! Why a node does not start, or stops.

use std::{
    io,
    path::{Path, PathBuf},
};

use dure_consensus::ConsensusError;
use dure_score::genesis::GenesisError;

use crate::{
    config::ConfigError,
    history::{archive::ArchiveError, ledger::LedgerError},
    operations::disk::is_out_of_space,
    store::StoreError,
};

/// What ends a node.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file that the configuration names cannot be read, or may be read by others.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The genesis cannot start a ledger.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The validators of configuration and genesis, or the node's own key, do not fit together.
    #[error("validators: {0}")]
    Validators(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger cannot go on.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Consensus refused to start.
    #[error(transparent)]
    Consensus(#[from] ConsensusError),
    /// No ledger could be made of a peer's snapshot.
    #[error("joining from a snapshot: {0}")]
    Archive(#[from] ArchiveError),
    /// Consensus stopped by itself.
    #[error("consensus stopped: {0}")]
    Stopped(String),
    /// The disk has no room for one more write.
    #[error("the disk of {dir} is full ({reason}); nothing is lost: make space and start the node again")]
    DiskFull {
        /// The data directory.
        dir: PathBuf,
        /// What failed.
        reason: String,
    },
    /// The HTTP server cannot listen or failed.
    #[error("HTTP: {0}")]
    Http(#[from] io::Error),
}

impl NodeError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Config(_) => "NODE_CONFIG",
            Self::File { .. } => "NODE_FILE",
            Self::Genesis(_) => "NODE_GENESIS",
            Self::Validators(_) => "NODE_VALIDATORS",
            Self::Store(error @ StoreError::OldFormat { .. }) => error.code(),
            Self::Store(_) => "NODE_STORE",
            Self::Ledger(error) => error.code(),
            Self::Consensus(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Stopped(_) => "NODE_CONSENSUS_STOPPED",
            Self::DiskFull { .. } => "NODE_DISK_FULL",
            Self::Http(_) => "NODE_HTTP",
        }
    }

    /// Exit status of the process: 75 (EX_TEMPFAIL of sysexits.h) if starting the node again may help as soon as there is space,
    /// else 1.
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::DiskFull { .. } => 75,
            _ => 1,
        }
    }

    /// This error, or [`NodeError::DiskFull`] if the disk of `dir` explains it.
    #[must_use]
    pub fn or_disk_full(self, dir: &Path) -> Self {
        match self {
            known @ Self::DiskFull { .. } => known,
            other if is_out_of_space(dir) => {
                Self::DiskFull { dir: dir.to_owned(), reason: other.to_string() }
            }
            other => other,
        }
    }
}
