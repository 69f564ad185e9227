//! The `Idempotency-Key` header as an extractor.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::Failure;
use crate::idempotency::Key;

impl FromRequest for Key {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
        ready(Self::parse(header.unwrap_or_default()).map_err(Failure))
    }
}
