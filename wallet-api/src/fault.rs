//! Everything that a request can fail with: a closed list, each with a stable code and a sentence.

use dure_db::{DbError, codes::CodeError};
use dure_ledger_client::ClientError;
use dure_score::Refusal;
use dure_service::{Failure, Members, ServiceError, ledger_status};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A field is not of its form.
    #[error("{field}: {reason}")]
    BadField {
        /// Which.
        field: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// The e-mail address is none.
    #[error("this is not an e-mail address")]
    BadEmail,
    /// No such thing.
    #[error("there is no such thing here")]
    NotFound,
    /// The transaction is signed by another device than the session's.
    #[error("the transaction is not signed by this session's device")]
    NotYourDevice,
    /// A request that must carry an idempotency key has none.
    #[error("send an Idempotency-Key header of 8 to 64 visible characters, a new one for each new request")]
    KeyMissing,
    /// The idempotency key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// A registrar knows somebody else by this address, or the person by another name.
    #[error("that registrar's register and yours do not name the same person; ask at its desk")]
    RegisteredElsewhere,
    /// The payment is above what the device pays without a PIN.
    #[error("enter the PIN for a payment of this amount")]
    PinNeeded,
    /// Not an officer of an institution that registers people.
    #[error("only officers of a registrar work here")]
    NotAnOfficer,
    /// The new phone does not wait any more.
    #[error("the new phone has gone away; it begins again and shows another number")]
    PhoneGone,
    /// Too often.
    #[error("too many requests; try again in {retry_after_s} seconds")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// A one-time code was not issued or does not open.
    #[error(transparent)]
    Code(CodeError),
    /// The ticket of an enrolment is unknown, used or too old.
    #[error("the enrolment took too long; begin again")]
    TicketExpired,
    /// The ledger refused.
    #[error("{}", .0.sentence(dure_score::Lang::En))]
    Refused(Refusal),
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(ClientError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// What any service can fail with.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str),
}

impl Fault {
    /// A stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::BadField { .. } => "BAD_FIELD",
            Self::BadEmail => "BAD_EMAIL",
            Self::NotFound => "NOT_FOUND",
            Self::NotYourDevice => "NOT_YOUR_DEVICE",
            Self::KeyMissing => "IDEMPOTENCY_KEY_MISSING",
            Self::KeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::RegisteredElsewhere => "REGISTERED_ELSEWHERE",
            Self::PinNeeded => "PIN_NEEDED",
            Self::NotAnOfficer => "NOT_AN_OFFICER",
            Self::PhoneGone => "PHONE_GONE",
            Self::TooMany { .. } => "TOO_MANY_REQUESTS",
            Self::Code(error) => error.code(),
            Self::TicketExpired => "TICKET_EXPIRED",
            Self::Refused(refusal) => refusal.code(),
            Self::Ledger(error) => error.code(),
            Self::Db(error) => error.code(),
            Self::Service(error) => error.code(),
            Self::Internal(_) => "INTERNAL",
        }
    }
}

impl Failure for Fault {
    fn code(&self) -> &str {
        self.code()
    }

    fn status(&self) -> u16 {
        match self {
            Self::BadField { .. } | Self::BadEmail | Self::KeyMissing => 400,
            Self::TicketExpired | Self::PinNeeded => 401,
            Self::NotYourDevice | Self::NotAnOfficer => 403,
            Self::NotFound => 404,
            Self::RegisteredElsewhere | Self::PhoneGone => 409,
            Self::Refused(_) | Self::KeyReused => 422,
            Self::TooMany { .. } | Self::Code(CodeError::RateLimited { .. }) => 429,
            Self::Code(_) => 401,
            Self::Service(error) => error.status(),
            Self::Ledger(error) => ledger_status(error),
            Self::Db(DbError::Pool(_) | DbError::Interrupted) => 503,
            Self::Db(_) | Self::Internal(_) => 500,
        }
    }

    fn members(&self) -> Members {
        let none = Members::default();
        match self {
            Self::Code(CodeError::Wrong { tries_left }) => {
                Members { tries_left: u32::try_from(*tries_left).ok(), ..none }
            }
            Self::BadField { field, .. } => Members { field: Some(field), ..none },
            Self::Refused(refusal) => Members { refusal: Some(refusal.clone()), ..none },
            Self::TooMany { retry_after_s } => Members { retry_after_s: Some(*retry_after_s), ..none },
            Self::Code(CodeError::RateLimited { retry_after_s }) => {
                Members { retry_after_s: u64::try_from(*retry_after_s).ok(), ..none }
            }
            Self::Service(error) => error.members(),
            _ if self.status() == 503 => Members { retry_after_s: Some(2), ..none },
            _ => none,
        }
    }
}

impl From<CodeError> for Fault {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Db(error) => Self::Db(error),
            other => Self::Code(other),
        }
    }
}

impl From<ClientError> for Fault {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Ledger(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_condition_has_one_code_and_one_status_in_every_service() {
        let field = ("email", "none");
        let refused = Refusal::WeakKey;
        for (here, everywhere) in [
            (
                Fault::BadField { field: field.0, reason: field.1 },
                ServiceError::BadField { field: field.0, reason: field.1 },
            ),
            (Fault::BadEmail, ServiceError::BadEmail),
            (Fault::NotFound, ServiceError::NotFound),
            (Fault::NotYourDevice, ServiceError::NotYourDevice),
            (Fault::TooMany { retry_after_s: 3 }, ServiceError::TooManyRequests { retry_after_s: 3 }),
            (Fault::from(CodeError::Expired), ServiceError::CodeExpired),
            (Fault::from(CodeError::Wrong { tries_left: 3 }), ServiceError::CodeWrong { tries_left: 3 }),
            (
                Fault::from(CodeError::RateLimited { retry_after_s: 9 }),
                ServiceError::TooManyCodes { retry_after_s: 9 },
            ),
            (Fault::TicketExpired, ServiceError::TicketExpired),
            (Fault::Refused(refused.clone()), ServiceError::Refused(refused)),
            (Fault::Ledger(ClientError::Timeout), ServiceError::Ledger(ClientError::Timeout)),
            (Fault::Db(DbError::Interrupted), ServiceError::Db(DbError::Interrupted)),
            (Fault::Internal(""), ServiceError::Internal("")),
        ] {
            assert_eq!(
                (here.code(), here.status(), here.members()),
                (everywhere.code(), everywhere.status(), everywhere.members())
            );
        }
    }
}
