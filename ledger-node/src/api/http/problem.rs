//! Errors as problem documents (RFC 9457) with a stable `code`; a contract's refusal comes along with its inputs.

use std::{fmt, num::NonZeroU16, time::Duration};

use actix_web::{
    Error, HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::{PathError, QueryPayloadError},
    http::{StatusCode, header},
    middleware::Next,
};
use dure_score::{Lang, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    history::{archive::ArchiveError, ledger::LedgerError},
    ingress::admission::TurnedAway,
    store::StoreError,
};

/// Media type of a problem document.
const PROBLEM_JSON: &str = "application/problem+json";

/// After this time some blocks have made room.
const NEXT_BLOCKS: Duration = Duration::from_secs(1);

/// After this time an operator may have helped, or the node be back.
const OPERATOR: Duration = Duration::from_secs(10);

/// A problem document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Always `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The HTTP status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, for people.
    detail: String,
    /// Stable machine-readable name.
    code: &'static str,
    /// Why the contract refuses, with the inputs of its rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    refusal: Option<Refusal>,
    /// After how many seconds another try makes sense: the header `Retry-After`.
    #[serde(skip)]
    retry_after_s: Option<NonZeroU16>,
}

impl Problem {
    /// A problem of that status.
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            refusal: None,
            retry_after_s: None,
        }
    }

    /// The same, to be tried again after that time, in whole seconds and at least one. A 429 or 503 that names no time says one
    /// second.
    pub(super) fn retry_after(self, pause: Duration) -> Self {
        let seconds = pause.as_secs().saturating_add(u64::from(pause.subsec_nanos() > 0));
        let seconds = u16::try_from(seconds).unwrap_or(u16::MAX);
        Self { retry_after_s: Some(NonZeroU16::new(seconds).unwrap_or(NonZeroU16::MIN)), ..self }
    }

    /// The input is not what it should be.
    pub(super) fn bad(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// There is no such thing on the ledger.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("the ledger holds no such {what}"))
    }

    /// It was on the ledger, but this node does not keep it.
    pub(super) fn pruned(up_to: u64) -> Self {
        let detail = format!(
            "this node keeps no transactions and receipts up to block {up_to}; ask a node that keeps all blocks"
        );
        Self::new(StatusCode::GONE, "PRUNED", detail)
    }

    fn internal(code: &'static str, error: &dyn fmt::Display) -> Self {
        tracing::error!(%error, code, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, "the node cannot read its ledger")
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
        let mut response = HttpResponse::build(self.status_code());
        response.content_type(PROBLEM_JSON);
        let later = matches!(self.status, 429 | 503).then_some(NonZeroU16::MIN);
        if let Some(seconds) = self.retry_after_s.or(later) {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        // A struct of strings and numbers always has a JSON form.
        response.body(serde_json::to_vec(self).unwrap_or_default())
    }
}

impl From<TurnedAway> for Problem {
    fn from(error: TurnedAway) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            TurnedAway::Malformed => Self::bad(code, detail),
            TurnedAway::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, detail),
            TurnedAway::SignerBusy => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail).retry_after(NEXT_BLOCKS)
            }
            TurnedAway::Overloaded | TurnedAway::Full => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(NEXT_BLOCKS)
            }
            TurnedAway::Stopping | TurnedAway::DiskFull => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(OPERATOR)
            }
            TurnedAway::Pruned => Self::new(StatusCode::GONE, code, detail),
            TurnedAway::Ledger(error) => Self::internal(code, &error),
            TurnedAway::Refused(refusal) => {
                let detail = refusal.sentence(Lang::En);
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
                Self { refusal: Some(refusal), ..problem }
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::internal("LEDGER_STORE", &error)
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        Self::internal(error.code(), &error)
    }
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        Self::internal(error.code(), &error)
    }
}

impl From<actix_web::error::BlockingError> for Problem {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self::internal("NODE_BUSY", &error)
    }
}

/// A path segment is not of its form.
pub(super) fn path_error(error: PathError, _: &HttpRequest) -> Error {
    Problem::bad("BAD_PATH", error.to_string()).into()
}

/// A query parameter is unknown or not of its form.
pub(super) fn query_error(error: QueryPayloadError, _: &HttpRequest) -> Error {
    Problem::bad("BAD_QUERY", error.to_string()).into()
}

/// No such path.
pub(super) async fn no_such_path() -> Result<HttpResponse, Problem> {
    Err(Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_PATH", "this node has no such path"))
}

/// Makes a problem document of every error that is none yet (such as 405 by the router).
pub(super) async fn everywhere(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return Ok(response);
    }
    let (code, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("METHOD_NOT_ALLOWED", "this path does not have that method"),
        StatusCode::PAYLOAD_TOO_LARGE => ("TOO_LARGE", "the request's body is too large"),
        status if status.is_server_error() => ("NODE_FAILED", "the node could not answer"),
        _ => ("BAD_REQUEST", "the request cannot be read"),
    };
    let mut problem = Problem::new(status, code, detail).error_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow.clone());
    }
    Ok(response.into_response(problem))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_is_turned_away_for_want_of_room_is_told_when_to_come_back() {
        let told = |reason: TurnedAway| {
            assert!(reason.is_for_want_of_room());
            let response = Problem::from(reason).error_response();
            let header = response.headers().get(header::RETRY_AFTER).unwrap().to_str().unwrap().to_owned();
            (response.status().as_u16(), header)
        };
        assert_eq!(told(TurnedAway::SignerBusy), (429, "1".to_owned()));
        assert_eq!(told(TurnedAway::Full), (503, "1".to_owned()));
        assert_eq!(told(TurnedAway::Overloaded), (503, "1".to_owned()));
        assert_eq!(told(TurnedAway::Stopping), (503, "10".to_owned()));
        assert_eq!(told(TurnedAway::DiskFull), (503, "10".to_owned()));
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "X", "x");
        let header = |problem: Problem| {
            problem.error_response().headers().get(header::RETRY_AFTER).unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(header(problem.clone()), "1");
        assert_eq!(header(problem.clone().retry_after(Duration::from_millis(2_001))), "3");
        assert_eq!(header(problem.retry_after(Duration::ZERO)), "1");
        assert!(!TurnedAway::Malformed.is_for_want_of_room());
    }
}
