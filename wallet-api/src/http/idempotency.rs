//! The `Idempotency-Key` header: requests that mail or number something carry one, so that a lost answer never makes two.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use dure_db::idempotency::KEY_MAX;
use dure_score::ids::sha256;

use super::Failure;
use crate::fault::Fault;

/// The key of a request.
#[derive(Debug, Clone)]
pub struct Key {
    /// Visible ASCII, 8 to 64 characters; quotation marks of a structured field are taken off.
    pub value: String,
}

impl Key {
    /// A digest of what was asked, to tell whether the same key means the same request.
    pub fn of(&self, parts: &[&str]) -> String {
        hex::encode(sha256(&[parts.join("\0").as_bytes()]))
    }
}

impl FromRequest for Key {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
        let value = header.unwrap_or_default().trim().trim_matches('"').to_owned();
        let good = (8..=KEY_MAX).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic());
        ready(if good { Ok(Self { value }) } else { Err(Failure(Fault::KeyMissing)) })
    }
}
