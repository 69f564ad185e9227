//! When a node's ledger grew: its status, asked again and again.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

/// How often it is asked: the resolution of what is found.
const LOOK: Duration = Duration::from_millis(5);

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Asks nodes for their heights.
#[derive(Clone)]
pub struct Heads {
    http: reqwest::Client,
}

impl Heads {
    /// With connections of its own.
    pub fn new() -> Self {
        Self { http: reqwest::Client::new() }
    }

    /// The height of a node; `None` if it does not answer.
    pub async fn height(&self, node: SocketAddr) -> Option<u64> {
        let ask = async {
            let answer = self.http.get(format!("http://{node}/v1/status")).send().await.ok()?;
            let status: Value = answer.json().await.ok()?;
            status.get("height")?.as_u64()
        };
        timeout(PATIENCE, ask).await.ok().flatten()
    }

    /// Times between one growth of the ledger and the next, seen for `span`; the last one is still open.
    pub async fn gaps(&self, node: SocketAddr, span: Duration) -> Vec<Duration> {
        let (begun, mut last) = (Instant::now(), Instant::now());
        let (mut height, mut gaps) = (None, Vec::new());
        while begun.elapsed() < span {
            let now = self.height(node).await;
            if now.is_some() && now != height {
                if height.is_some() {
                    gaps.push(last.elapsed());
                }
                (height, last) = (now, Instant::now());
            }
            sleep(LOOK).await;
        }
        gaps.push(last.elapsed());
        gaps
    }
}
