//! Why a node could not be asked, or did not do as asked.

use dure_score::Refusal;

/// What went wrong between us and the ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The ledger will not take the transaction, and says why. Nothing has happened.
    #[error("the ledger refused: {}", .0.sentence(dure_score::Lang::En))]
    Refused(Refusal),
    /// No node could be reached, or none is able to answer now. Whether a submitted transaction arrived is not
    /// known; submitting the very same transaction again is safe.
    #[error("no ledger node can be reached")]
    Unavailable,
    /// The time given is over and the outcome not yet known. Asking again, or submitting the very same
    /// transaction again, is safe.
    #[error("the ledger has not answered in time")]
    Timeout,
    /// A node's answer is not what the interface says.
    #[error("a ledger node gave an answer that makes no sense: {0}")]
    Protocol(String),
    /// A node answered with an error that is not about the contract's rules.
    #[error("the ledger node answered {status} {code}: {detail}")]
    Http {
        /// HTTP status.
        status: u16,
        /// The problem's stable code; empty if the answer was no problem document.
        code: String,
        /// The problem's sentence.
        detail: String,
    },
}

impl ClientError {
    /// Stable machine-readable name; for a refusal, the refusal's own.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Unavailable => "LEDGER_UNAVAILABLE",
            Self::Timeout => "LEDGER_TIMEOUT",
            Self::Protocol(_) => "LEDGER_PROTOCOL",
            Self::Http { .. } => "LEDGER_HTTP",
        }
    }

    /// True if the same request may succeed later without any change.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable | Self::Timeout | Self::Http { status: 429 | 503, .. })
    }
}
