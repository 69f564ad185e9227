//! Failures on their way out, as problem documents.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use dure_service::http::{answer, status};

use crate::error::PosError;

impl ResponseError for PosError {
    fn status_code(&self) -> StatusCode {
        status(self)
    }

    fn error_response(&self) -> HttpResponse {
        answer(self)
    }
}
