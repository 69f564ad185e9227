//! Everything that can go wrong in the launcher: a closed list, each with a stable code and a sentence.

use std::path::{Path, PathBuf};

use dure_lists::RowFault;

/// Why a command of the launcher failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DureError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried, such as `read`.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A data or configuration file is not of its form.
    #[error("{path}: {reason}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A spreadsheet has bad rows; nothing of it was applied.
    #[error("{path}: {} bad row(s), nothing was applied\n{}", faults.len(), list(faults))]
    Rows {
        /// Which file.
        path: PathBuf,
        /// Row number and reason of each.
        faults: Vec<RowFault>,
    },
    /// Ports that the product needs are in use.
    #[error(
        "port(s) {} on 127.0.0.1 are taken; is another demo running? Stop it, or use --free-ports",
        join(ports)
    )]
    PortsTaken {
        /// Which.
        ports: Vec<u16>,
    },
    /// No run of free ports was found.
    #[error("found no free ports on 127.0.0.1")]
    NoFreePorts,
    /// A program of the product is not where it should be.
    #[error("{} is missing; build it with `make build`", path.display())]
    BinaryMissing {
        /// Where it was expected.
        path: PathBuf,
    },
    /// A process ended although it should run.
    #[error("{name} ended ({status}); the end of its log {}:\n{tail}", log.display())]
    ProcessEnded {
        /// Which process.
        name: String,
        /// Its exit status.
        status: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// Something did not happen in time.
    #[error("waited {seconds} s in vain: {what}")]
    Late {
        /// What was waited for.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// An HTTP answer was not the expected one.
    #[error("{request} answered {status}: {body}")]
    Answer {
        /// Method and address.
        request: String,
        /// HTTP status, 0 if none came.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
    /// The ledger refused what should have been accepted.
    #[error("the ledger refused {what}: {code}")]
    Refused {
        /// Which call.
        what: String,
        /// The refusal's code.
        code: String,
    },
    /// The ledger could not be asked.
    #[error("the ledger does not answer: {0}")]
    Ledger(#[from] dure_ledger_client::ClientError),
    /// A copy of a ledger could not be made, used or audited.
    #[error(transparent)]
    Archive(#[from] ledger_node::history::archive::ArchiveError),
    /// Load could not be made or measured.
    #[error(transparent)]
    Load(#[from] dure_load::LoadError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(String),
    /// A key could not be made, opened or used.
    #[error("key {name}: {reason}")]
    Key {
        /// Which key.
        name: String,
        /// Why.
        reason: String,
    },
    /// A value contradicts what the data files say.
    #[error("{0}")]
    Data(String),
    /// A check of the main job did not hold.
    #[error("check failed: {name}: {reason}")]
    Check {
        /// Name of the check.
        name: &'static str,
        /// What was found instead.
        reason: String,
    },
    /// Stopped by a signal.
    #[error("stopped")]
    Stopped,
}

impl DureError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "IO",
            Self::File { .. } => "FILE",
            Self::Rows { .. } => "ROWS",
            Self::PortsTaken { .. } => "PORTS_TAKEN",
            Self::NoFreePorts => "NO_FREE_PORTS",
            Self::BinaryMissing { .. } => "BINARY_MISSING",
            Self::ProcessEnded { .. } => "PROCESS_ENDED",
            Self::Late { .. } => "LATE",
            Self::Answer { .. } => "ANSWER",
            Self::Refused { .. } => "REFUSED",
            Self::Ledger(_) => "LEDGER",
            Self::Archive(error) => error.code(),
            Self::Load(error) => error.code(),
            Self::Database(_) => "DATABASE",
            Self::Key { .. } => "KEY",
            Self::Data(_) => "DATA",
            Self::Check { .. } => "CHECK",
            Self::Stopped => "STOPPED",
        }
    }

    /// An [`DureError::Io`] at `path`.
    pub fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// An [`DureError::File`] at `path`.
    pub fn file(path: &Path, reason: impl ToString) -> Self {
        Self::File { path: path.to_owned(), reason: reason.to_string() }
    }
}

/// Most faults that are shown: enough to see the pattern, few enough to read.
const SHOWN_FAULTS: usize = 20;

fn list(faults: &[RowFault]) -> String {
    let mut lines: Vec<String> = faults.iter().take(SHOWN_FAULTS).map(|fault| format!("  {fault}")).collect();
    if faults.len() > SHOWN_FAULTS {
        lines.push(format!("  … and {} more", faults.len() - SHOWN_FAULTS));
    }
    lines.join("\n")
}

fn join(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}
