//! What the other side is told of a failure: code, HTTP status, and the figures that a page needs to say it well.

use dure_db::DbError;
use dure_ledger_client::ClientError;
use dure_score::Refusal;

use super::ServiceError;

/// Seconds until another try is worth it when the ledger or the database is away: a view change or a restart is over then.
const SOON_S: u64 = 2;

/// A failure that can be told over HTTP. Its `Display` is the sentence for people.
pub trait Failure: std::fmt::Display {
    /// The stable code.
    fn code(&self) -> &str;
    /// The HTTP status. 500 alone means that the sentence is for the log and not for the other side.
    fn status(&self) -> u16;
    /// What goes along with code and sentence.
    fn members(&self) -> Members;
}

/// What goes along with code and sentence in a problem document; absent members are not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// PIN or code tries that remain.
    pub tries_left: Option<u32>,
    /// The field that is wrong.
    pub field: Option<&'static str>,
    /// The ledger's refusal with its inputs.
    pub refusal: Option<Refusal>,
    /// Seconds to wait, in the document and as `Retry-After`.
    pub retry_after_s: Option<u64>,
    /// The state that stands in the way.
    pub state: Option<&'static str>,
}

impl Failure for ServiceError {
    fn code(&self) -> &str {
        self.code()
    }

    fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::BadField { .. } | Self::BadEmail | Self::BadTransaction(_) => 400,
            Self::NotSignedIn
            | Self::CodeWrong { .. }
            | Self::CodeExpired
            | Self::TicketExpired
            | Self::PinWrong { .. }
            | Self::PinLocked => 401,
            Self::CrossSite | Self::NotYourDevice | Self::CallNotAllowed => 403,
            Self::NotFound | Self::UnknownDevice => 404,
            Self::MethodNotAllowed => 405,
            Self::BodyTooLarge => 413,
            Self::MediaType => 415,
            Self::Refused(_) => 422,
            Self::TooManyRequests { .. } | Self::TooManyStreams | Self::TooManyCodes { .. } => 429,
            Self::Ledger(error) => ledger_status(error),
            Self::StillOpen(_) => 504,
            Self::Db(DbError::Pool(_) | DbError::Interrupted) => 503,
            Self::Db(_) | Self::BrokenChain { .. } | Self::Internal(_) => 500,
        }
    }

    fn members(&self) -> Members {
        let none = Members::default();
        match self {
            Self::CodeWrong { tries_left } | Self::PinWrong { tries_left } => {
                Members { tries_left: Some(*tries_left), ..none }
            }
            Self::BadField { field, .. } => Members { field: Some(field), ..none },
            Self::Refused(refusal) => Members { refusal: Some(refusal.clone()), ..none },
            Self::TooManyRequests { retry_after_s } | Self::TooManyCodes { retry_after_s } => {
                Members { retry_after_s: Some(*retry_after_s), ..none }
            }
            _ if self.status() == 503 => Members { retry_after_s: Some(SOON_S), ..none },
            _ => none,
        }
    }
}

/// The status of a ledger that could not be asked. A node's own 4xx about bytes that we passed on is the sender's; all else is the
/// ledger's trouble.
pub const fn ledger_status(error: &ClientError) -> u16 {
    match error {
        ClientError::Http { status: 400 | 413 | 422, .. } => 400,
        ClientError::Refused(_) => 422,
        ClientError::Protocol(_) => 502,
        ClientError::Unavailable | ClientError::Http { .. } => 503,
        ClientError::Timeout => 504,
    }
}
