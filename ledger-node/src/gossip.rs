//! Passes admitted transactions on to the other nodes, so that whichever proposes next can include them. Best effort: a node
//! that is slow or gone misses some, and the submitter's own node still proposes them on its turn.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use minicbor::bytes::ByteVec;
use tokio::sync::mpsc;

use crate::{access::Identity, measure};

/// Transactions that wait for one peer; beyond it they are dropped for that peer.
const QUEUE: usize = 4_096;
/// Most transactions of one request.
pub const MAX_BATCH: usize = 512;
/// Most bytes of one request, beside its framing.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;
/// Longest wait for a peer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Pause after a failure: a peer that is down must not be called without end.
const PAUSE: Duration = Duration::from_millis(250);

/// Queues to the peers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Gossip {
    peers: Vec<mpsc::Sender<Bytes>>,
}

impl Gossip {
    /// Starts one task for each peer (base URLs such as `http://127.0.0.1:7102`) on the current runtime, in the name of
    /// `identity`. The tasks end with the last clone of the handle.
    pub fn start(peers: &[String], identity: &Arc<Identity>) -> Self {
        let http =
            reqwest::Client::builder().timeout(TIMEOUT).connect_timeout(TIMEOUT).tcp_nodelay(true).build();
        let http = match http {
            Ok(http) => http,
            Err(error) => {
                tracing::error!(%error, "transactions will not be passed on");
                return Self::default();
            }
        };
        let start = |url: &String| {
            let (sender, queue) = mpsc::channel(QUEUE);
            let target = format!("{}/v1/peer/transactions", url.trim_end_matches('/'));
            tokio::spawn(feed(http.clone(), Arc::clone(identity), target, queue));
            sender
        };
        Self { peers: peers.iter().map(start).collect() }
    }

    /// Queues a transaction for every peer. Never waits.
    pub fn pass_on(&self, wire: &[u8]) {
        if self.peers.is_empty() {
            return;
        }
        let wire = Bytes::copy_from_slice(wire);
        for peer in &self.peers {
            if peer.try_send(wire.clone()).is_err() {
                measure::gossip_dropped();
            }
        }
    }
}

async fn feed(
    http: reqwest::Client,
    identity: Arc<Identity>,
    target: String,
    mut queue: mpsc::Receiver<Bytes>,
) {
    while let Some(first) = queue.recv().await {
        let mut bytes = first.len();
        let mut batch = vec![ByteVec::from(first.to_vec())];
        // The bound leaves room for one more transaction of full size.
        while batch.len() < MAX_BATCH && bytes < MAX_BATCH_BYTES - dure_score::limits::MAX_TX_BYTES {
            let Ok(next) = queue.try_recv() else { break };
            bytes = bytes.saturating_add(next.len());
            batch.push(next.to_vec().into());
        }
        let body = dure_score::codec::encode(&batch);
        let request = http.post(&target).header("content-type", "application/cbor").body(body);
        let sent = match identity.sign(request) {
            Ok(request) => http.execute(request).await.and_then(reqwest::Response::error_for_status),
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            tracing::debug!(%error, count = batch.len(), "a peer did not take transactions");
            tokio::time::sleep(PAUSE).await;
        }
    }
}
