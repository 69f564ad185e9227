//! Idempotency keys: requests that mail or number something carry one, so that a lost answer never makes two.

use dure_db::idempotency::KEY_MAX;
use dure_score::ids::sha256;

use crate::fault::Fault;

/// The key of a request.
#[derive(Debug, Clone)]
pub struct Key {
    /// Visible ASCII, 8 to 64 characters; quotation marks of a structured field are taken off.
    pub value: String,
}

impl Key {
    /// The key as the header `Idempotency-Key` has it.
    pub fn parse(header: &str) -> Result<Self, Fault> {
        let value = header.trim().trim_matches('"').to_owned();
        let good = (8..=KEY_MAX).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic());
        if good { Ok(Self { value }) } else { Err(Fault::KeyMissing) }
    }

    /// A digest of what was asked, to tell whether the same key means the same request.
    pub fn of(&self, parts: &[&str]) -> String {
        hex::encode(sha256(&[parts.join("\0").as_bytes()]))
    }
}
