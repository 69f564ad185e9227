//! Everything that can go wrong in the till, each with a stable code and a sentence for people.

use dure_db::codes::CodeError;
use dure_ledger_client::ClientError;
use dure_score::Refusal;
use dure_service::{Failure, Members, ServiceError};
use thiserror::Error;

use crate::order::{NOTE_MAX, OrderState, PRICE_MAX};

/// A failure or a refusal of the till.
#[derive(Debug, Error)]
pub enum PosError {
    /// The settings are wrong.
    #[error("The settings are not usable: {0}")]
    Config(String),
    /// The process could not start or go on.
    #[error("The till could not {action}: {reason}")]
    Startup {
        /// What was tried.
        action: &'static str,
        /// What stood against it.
        reason: String,
    },
    /// The database failed.
    #[error("The database could not do this: {0}")]
    Database(#[from] dure_db::DbError),
    /// No ledger node answered.
    #[error("The ledger cannot be reached now. Nothing was changed; try again in a moment.")]
    LedgerUnavailable,
    /// A ledger node answered something that makes no sense.
    #[error("The ledger's answer cannot be understood: {0}")]
    LedgerProtocol(String),
    /// The ledger refused the transaction.
    #[error("{}", .0.sentence(dure_score::Lang::En))]
    Refused(Refusal),
    /// What any service can fail with.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A promise between our own parts was broken.
    #[error("The till met {0}; its log says more.")]
    Internal(&'static str),

    /// The request cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// No such path.
    #[error("There is nothing at this address.")]
    NotFound,
    /// Too many requests in a short time.
    #[error("Too many attempts. Wait {seconds} seconds.")]
    TooManyRequests {
        /// Until the next is welcome.
        seconds: u64,
    },
    /// No session, or one that has ended.
    #[error("Sign in on this device first.")]
    NotSignedIn,

    /// Not an e-mail address.
    #[error("This is not an e-mail address.")]
    BadEmail,
    /// Neither Korean nor English.
    #[error("The language is ko or en.")]
    BadLanguage,
    /// The device's name is empty or too long.
    #[error("The device's name has 1 to 40 characters.")]
    BadDeviceName,
    /// The code does not match.
    #[error("The code is wrong.")]
    CodeWrong {
        /// How often one may try again.
        tries_left: u32,
    },
    /// The code is no longer valid.
    #[error("The code has run out. Ask for a new one.")]
    CodeExpired,
    /// The ticket of an enrolment is no longer valid.
    #[error("The enrolment has run out. Begin again.")]
    TicketExpired,

    /// The price is out of range.
    #[error("The amount must be from 1 to {PRICE_MAX} won.")]
    PriceOutOfRange,
    /// The note is too long or not one line.
    #[error("A note is one line of at most {NOTE_MAX} characters.")]
    BadNote,
    /// The shop has no such order.
    #[error("There is no such order.")]
    UnknownOrder,
    /// No payer's code has that number, or another shop has it.
    #[error("There is no such code. It may have run out: ask the customer for a new one.")]
    UnknownPayerCode,
    /// The order is not open any more.
    #[error("The order is {} and cannot be cancelled.", .0.as_str())]
    OrderNotOpen(OrderState),
    /// The shop's data do not fit into a QR code.
    #[error("The shop's data do not fit into a QR code: {0}")]
    Qr(&'static str),

    /// The transaction's bytes are not one.
    #[error("These bytes are not a transaction: {0}")]
    BadTransaction(&'static str),
    /// A till may refund and present payers' codes, and nothing else.
    #[error("A till may only sign refunds and payments by a customer's code.")]
    CallNotAllowed,
    /// The transaction was signed by another device than the one that is signed in.
    #[error("The transaction was signed by another device.")]
    OtherDevice,
}

impl From<ClientError> for PosError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) => Self::Refused(refusal),
            error if error.is_transient() => Self::LedgerUnavailable,
            error => Self::LedgerProtocol(error.to_string()),
        }
    }
}

impl From<CodeError> for PosError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::RateLimited { retry_after_s } => {
                Self::TooManyRequests { seconds: u64::try_from(retry_after_s).unwrap_or(1) }
            }
            CodeError::Wrong { tries_left } => {
                Self::CodeWrong { tries_left: u32::try_from(tries_left).unwrap_or(0) }
            }
            CodeError::Expired => Self::CodeExpired,
            CodeError::Db(error) => Self::Database(error),
        }
    }
}

impl PosError {
    /// The stable name of this failure; a refusal of the ledger keeps the ledger's code.
    pub fn code(&self) -> &str {
        match self {
            Self::Config(_) => "CONFIG_INVALID",
            Self::Startup { .. } => "STARTUP",
            Self::Database(_) => "DATABASE",
            Self::LedgerUnavailable => "LEDGER_UNAVAILABLE",
            Self::LedgerProtocol(_) => "LEDGER_PROTOCOL",
            Self::Refused(refusal) => refusal.code(),
            Self::Service(error) => error.code(),
            Self::Internal(_) => "INTERNAL",
            Self::Malformed(_) => "MALFORMED",
            Self::NotFound => "NOT_FOUND",
            Self::TooManyRequests { .. } => "TOO_MANY_REQUESTS",
            Self::NotSignedIn => "NOT_SIGNED_IN",
            Self::BadEmail => "BAD_EMAIL",
            Self::BadLanguage => "BAD_LANGUAGE",
            Self::BadDeviceName => "BAD_DEVICE_NAME",
            Self::CodeWrong { .. } => "CODE_WRONG",
            Self::CodeExpired => "CODE_EXPIRED",
            Self::TicketExpired => "TICKET_EXPIRED",
            Self::PriceOutOfRange => "PRICE_OUT_OF_RANGE",
            Self::BadNote => "BAD_NOTE",
            Self::UnknownPayerCode => "UNKNOWN_PAYER_CODE",
            Self::UnknownOrder => "UNKNOWN_ORDER",
            Self::OrderNotOpen(_) => "ORDER_NOT_OPEN",
            Self::Qr(_) => "QR_DATA",
            Self::BadTransaction(_) => "BAD_TRANSACTION",
            Self::CallNotAllowed => "CALL_NOT_ALLOWED",
            Self::OtherDevice => "OTHER_DEVICE",
        }
    }
}

impl Failure for PosError {
    fn code(&self) -> &str {
        self.code()
    }

    fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::BadTransaction(_) => 400,
            Self::NotSignedIn => 401,
            Self::CallNotAllowed | Self::OtherDevice => 403,
            Self::NotFound | Self::UnknownOrder | Self::UnknownPayerCode => 404,
            Self::OrderNotOpen(_) => 409,
            Self::CodeExpired | Self::TicketExpired => 410,
            Self::Refused(_)
            | Self::BadEmail
            | Self::BadLanguage
            | Self::BadDeviceName
            | Self::CodeWrong { .. }
            | Self::PriceOutOfRange
            | Self::BadNote => 422,
            Self::TooManyRequests { .. } => 429,
            Self::LedgerProtocol(_) => 502,
            Self::LedgerUnavailable => 503,
            Self::Service(error) => error.status(),
            Self::Config(_) | Self::Startup { .. } | Self::Database(_) | Self::Qr(_) | Self::Internal(_) => {
                500
            }
        }
    }

    fn members(&self) -> Members {
        let none = Members::default();
        match self {
            Self::CodeWrong { tries_left } => Members { tries_left: Some(*tries_left), ..none },
            Self::Refused(refusal) => Members { refusal: Some(refusal.clone()), ..none },
            Self::OrderNotOpen(state) => Members { state: Some(state.as_str()), ..none },
            Self::TooManyRequests { seconds } => Members { retry_after_s: Some(*seconds), ..none },
            // One view change of the ledger, or a node's restart, is over by then.
            Self::LedgerUnavailable => Members { retry_after_s: Some(2), ..none },
            Self::Service(error) => error.members(),
            _ => none,
        }
    }
}
