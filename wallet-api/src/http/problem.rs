//! Failures as problem documents (RFC 9457), whoever finds them: a route, an extractor, the router.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    body::BoxBody,
    error::{JsonPayloadError, PathError, QueryPayloadError},
    http::{StatusCode, header},
};
use dure_db::{DbError, codes::CodeError};
use dure_ledger_client::ClientError;
use dure_service::Failure as _;
use serde::Serialize;
use utoipa::ToSchema;

use crate::fault::Fault;

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` says which problem it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status's name.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence for people.
    pub detail: String,
    /// A stable code.
    pub code: String,
    /// PIN or code tries that remain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tries_left: Option<i32>,
    /// The field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<&'static str>,
    /// The ledger's refusal with its inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub refusal: Option<dure_score::Refusal>,
    /// Seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub retry_after_s: Option<u64>,
}

/// A [`Fault`] on its way out.
#[derive(Debug)]
pub struct Failure(pub Fault);

impl<E: Into<Fault>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match &self.0 {
            Fault::Malformed(_) | Fault::BadField { .. } | Fault::BadEmail | Fault::KeyMissing => {
                StatusCode::BAD_REQUEST
            }
            Fault::RegisteredElsewhere | Fault::PhoneGone => StatusCode::CONFLICT,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Fault::NotFound | Fault::UnknownDevice => StatusCode::NOT_FOUND,
            Fault::Method => StatusCode::METHOD_NOT_ALLOWED,
            Fault::CrossSite | Fault::NotYourDevice | Fault::NotAnOfficer | Fault::NotForTheCounter => {
                StatusCode::FORBIDDEN
            }
            Fault::NoSession
            | Fault::TicketExpired
            | Fault::PinWrong { .. }
            | Fault::PinNeeded
            | Fault::PinLocked => StatusCode::UNAUTHORIZED,
            Fault::TooMany { .. } | Fault::Code(CodeError::RateLimited { .. }) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Fault::Code(_) => StatusCode::UNAUTHORIZED,
            Fault::Refused(_) | Fault::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Fault::StillOpen(_) => StatusCode::GATEWAY_TIMEOUT,
            Fault::Ledger(error) => ledger_status(error),
            Fault::Service(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Fault::Db(DbError::Pool(_) | DbError::Interrupted) => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Db(_) | Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let status = self.status_code();
        let ours = status == StatusCode::INTERNAL_SERVER_ERROR;
        if ours {
            tracing::error!(code = self.0.code(), "{}", self.0);
        }
        // What went wrong inside is for the log, not for the other side.
        let detail =
            if ours { "something went wrong here; try again".to_owned() } else { self.0.to_string() };
        let mut problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail,
            code: self.0.code().to_owned(),
            tries_left: None,
            field: None,
            refusal: None,
            retry_after_s: None,
        };
        match &self.0 {
            Fault::PinWrong { tries_left } | Fault::Code(CodeError::Wrong { tries_left }) => {
                problem.tries_left = Some(*tries_left);
            }
            Fault::BadField { field, .. } => problem.field = Some(field),
            Fault::Refused(refusal) => problem.refusal = Some(refusal.clone()),
            Fault::TooMany { retry_after_s } => problem.retry_after_s = Some(*retry_after_s),
            Fault::Code(CodeError::RateLimited { retry_after_s }) => {
                problem.retry_after_s = u64::try_from(*retry_after_s).ok();
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => problem.retry_after_s = Some(2),
            _ => {}
        }
        let mut response = HttpResponse::build(status);
        if let Some(seconds) = problem.retry_after_s {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response
            .content_type("application/problem+json")
            .body(serde_json::to_string(&problem).unwrap_or_default())
    }
}

/// A node's own 4xx about bytes that we passed on is the sender's; all else is the ledger's trouble.
fn ledger_status(error: &ClientError) -> StatusCode {
    match error {
        ClientError::Http { status: 400 | 413 | 422, .. } => StatusCode::BAD_REQUEST,
        ClientError::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ClientError::Protocol(_) => StatusCode::BAD_GATEWAY,
        ClientError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ClientError::Unavailable | ClientError::Http { .. } => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// For the JSON extractor.
pub fn json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    Failure(match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => Fault::TooLarge,
        JsonPayloadError::ContentType => Fault::MediaType,
        other => Fault::Malformed(other.to_string()),
    })
    .into()
}

/// For the query extractor.
pub fn query(error: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    Failure(Fault::Malformed(error.to_string())).into()
}

/// For the path extractor.
pub fn path(_: PathError, _: &HttpRequest) -> actix_web::Error {
    Failure(Fault::NotFound).into()
}
