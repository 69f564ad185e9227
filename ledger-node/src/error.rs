//! Why a node does not start, or stops.

use std::{io, path::PathBuf};

use dure_consensus::ConsensusError;
use dure_score::genesis::GenesisError;

use crate::{config::ConfigError, ledger::LedgerError, store::StoreError};

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
    /// Consensus stopped by itself.
    #[error("consensus stopped: {0}")]
    Stopped(String),
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
            Self::Store(_) => "NODE_STORE",
            Self::Ledger(error) => error.code(),
            Self::Consensus(error) => error.code(),
            Self::Stopped(_) => "NODE_CONSENSUS_STOPPED",
            Self::Http(_) => "NODE_HTTP",
        }
    }
}
