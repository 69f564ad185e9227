//! The peers of a follower: whom to ask next, and asking.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{Response, StatusCode};

use super::wire::{MAX_ANSWER_BYTES, MAX_BLOCKS, SyncBlock};
use crate::sync::Identity;

/// How long a peer may wait for the next block before it answers that there is none, ms. Idle validators make one at least every
/// half second.
pub const WAIT_MS: u64 = 3_000;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Longest wait for an answer, beside [`WAIT_MS`].
const TIMEOUT: Duration = Duration::from_secs(20);
/// A peer that cannot be reached is left alone for so long.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// A peer that gave what is not the ledger is left alone for so long: its operator has to look at it.
const REST_AFTER_FAULT: Duration = Duration::from_secs(60);

/// Why a peer gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// No connection, or no answer in time.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It keeps these blocks no more.
    #[error("it has pruned these blocks")]
    Pruned,
    /// It answered something else.
    #[error("it answered {0}")]
    Status(u16),
    /// The answer is too long, or not of its form.
    #[error("its answer is not of its form")]
    Form,
}

struct Peer {
    url: String,
    rests_until: Option<Instant>,
}

/// The peers.
pub struct Peers {
    http: reqwest::Client,
    identity: Arc<Identity>,
    peers: Vec<Peer>,
    at: usize,
}

impl Peers {
    /// Peers at these base URLs, asked in the name of `identity`.
    pub fn new(urls: &[String], identity: Arc<Identity>) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().connect_timeout(CONNECT).tcp_nodelay(true).build()?;
        let peer = |url: &String| Peer { url: url.trim_end_matches('/').to_owned(), rests_until: None };
        Ok(Self { http, identity, peers: urls.iter().map(peer).collect(), at: 0 })
    }

    /// The peer to ask: the one asked last unless it rests, else the next that does not. `Err`: until when all rest.
    pub fn choose(&mut self) -> Result<String, Instant> {
        let now = Instant::now();
        let count = self.peers.len();
        let order = (0..count).map(|step| self.at.wrapping_add(step).checked_rem(count).unwrap_or(0));
        let awake = order.clone().find(|index| {
            self.peers.get(*index).is_some_and(|peer| peer.rests_until.is_none_or(|until| until <= now))
        });
        match awake.and_then(|index| self.peers.get(index).map(|peer| (index, peer.url.clone()))) {
            Some((index, url)) => {
                self.at = index;
                Ok(url)
            }
            None => {
                let first = self.peers.iter().filter_map(|peer| peer.rests_until).min();
                Err(first.unwrap_or_else(|| now + REST_AFTER_FAILURE))
            }
        }
    }

    /// Goes on with another peer: this one has nothing new.
    pub fn turn(&mut self) {
        self.at = self.at.wrapping_add(1).checked_rem(self.peers.len()).unwrap_or(0);
    }

    /// Leaves the peer asked last alone for a while: a moment if it failed, longer if it gave what is wrong.
    pub fn rest(&mut self, wrong: bool) {
        let pause = if wrong { REST_AFTER_FAULT } else { REST_AFTER_FAILURE };
        if let Some(peer) = self.peers.get_mut(self.at) {
            peer.rests_until = Some(Instant::now() + pause);
        }
        self.turn();
    }

    /// Asks a peer for the blocks from `from` on; waits for the first one a while if there is none yet.
    pub async fn blocks(&self, url: &str, from: u64) -> Result<Vec<SyncBlock>, Failed> {
        let to = from.saturating_add(MAX_BLOCKS - 1);
        let target = format!("{url}/v1/sync/blocks?from={from}&to={to}&wait_ms={WAIT_MS}");
        let body = self.get(&target, MAX_ANSWER_BYTES).await?;
        let blocks: Vec<SyncBlock> = minicbor::decode(&body).map_err(|_| Failed::Form)?;
        if u64::try_from(blocks.len()).unwrap_or(u64::MAX) > MAX_BLOCKS {
            Err(Failed::Form)
        } else {
            Ok(blocks)
        }
    }

    /// A body of at most `limit` bytes.
    pub async fn get(&self, target: &str, limit: usize) -> Result<Bytes, Failed> {
        let unreachable = |error: reqwest::Error| Failed::Unreachable(error.without_url().to_string());
        let timeout = TIMEOUT.saturating_add(Duration::from_millis(WAIT_MS));
        let request = self.identity.sign(self.http.get(target).timeout(timeout)).map_err(unreachable)?;
        let mut response = self.http.execute(request).await.map_err(unreachable)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::GONE => return Err(Failed::Pruned),
            status => return Err(Failed::Status(status.as_u16())),
        }
        read(&mut response, limit).await
    }
}

async fn read(response: &mut Response, limit: usize) -> Result<Bytes, Failed> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > limit => return Err(Failed::Form),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.into()),
            Err(error) => return Err(Failed::Unreachable(error.without_url().to_string())),
        }
    }
}
