//! Signs requests, for nodes that serve members only.

use std::{
    fmt,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use dure_proof::request::{Request, signed_headers};
use dure_score::ChainId;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::{error::ClientError, signer::Signer};

/// Who asks, and on which channel.
#[derive(Clone)]
pub(crate) struct Identity {
    chain: ChainId,
    signer: Arc<dyn Signer>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("chain", &self.chain)
            .field("key", &self.signer.public_key())
            .finish()
    }
}

impl Identity {
    pub(crate) const fn new(chain: ChainId, signer: Arc<dyn Signer>) -> Self {
        Self { chain, signer }
    }

    /// Adds the headers that prove who asks. Every try is signed anew: a nonce is good once.
    pub(crate) fn sign(&self, request: &mut reqwest::Request) -> Result<(), ClientError> {
        let (time_ms, nonce) = (now_ms(), rand::random());
        let url = request.url();
        let target =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let asked = Request {
            chain: &self.chain,
            method: request.method().as_str(),
            target: &target,
            body,
            time_ms,
            nonce,
        };
        let key = self.signer.public_key();
        let signed = signed_headers(&asked, &key, |message| self.signer.sign(message));
        let headers = request.headers_mut();
        signed.into_iter().try_for_each(|(name, value)| put(headers, name, &value))
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), ClientError> {
    let value = HeaderValue::from_str(value).map_err(|error| ClientError::Protocol(error.to_string()))?;
    headers.insert(name, value);
    Ok(())
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
