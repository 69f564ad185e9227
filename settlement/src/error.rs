//! What can go wrong, for people and for scripts: a closed list with stable codes.

use dure_db::DbError;
use dure_ledger_client::{ClientError, KeyFileError};
use dure_score::Refusal;
use std::path::{Path, PathBuf};

/// Why a command ended early. What was done before it is kept; the same command may be given again.
#[derive(Debug, thiserror::Error)]
pub enum SettlementError {
    /// A setting is missing, unknown or out of range.
    #[error("configuration: {0}")]
    Config(String),
    /// The key file cannot be opened.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A file or folder cannot be used.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(#[from] ClientError),
    /// The ledger refuses what a batch needs.
    #[error("the ledger refused {purpose}: {} ({})", .refusal.sentence(dure_score::Lang::En), .refusal.code())]
    Refused {
        /// What was asked.
        purpose: String,
        /// Why not.
        refusal: Refusal,
    },
    /// A file could not be written from its template.
    #[error("a document cannot be written: {0}")]
    Template(#[from] askama::Error),
    /// A stored value is not of its form, or contradicts the ledger.
    #[error("stored data is not as it should be: {0}")]
    Stored(String),
    /// No business day was found.
    #[error("the calendar has no business day within a month of {day}")]
    Calendar {
        /// From which day on.
        day: jiff::civil::Date,
    },
    /// Another settlement run is at work in the same folder.
    #[error("another settlement process is at work ({0})")]
    Locked(PathBuf),
    /// The ledger has no block that could be netted.
    #[error("the ledger has no new block since the last batch")]
    NoBlocks,
    /// The batch before is not closed.
    #[error("the batch of {date} is not closed (it is {state}); run it to its end first")]
    PreviousOpen {
        /// Its business date.
        date: String,
        /// Where it stands.
        state: String,
    },
    /// A batch of a later date exists: its heights cover this date's.
    #[error("a batch of a later date exists ({date}); what this date would hold has been settled there")]
    DateBeforeLast {
        /// That date.
        date: String,
    },
    /// The business date has not begun in the channel's civil time.
    #[error(
        "{date} has not begun yet (it is {today}); a batch of that date would lock out every day before it"
    )]
    DateInFuture {
        /// The asked date.
        date: jiff::civil::Date,
        /// The channel's civil date.
        today: jiff::civil::Date,
    },
    /// Our sums and the ledger's differ.
    #[error("merchant {merchant}: our figures say {expected} won of takings, the ledger says {ledger}")]
    NettingMismatch {
        /// Whose.
        merchant: String,
        /// Brought forward + payments − refunds − what was spent again.
        expected: i64,
        /// Takings on the ledger at the cut-off.
        ledger: u64,
    },
    /// The payment file on the disk or as written again is not the one that was recorded.
    #[error("the payment file of {batch} is not the one that was recorded (SHA-256 {recorded})")]
    FileChanged {
        /// Which batch.
        batch: String,
        /// Its recorded digest.
        recorded: String,
    },
    /// The bank has not answered for every payout in time.
    #[error("the bank has not answered for {missing} payouts of {batch} yet; run the same command again")]
    BankTimeout {
        /// Which batch.
        batch: String,
        /// How many.
        missing: usize,
    },
    /// The books do not balance; the batch stays open.
    #[error("the batch does not balance: {0}")]
    Unbalanced(String),
}

impl SettlementError {
    /// A file or folder cannot be used.
    pub fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Config(_) => "CONFIG",
            Self::Key(error) => error.code(),
            Self::Io { .. } => "IO",
            Self::Db(error) => error.code(),
            Self::Ledger(error) => error.code(),
            Self::Refused { refusal, .. } => refusal.code(),
            Self::Template(_) => "TEMPLATE",
            Self::Stored(_) => "STORED_DATA",
            Self::Calendar { .. } => "CALENDAR",
            Self::Locked(_) => "LOCKED",
            Self::NoBlocks => "NO_BLOCKS",
            Self::PreviousOpen { .. } => "PREVIOUS_BATCH_OPEN",
            Self::DateBeforeLast { .. } => "DATE_BEFORE_LAST",
            Self::DateInFuture { .. } => "DATE_IN_FUTURE",
            Self::NettingMismatch { .. } => "NETTING_MISMATCH",
            Self::FileChanged { .. } => "FILE_CHANGED",
            Self::BankTimeout { .. } => "BANK_TIMEOUT",
            Self::Unbalanced(_) => "UNBALANCED",
        }
    }

    /// True if the same command may succeed later without any change.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Ledger(error) => error.is_transient(),
            Self::BankTimeout { .. } | Self::Locked(_) => true,
            Self::Db(DbError::Pool(_) | DbError::Query(_)) => true,
            _ => false,
        }
    }
}
