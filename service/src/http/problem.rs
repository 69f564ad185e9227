//! Failures as problem documents (RFC 9457), whoever finds them: a route, an extractor, the router. One media type, one shape.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    error::{JsonPayloadError, PathError, QueryPayloadError},
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Failure, Members, ServiceError};

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` says which problem it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status's name.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// A sentence for people.
    pub detail: String,
    /// A stable code.
    pub code: String,
    /// PIN or code tries that remain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tries_left: Option<u32>,
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
    /// The state that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub state: Option<&'static str>,
}

/// The status of a failure.
pub fn status(failure: &dyn Failure) -> StatusCode {
    StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer that tells of a failure.
pub fn answer(failure: &dyn Failure) -> HttpResponse {
    let status = status(failure);
    let detail = if status == StatusCode::INTERNAL_SERVER_ERROR {
        // What went wrong inside is for the log, not for the other side.
        tracing::error!(code = failure.code(), "{failure}");
        "Something went wrong here; its log says why. Try again.".to_owned()
    } else {
        failure.to_string()
    };
    let Members { tries_left, field, refusal, retry_after_s, state } = failure.members();
    let problem = Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail,
        code: failure.code().to_owned(),
        tries_left,
        field,
        refusal,
        retry_after_s,
        state,
    };
    let mut response = HttpResponse::build(status);
    if let Some(seconds) = retry_after_s {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/problem+json")
        .body(serde_json::to_string(&problem).unwrap_or_default())
}

impl ResponseError for ServiceError {
    fn status_code(&self) -> StatusCode {
        status(self)
    }

    fn error_response(&self) -> HttpResponse {
        answer(self)
    }
}

/// For the JSON extractor.
pub(super) fn json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            ServiceError::BodyTooLarge
        }
        JsonPayloadError::ContentType => ServiceError::MediaType,
        other => ServiceError::Malformed(format!("The body is not what this address takes: {other}")),
    }
    .into()
}

/// For the query extractor.
pub(super) fn query(error: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    ServiceError::Malformed(format!("The query cannot be read: {error}")).into()
}

/// For the path extractor.
pub(super) fn path(_: PathError, _: &HttpRequest) -> actix_web::Error {
    ServiceError::NotFound.into()
}
