//! What any service can fail with: a closed list, each with one stable code, one HTTP status and a sentence for people.
//!
//! A condition has the same code in every service. What only one of them can meet (an order, a counter's case, a bank's file)
//! is that service's own enum, which wraps this one and is a [`Failure`] too.

mod failure;

use dure_db::{DbError, codes::CodeError};
use dure_ledger_client::ClientError;
use dure_score::{Refusal, TxId};

pub use failure::{Failure, Members, ledger_status};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The request is not of its form.
    #[error("{0}")]
    Malformed(String),
    /// A field is not of its form.
    #[error("{field}: {reason}")]
    BadField {
        /// Which.
        field: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// The e-mail address is none.
    #[error("This is not an e-mail address.")]
    BadEmail,
    /// The bytes handed in are no transaction.
    #[error("These bytes are not a transaction: {0}")]
    BadTransaction(String),
    /// Larger than any good request.
    #[error("The request is too large.")]
    BodyTooLarge,
    /// Another media type is needed.
    #[error("Send the body as application/json.")]
    MediaType,
    /// No such thing.
    #[error("There is no such thing here.")]
    NotFound,
    /// The address knows other methods.
    #[error("This address does not take that method.")]
    MethodNotAllowed,
    /// A browser says that another site's page sent this.
    #[error("Requests from another site's page are not accepted.")]
    CrossSite,
    /// Nobody is signed in, or the session is over.
    #[error("Sign in on this device first.")]
    NotSignedIn,
    /// The transaction is signed by another device than the session's.
    #[error("The transaction is not signed by this session's device.")]
    NotYourDevice,
    /// The service passes on transactions of other kinds.
    #[error("Transactions of this kind are not handed in here.")]
    CallNotAllowed,
    /// Too often.
    #[error("Too many requests; try again in {retry_after_s} seconds.")]
    TooManyRequests {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// Too many open event streams.
    #[error("Too many screens are open; close one.")]
    TooManyStreams,
    /// Too many one-time codes were asked for.
    #[error("Too many codes were asked for; try again in {retry_after_s} seconds.")]
    TooManyCodes {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The one-time code does not match.
    #[error("This is not the code; {tries_left} tries are left.")]
    CodeWrong {
        /// Tries that remain.
        tries_left: u32,
    },
    /// The one-time code is unknown, used, too old or was too often wrong.
    #[error("The code has expired; ask for a new one.")]
    CodeExpired,
    /// A ticket or challenge is unknown, used or too old.
    #[error("This took too long; begin again.")]
    TicketExpired,
    /// The PIN is wrong.
    #[error("The PIN is wrong; {tries_left} tries are left.")]
    PinWrong {
        /// Tries that remain.
        tries_left: u32,
    },
    /// The device is locked or revoked.
    #[error("This device is locked; enrol again.")]
    PinLocked,
    /// No such device is enrolled here.
    #[error("This device is not known here; enrol it.")]
    UnknownDevice,
    /// The ledger refused.
    #[error("{}", .0.sentence(dure_score::Lang::En))]
    Refused(Refusal),
    /// The ledger could not be asked. Never a refusal: that is [`ServiceError::Refused`].
    #[error(transparent)]
    Ledger(ClientError),
    /// The ledger has a transaction of ours and has not answered yet.
    #[error("The ledger has not answered yet (transaction {0}); try again.")]
    StillOpen(TxId),
    /// A block does not continue the one before.
    #[error(
        "Block {height} does not continue the blocks that were read before; was the ledger started anew without the database?"
    )]
    BrokenChain {
        /// Its height.
        height: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A promise between our own parts was broken.
    #[error("{0}")]
    Internal(&'static str),
}

impl From<CodeError> for ServiceError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::RateLimited { retry_after_s } => {
                Self::TooManyCodes { retry_after_s: u64::try_from(retry_after_s).unwrap_or(1) }
            }
            CodeError::Wrong { tries_left } => {
                Self::CodeWrong { tries_left: u32::try_from(tries_left).unwrap_or(0) }
            }
            CodeError::Expired => Self::CodeExpired,
            CodeError::Db(error) => Self::Db(error),
        }
    }
}

impl From<ClientError> for ServiceError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Ledger(other),
        }
    }
}

impl ServiceError {
    /// The stable code; a refusal keeps the ledger's.
    pub fn code(&self) -> &str {
        match self {
            Self::Malformed(_) => "MALFORMED",
            Self::BadField { .. } => "BAD_FIELD",
            Self::BadEmail => "BAD_EMAIL",
            Self::BadTransaction(_) => "BAD_TRANSACTION",
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::MediaType => "MEDIA_TYPE",
            Self::NotFound => "NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::CrossSite => "CROSS_SITE",
            Self::NotSignedIn => "NOT_SIGNED_IN",
            Self::NotYourDevice => "NOT_YOUR_DEVICE",
            Self::CallNotAllowed => "CALL_NOT_ALLOWED",
            Self::TooManyRequests { .. } => "TOO_MANY_REQUESTS",
            Self::TooManyStreams => "TOO_MANY_STREAMS",
            Self::TooManyCodes { .. } => "TOO_MANY_CODES",
            Self::CodeWrong { .. } => "CODE_WRONG",
            Self::CodeExpired => "CODE_EXPIRED",
            Self::TicketExpired => "TICKET_EXPIRED",
            Self::PinWrong { .. } => "PIN_WRONG",
            Self::PinLocked => "PIN_LOCKED",
            Self::UnknownDevice => "UNKNOWN_DEVICE",
            Self::Refused(refusal) => refusal.code(),
            Self::Ledger(error) => error.code(),
            Self::StillOpen(_) => "LEDGER_TIMEOUT",
            Self::BrokenChain { .. } => "BROKEN_CHAIN",
            Self::Db(error) => error.code(),
            Self::Internal(_) => "INTERNAL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_codes_keep_their_figures() {
        let error = ServiceError::from(CodeError::Wrong { tries_left: 3 });
        assert_eq!((error.code(), error.status(), error.members().tries_left), ("CODE_WRONG", 401, Some(3)));
        let error = ServiceError::from(CodeError::RateLimited { retry_after_s: 60 });
        assert_eq!(
            (error.code(), error.status(), error.members().retry_after_s),
            ("TOO_MANY_CODES", 429, Some(60))
        );
    }

    #[test]
    fn a_refusal_is_never_a_failure_of_the_ledger() {
        let error = ServiceError::from(ClientError::Refused(Refusal::WeakKey));
        assert_eq!((error.code(), error.status()), (Refusal::WeakKey.code(), 422));
        assert_eq!(error.members().refusal, Some(Refusal::WeakKey));
    }

    #[test]
    fn a_silent_ledger_asks_for_another_try() {
        let away = ServiceError::from(ClientError::Unavailable);
        assert_eq!(
            (away.code(), away.status(), away.members().retry_after_s),
            ("LEDGER_UNAVAILABLE", 503, Some(2))
        );
        let slow = ServiceError::from(ClientError::Timeout);
        assert_eq!((slow.code(), slow.status()), ("LEDGER_TIMEOUT", 504));
    }
}
