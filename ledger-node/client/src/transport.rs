//! One request to one of several nodes: the one that answered last, then the others in turn.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use bytes::Bytes;
use dure_score::Refusal;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;

use crate::{error::ClientError, identity::Identity};

/// Longest answer that is read: a full block of 4 MiB with its receipts in JSON stays well below.
pub(crate) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    urls: Vec<String>,
    preferred: AtomicUsize,
    identity: Option<Identity>,
}

/// What is asked of a node.
pub(crate) enum Ask<'a> {
    Get,
    PostCbor(&'a [u8]),
}

/// A node's answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// True if another node was asked before and may have taken what it was given.
    pub(crate) doubt: bool,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
    refusal: Option<Refusal>,
}

impl Transport {
    pub(crate) fn new(urls: Vec<String>, connect: Duration) -> Self {
        let urls = urls.into_iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        let http = reqwest::Client::builder().connect_timeout(connect).tcp_nodelay(true).build();
        let http = http.unwrap_or_else(|error| {
            tracing::warn!(%error, "HTTP client falls back to its defaults");
            reqwest::Client::new()
        });
        Self { http, urls, preferred: AtomicUsize::new(0), identity: None }
    }

    /// The same nodes over the same connections, every request signed.
    pub(crate) fn as_member(&self, identity: Identity) -> Self {
        let preferred = AtomicUsize::new(self.preferred.load(Ordering::Relaxed));
        Self { http: self.http.clone(), urls: self.urls.clone(), preferred, identity: Some(identity) }
    }

    fn prepare(&self, request: RequestBuilder) -> Result<reqwest::Request, ClientError> {
        let mut request = request.build().map_err(|error| ClientError::Protocol(error.to_string()))?;
        if let Some(identity) = &self.identity {
            identity.sign(&mut request)?;
        }
        Ok(request)
    }

    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Asks the nodes in turn, each at most once, until one answers with anything but *unavailable* (502–504).
    /// The error is `Timeout` or `Unavailable` if any of them may have taken what it was given.
    pub(crate) async fn ask(&self, path: &str, ask: Ask<'_>, limit: Duration) -> Result<Answer, ClientError> {
        let mut last = ClientError::Unavailable;
        let mut doubt = false;
        for (index, url) in self.in_turn() {
            let url = format!("{url}{path}");
            let request = match ask {
                Ask::Get => self.http.get(url),
                Ask::PostCbor(body) => {
                    self.http.post(url).header("content-type", "application/cbor").body(body.to_vec())
                }
            };
            let request = match self.prepare(request.timeout(limit)) {
                Ok(request) => request,
                Err(error) => {
                    last = error;
                    continue;
                }
            };
            match self.http.execute(request).await {
                Ok(response) => match read(response).await {
                    Ok(answer) if is_unavailable(answer.status) => {
                        // 503 is a node's own word that it has taken nothing; the others are a gateway's.
                        doubt |= answer.status != StatusCode::SERVICE_UNAVAILABLE;
                        last = answer.into_error();
                    }
                    Ok(answer) => {
                        self.preferred.store(index, Ordering::Relaxed);
                        return Ok(Answer { doubt, ..answer });
                    }
                    Err(error) => {
                        doubt = true;
                        last = error;
                    }
                },
                Err(error) if error.is_connect() => last = ClientError::Unavailable,
                Err(error) => {
                    doubt = true;
                    last = if error.is_timeout() { ClientError::Timeout } else { ClientError::Unavailable };
                }
            }
        }
        // A node's own "not now" says nothing of the one before it.
        Err(if doubt && matches!(last, ClientError::Http { .. }) { ClientError::Unavailable } else { last })
    }

    /// Opens a stream that has no end at the first node that gives one; `idle` bounds the wait for each node's answer, an
    /// unsuccessful one read to its end.
    pub(crate) async fn open(&self, path: &str, idle: Duration) -> Result<Response, ClientError> {
        let mut last = ClientError::Unavailable;
        for (index, url) in self.in_turn() {
            let opening = tokio::time::timeout(idle, self.open_at(format!("{url}{path}")));
            match opening.await.unwrap_or(Err(ClientError::Unavailable)) {
                Ok(response) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(response);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn open_at(&self, url: String) -> Result<Response, ClientError> {
        let request = self.prepare(self.http.get(url).header("accept", "text/event-stream"))?;
        let response = self.http.execute(request).await.map_err(|_| ClientError::Unavailable)?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        Err(read(response).await?.into_error())
    }

    /// Makes the next request begin with another node than the last one did.
    pub(crate) fn turn_away(&self) {
        self.preferred.fetch_add(1, Ordering::Relaxed);
    }

    fn in_turn(&self) -> impl Iterator<Item = (usize, &String)> {
        let count = self.urls.len();
        let first = self.preferred.load(Ordering::Relaxed).checked_rem(count).unwrap_or(0);
        self.urls.iter().enumerate().cycle().skip(first).take(count)
    }
}

impl Answer {
    /// The refusal or problem that an unsuccessful answer carries.
    pub(crate) fn into_error(self) -> ClientError {
        match serde_json::from_slice::<Problem>(&self.body) {
            Ok(Problem { refusal: Some(refusal), .. }) => ClientError::Refused(refusal),
            Ok(Problem { code, detail, .. }) => {
                ClientError::Http { status: self.status.as_u16(), code, detail }
            }
            Err(_) => ClientError::Http {
                status: self.status.as_u16(),
                code: String::new(),
                detail: "not a problem document".to_owned(),
            },
        }
    }
}

const fn is_unavailable(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

async fn read(mut response: Response) -> Result<Answer, ClientError> {
    let status = response.status();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES => {
                return Err(ClientError::Protocol("an answer is too long".to_owned()));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Answer { status, body: body.into(), doubt: false }),
            Err(error) if error.is_timeout() => return Err(ClientError::Timeout),
            Err(_) => return Err(ClientError::Unavailable),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// A node that begins the same answer to everything, and then says no more.
    async fn node(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                assert!(stream.read(&mut [0; 4_096]).await.unwrap() > 0);
                stream.write_all(answer.as_bytes()).await.unwrap();
                open.push(stream);
            }
        });
        url
    }

    #[tokio::test]
    async fn a_node_that_never_ends_its_problem_does_not_hold_the_stream_up() {
        let stuck = node("HTTP/1.1 500 X\r\ncontent-length: 100\r\n\r\n{").await;
        let broken = node("HTTP/1.1 503 X\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n").await;
        let good = node("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        let transport = Transport::new(vec![stuck, broken, good.clone()], Duration::from_secs(5));
        let opening = transport.open("/v1/stream", Duration::from_secs(2));
        let opened = tokio::time::timeout(Duration::from_secs(30), opening).await.unwrap();
        assert!(opened.unwrap().url().as_str().starts_with(&good));
    }
}
