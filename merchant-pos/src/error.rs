//! Everything that can go wrong in the till, each with a stable code and a sentence for people.

use dure_db::{DbError, codes::CodeError};
use dure_ledger_client::ClientError;
use dure_score::Refusal;
use dure_service::{Failure, Members, ServiceError};
use thiserror::Error;

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
    Database(#[from] DbError),
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
    /// No session, or one that has ended.
    #[error("Sign in on this device first.")]
    NotSignedIn,
    /// The ticket of an enrolment is no longer valid.
    #[error("The enrolment has run out. Begin again.")]
    TicketExpired,

    /// The price is out of range.
    #[error("The amount must be from 1 to {most} won.")]
    PriceOutOfRange {
        /// The dearest sale, won.
        most: u64,
    },
    /// The shop has no such order.
    #[error("There is no such order.")]
    UnknownOrder,
    /// No payer's code has that number, or another shop has it.
    #[error("There is no such code. It may have run out: ask the customer for a new one.")]
    UnknownPayerCode,
    /// The order is not open any more, but in the state of that name.
    #[error("The order is {0} and cannot be cancelled.")]
    OrderNotOpen(&'static str),
    /// The shop's data do not fit into a QR code.
    #[error("The shop's data do not fit into a QR code: {0}")]
    Qr(&'static str),

    /// The transaction's bytes are not one.
    #[error("These bytes are not a transaction: {0}")]
    BadTransaction(&'static str),
}

impl From<ClientError> for PosError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) => Self::Refused(refusal),
            error => Self::Service(error.into()),
        }
    }
}

impl From<CodeError> for PosError {
    fn from(error: CodeError) -> Self {
        Self::Service(error.into())
    }
}

impl PosError {
    /// The stable name of this failure; a refusal of the ledger keeps the ledger's code.
    pub fn code(&self) -> &str {
        match self {
            Self::Config(_) => "CONFIG_INVALID",
            Self::Startup { .. } => "STARTUP",
            Self::Database(error) => error.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Service(error) => error.code(),
            Self::Internal(_) => "INTERNAL",
            Self::Malformed(_) => "MALFORMED",
            Self::NotFound => "NOT_FOUND",
            Self::NotSignedIn => "NOT_SIGNED_IN",
            Self::TicketExpired => "TICKET_EXPIRED",
            Self::PriceOutOfRange { .. } => "PRICE_OUT_OF_RANGE",
            Self::UnknownPayerCode => "UNKNOWN_PAYER_CODE",
            Self::UnknownOrder => "UNKNOWN_ORDER",
            Self::OrderNotOpen(_) => "ORDER_NOT_OPEN",
            Self::Qr(_) => "QR_DATA",
            Self::BadTransaction(_) => "BAD_TRANSACTION",
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
            Self::NotSignedIn | Self::TicketExpired => 401,
            Self::NotFound | Self::UnknownOrder | Self::UnknownPayerCode => 404,
            Self::OrderNotOpen(_) => 409,
            Self::Refused(_) | Self::PriceOutOfRange { .. } => 422,
            Self::Database(DbError::Pool(_) | DbError::Interrupted) => 503,
            Self::Service(error) => error.status(),
            Self::Config(_) | Self::Startup { .. } | Self::Database(_) | Self::Qr(_) | Self::Internal(_) => {
                500
            }
        }
    }

    fn members(&self) -> Members {
        let none = Members::default();
        match self {
            Self::Refused(refusal) => Members { refusal: Some(refusal.clone()), ..none },
            Self::OrderNotOpen(state) => Members { state: Some(*state), ..none },
            Self::Service(error) => error.members(),
            // One view change of the ledger, or a restart of what is away, is over by then.
            _ if self.status() == 503 => Members { retry_after_s: Some(2), ..none },
            _ => none,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_condition_has_one_code_and_one_status_in_every_service() {
        let refused = dure_score::Refusal::WeakKey;
        for (here, everywhere) in [
            (PosError::Malformed(String::new()), ServiceError::Malformed(String::new())),
            (PosError::BadTransaction(""), ServiceError::BadTransaction(String::new())),
            (PosError::NotFound, ServiceError::NotFound),
            (PosError::NotSignedIn, ServiceError::NotSignedIn),
            (PosError::TicketExpired, ServiceError::TicketExpired),
            (PosError::Refused(refused.clone()), ServiceError::Refused(refused)),
            (PosError::Database(DbError::Interrupted), ServiceError::Db(DbError::Interrupted)),
            (PosError::Database(DbError::Corrupt("")), ServiceError::Db(DbError::Corrupt(""))),
            (PosError::from(ClientError::Timeout), ServiceError::Ledger(ClientError::Timeout)),
            (PosError::from(CodeError::Expired), ServiceError::CodeExpired),
            (PosError::Internal(""), ServiceError::Internal("")),
        ] {
            assert_eq!(
                (here.code(), here.status(), here.members()),
                (everywhere.code(), everywhere.status(), everywhere.members())
            );
        }
    }
}
