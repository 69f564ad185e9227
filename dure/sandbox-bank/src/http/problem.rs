//! Refusals on the wire: RFC 9457 problem documents.

use crate::error::BankError;
use actix_web::error::{JsonPayloadError, QueryPayloadError, UrlencodedError};
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            // RFC 9457, section 4.2.1: the problem has no meaning beyond its status; `code` tells them apart.
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
        }
    }

    pub(super) fn json(error: &JsonPayloadError) -> Self {
        match error {
            JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
                Self::too_large()
            }
            JsonPayloadError::ContentType => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type",
                "The body must be application/json.",
            ),
            error => Self::malformed(format!("The body is not what this endpoint takes: {error}")),
        }
    }

    pub(super) fn form(error: &UrlencodedError) -> Self {
        match error {
            UrlencodedError::Overflow { .. } => Self::too_large(),
            UrlencodedError::UnknownLength => {
                Self::new(StatusCode::LENGTH_REQUIRED, "length_required", "The body's length must be given.")
            }
            UrlencodedError::ContentType => {
                let detail = "The body must be application/x-www-form-urlencoded.";
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail)
            }
            error => Self::malformed(format!("The form cannot be read: {error}")),
        }
    }

    pub(super) fn query(error: &QueryPayloadError) -> Self {
        Self::malformed(format!("The query cannot be read: {error}"))
    }

    fn malformed(detail: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body may have 64 KiB at most.")
    }

    /// Answers for a path that does not exist.
    pub(super) async fn not_found() -> Result<HttpResponse, Self> {
        Err(Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address."))
    }

    /// The answer to a method that a path does not know; it names the one that it knows (RFC 9110, section 15.5.6).
    pub(super) fn method_not_allowed(allowed: &Method) -> HttpResponse {
        let detail = "This address does not take that method.";
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        let mut response = problem.error_response();
        if let Ok(value) = HeaderValue::from_str(allowed.as_str()) {
            response.headers_mut().insert(ALLOW, value);
        }
        response
    }
}

impl From<BankError> for Problem {
    fn from(error: BankError) -> Self {
        let (status, detail) = match &error {
            BankError::Input(input) => (StatusCode::UNPROCESSABLE_ENTITY, input.to_string()),
            BankError::BookFull { .. } => (StatusCode::CONFLICT, error.to_string()),
            BankError::Overflow => (StatusCode::CONFLICT, error.to_string()),
            BankError::Stopping => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            BankError::Config { .. }
            | BankError::Io { .. }
            | BankError::Locked { .. }
            | BankError::Book { .. }
            | BankError::Render(_) => {
                // Paths and system messages are for the log, not for the network.
                tracing::error!(code = error.code(), "{error}");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "The bank could not do this; its log says why.".to_owned(),
                )
            }
        };
        Self::new(status, error.code(), detail)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let body = serde_json::to_string(self).unwrap_or_default();
        HttpResponse::build(self.status_code())
            .insert_header((CONTENT_TYPE, "application/problem+json"))
            .body(body)
    }
}
