//! The node's own name towards other nodes: it signs each of its requests.

use dure_proof::request::{Request, signed_headers};
use dure_score::{ChainId, signature::SigningKey};
use reqwest::{
    RequestBuilder,
    header::{HeaderMap, HeaderValue},
};

use crate::history::ledger::now_ms;

/// The node's key, for requests.
pub struct Identity {
    chain: ChainId,
    key: SigningKey,
}

impl Identity {
    /// The node with this secret seed, on `chain`.
    pub fn new(chain: ChainId, seed: [u8; 32]) -> Self {
        Self { chain, key: SigningKey::from_seed(seed) }
    }

    /// The finished request with the headers that prove who asks.
    pub fn sign(&self, request: RequestBuilder) -> reqwest::Result<reqwest::Request> {
        let mut request = request.build()?;
        let (time_ms, nonce) = (now_ms(), rand::random());
        let url = request.url();
        let target =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let asked = Request {
            chain: &self.chain,
            method: request.method().as_str(),
            target: &target,
            body: request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default(),
            time_ms,
            nonce,
        };
        let signed = signed_headers(&asked, &self.key.public_key(), |message| self.key.sign(message));
        let headers = request.headers_mut();
        for (name, value) in signed {
            put(headers, name, &value);
        }
        Ok(request)
    }
}

/// Hex and decimal digits are always header values.
fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            headers.insert(name, value);
        }
        Err(error) => tracing::error!(%error, name, "a request goes out unsigned"),
    }
}
