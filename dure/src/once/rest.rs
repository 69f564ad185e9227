//! A browser's manners towards our own servers: JSON, one session cookie, same-origin requests.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Method, header};
use serde_json::Value;

use crate::error::DureError;

/// Longest wait for one answer; the slowest is a certification, which waits for the ledger.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of an unexpected answer is shown.
const SHOWN: usize = 400;

/// A session with one server.
#[derive(Debug)]
pub struct Rest {
    http: reqwest::Client,
    base: String,
    cookie: Mutex<Option<String>>,
}

/// An answer of any status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Content type without parameters.
    pub kind: String,
    /// The JSON body; null if there was none.
    pub body: Value,
}

impl Rest {
    /// A new session with the server at `base`.
    pub fn new(base: String) -> Self {
        Self { http: reqwest::Client::new(), base, cookie: Mutex::new(None) }
    }

    /// `GET path`, expecting success.
    pub async fn get(&self, path: &str) -> Result<Value, DureError> {
        self.expect_success(Method::GET, path, None).await
    }

    /// `POST path` with a JSON body, expecting success.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, DureError> {
        self.expect_success(Method::POST, path, Some(body)).await
    }

    /// `POST path` with a JSON body; any answer is returned.
    pub async fn try_post(&self, path: &str, body: &Value) -> Result<Answer, DureError> {
        self.send(Method::POST, path, Some((body.to_string().into_bytes(), "application/json"))).await
    }

    /// `POST path` with any bytes; any answer is returned.
    pub async fn post_bytes(
        &self,
        path: &str,
        kind: &'static str,
        bytes: &[u8],
    ) -> Result<Answer, DureError> {
        self.send(Method::POST, path, Some((bytes.to_vec(), kind))).await
    }

    async fn expect_success(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, DureError> {
        let request = format!("{method} {}{path}", self.base);
        let body = body.map(|body| (body.to_string().into_bytes(), "application/json"));
        let answer = self.send(method, path, body).await?;
        if (200..300).contains(&answer.status) {
            return Ok(answer.body);
        }
        let body: String = answer.body.to_string().chars().take(SHOWN).collect();
        Err(DureError::Answer { request, status: answer.status, body })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(Vec<u8>, &'static str)>,
    ) -> Result<Answer, DureError> {
        let address = format!("{}{path}", self.base);
        let failed = |error: reqwest::Error| DureError::Answer {
            request: address.clone(),
            status: 0,
            body: error.to_string(),
        };
        let mut request = self.http.request(method, &address).timeout(PATIENCE);
        request = request.header(header::ORIGIN, &self.base).header("sec-fetch-site", "same-origin");
        if let Some(cookie) = self.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some((bytes, kind)) = body {
            let key = hex::encode(rand::random::<[u8; 16]>());
            request = request.header("idempotency-key", key);
            request = request.header(header::CONTENT_TYPE, kind).body(bytes);
        }
        let response = request.send().await.map_err(failed)?;
        self.keep_cookie(response.headers());
        let status = response.status().as_u16();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned();
        let bytes = response.bytes().await.map_err(failed)?;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Answer { status, kind, body })
    }

    fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep_cookie(&self, headers: &header::HeaderMap) {
        let set = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        for value in set {
            let pair = value.split(';').next().unwrap_or_default();
            let pair = (!pair.ends_with('=')).then(|| pair.to_owned());
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = pair;
        }
    }
}

/// The text at a JSON pointer.
pub fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, DureError> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.ok_or_else(|| DureError::Data(format!("no text at {pointer} in {value}")))
}

/// The amount at a JSON pointer: money is a string of digits, perhaps with a sign.
pub fn won(value: &Value, pointer: &str) -> Result<i64, DureError> {
    let found = text(value, pointer)?;
    found.parse().map_err(|_| DureError::Data(format!("no amount at {pointer}: {found:?}")))
}
