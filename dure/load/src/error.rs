//! Everything that can go wrong while load is made.

/// Why load could not be made or measured.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A made-up record, id or transaction is not what the contract takes: a fault of this crate.
    #[error("the made-up people are wrong: {0}")]
    Crowd(String),
    /// A node could not be reached, or answered what is not HTTP.
    #[error("node {node}: {reason}")]
    Node {
        /// Its place in the list.
        node: usize,
        /// What happened.
        reason: String,
    },
    /// The generator's own runtime did not start.
    #[error("the generator does not start: {0}")]
    Runtime(std::io::Error),
    /// What was sent did not become final.
    #[error("{missing} payments did not become final within {seconds} s")]
    NotFinal {
        /// How many.
        missing: u64,
        /// How long was waited.
        seconds: u64,
    },
}

impl LoadError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Crowd(_) => "LOAD_CROWD",
            Self::Node { .. } => "LOAD_NODE",
            Self::Runtime(_) => "LOAD_RUNTIME",
            Self::NotFinal { .. } => "LOAD_NOT_FINAL",
        }
    }

    /// Something made up that does not fit.
    pub(crate) fn crowd(reason: impl std::fmt::Display) -> Self {
        Self::Crowd(reason.to_string())
    }
}
