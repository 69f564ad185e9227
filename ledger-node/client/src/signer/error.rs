//! What can be wrong with a key file.

use std::{io, path::PathBuf};

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written; an existing file is never overwritten.
    #[error("key file {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Not a key file of a known version, or damaged.
    #[error("this is not a key file of a known version")]
    Malformed,
    /// The passphrase does not open it (or the file was tampered with).
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
}

impl KeyFileError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "KEY_FILE_IO",
            Self::Malformed => "KEY_FILE_MALFORMED",
            Self::WrongPassphrase => "KEY_FILE_PASSPHRASE",
        }
    }
}
