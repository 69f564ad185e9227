//! Refusals on the wire: RFC 9457 problem documents.

use actix_web::{
    HttpResponse, ResponseError,
    error::{JsonPayloadError, PathError, QueryPayloadError},
    http::{StatusCode, header},
};
use serde_json::{Value, json};

use dure_service::Failure;

use crate::error::PosError;

impl PosError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::BadTransaction(_) => StatusCode::BAD_REQUEST,
            Self::NotSignedIn | Self::PinWrong { .. } | Self::PinLocked => StatusCode::UNAUTHORIZED,
            Self::CrossSite | Self::CallNotAllowed | Self::OtherDevice => StatusCode::FORBIDDEN,
            Self::NotFound | Self::UnknownOrder | Self::UnknownPayerCode | Self::UnknownDevice => {
                StatusCode::NOT_FOUND
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Service(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::OrderNotOpen(_) => StatusCode::CONFLICT,
            Self::CodeExpired | Self::TicketExpired => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyRequests { .. } | Self::TooManyStreams => StatusCode::TOO_MANY_REQUESTS,
            Self::LedgerUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::LedgerProtocol(_) => StatusCode::BAD_GATEWAY,
            Self::Refused(_)
            | Self::BadEmail
            | Self::BadLanguage
            | Self::BadDeviceName
            | Self::BadPinProof
            | Self::CodeWrong { .. }
            | Self::PriceOutOfRange
            | Self::BadNote => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Config(_) | Self::Startup { .. } | Self::Database(_) | Self::Qr(_) | Self::Internal(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn problem(&self) -> Value {
        let status = self.status();
        let detail = if status == StatusCode::INTERNAL_SERVER_ERROR {
            // Paths and systems' messages are for the log, not for the network.
            tracing::error!(code = self.code(), "{self}");
            "The till could not do this; its log says why.".to_owned()
        } else {
            self.to_string()
        };
        let mut problem = json!({
            // RFC 9457, section 4.2.1: no meaning beyond the status; `code` tells problems apart.
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": detail,
            "code": self.code(),
        });
        if let Some((name, value)) = self.extension()
            && let Some(members) = problem.as_object_mut()
        {
            members.insert(name.to_owned(), value);
        }
        problem
    }

    /// The problem's own member, if it has one.
    fn extension(&self) -> Option<(&'static str, Value)> {
        match self {
            Self::CodeWrong { tries_left } | Self::PinWrong { tries_left } => {
                Some(("tries_left", json!(tries_left)))
            }
            Self::Refused(refusal) => serde_json::to_value(refusal).ok().map(|value| ("refusal", value)),
            Self::OrderNotOpen(state) => Some(("state", json!(state))),
            _ => None,
        }
    }

    const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { seconds } => Some(*seconds),
            // One view change of the ledger, or a node's restart, is over by then.
            Self::LedgerUnavailable => Some(2),
            _ => None,
        }
    }
}

impl ResponseError for PosError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        if let Some(seconds) = self.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(self.problem().to_string())
    }
}

/// What the JSON extractor refuses.
pub fn from_json(error: &JsonPayloadError) -> PosError {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            PosError::TooLarge
        }
        JsonPayloadError::ContentType => PosError::MediaType,
        error => PosError::Malformed(format!("The body is not what this address takes: {error}")),
    }
}

/// What the query extractor refuses.
pub fn from_query(error: &QueryPayloadError) -> PosError {
    PosError::Malformed(format!("The query cannot be read: {error}"))
}

/// What the path extractor refuses.
pub fn from_path(error: &PathError) -> PosError {
    PosError::Malformed(format!("The address cannot be read: {error}"))
}

/// The answer for a path that does not exist.
pub async fn not_found() -> Result<HttpResponse, PosError> {
    Err(PosError::NotFound)
}

/// The answer for a method that a path does not take.
pub async fn method_not_allowed() -> Result<HttpResponse, PosError> {
    Err(PosError::MethodNotAllowed)
}
