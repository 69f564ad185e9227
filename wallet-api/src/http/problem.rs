//! Failures on their way out, as problem documents.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use dure_service::http::{answer, status};

use crate::fault::Fault;

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
        status(&self.0)
    }

    fn error_response(&self) -> HttpResponse {
        answer(&self.0)
    }
}
