//! Passes admitted transactions on to the other nodes, so that whichever proposes next can include them.
//!
//! One task collects what was admitted into batches, each encoded once, for all peers. A peer that is slow or gone misses
//! batches; so what still waits after a second is offered again, less and less often. Peers know what they have by its bytes.

mod again;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use dure_score::TxId;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout_at},
};

use crate::{access::Identity, measure, pool::Pool};
use again::Again;

/// Batches of admitted transactions that wait to be collected: many more than come while one is encoded.
const INBOX: usize = 1_024;
/// Batches that wait for one peer; beyond it the peer misses them for now.
const QUEUE: usize = 16;
/// Most transactions of one request.
pub const MAX_BATCH: usize = 512;
/// Most bytes of one request, beside its framing.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;
/// After a batch of so many transactions the next is let grow for a moment.
const BUSY: usize = 4;
/// How long it is let grow: little beside a block's time, and nothing while the node is idle.
const GATHER: Duration = Duration::from_millis(4);
/// Longest wait for a peer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Pause after a failure: a peer that is down must not be called without end.
const PAUSE: Duration = Duration::from_millis(250);

/// A transaction on its way.
pub type Told = (TxId, Bytes);

/// The way to the peers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Gossip {
    inbox: Option<mpsc::Sender<Vec<Told>>>,
}

impl Gossip {
    /// Starts one task for each peer (base URLs such as `http://127.0.0.1:7102`) and one that feeds them, on the current runtime, in
    /// the name of `identity`. What waits in `pool` for long is passed on again. The tasks end with the last clone of the handle.
    pub fn start(peers: &[String], identity: &Arc<Identity>, pool: &Arc<Pool>) -> Self {
        if peers.is_empty() {
            return Self::default();
        }
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
        let (inbox, told) = mpsc::channel(INBOX);
        let collector = Collector {
            peers: peers.iter().map(start).collect(),
            pool: Arc::clone(pool),
            again: Again::default(),
        };
        tokio::spawn(collector.run(told));
        Self { inbox: Some(inbox) }
    }

    /// Passes transactions on to every peer. Never waits.
    pub fn pass_on(&self, told: Vec<Told>) {
        let Some(inbox) = self.inbox.as_ref().filter(|_| !told.is_empty()) else { return };
        let count = told.len();
        if inbox.try_send(told).is_err() {
            measure::gossip_dropped(count);
        }
    }
}

/// Makes batches for all peers.
struct Collector {
    peers: Vec<mpsc::Sender<Bytes>>,
    pool: Arc<Pool>,
    again: Again,
}

impl Collector {
    async fn run(mut self, mut inbox: mpsc::Receiver<Vec<Told>>) {
        let mut look = interval(again::LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = 0;
        loop {
            tokio::select! {
                told = inbox.recv() => match told {
                    Some(first) => last = self.collect(first, &mut inbox, last).await,
                    None => return,
                },
                now = look.tick() => {
                    let late = self.again.due(now, &self.pool);
                    self.send(&late);
                }
            }
        }
    }

    /// Gathers what has come, and what comes in a moment while there is much. Returns the size of the batch.
    async fn collect(
        &mut self,
        first: Vec<Told>,
        inbox: &mut mpsc::Receiver<Vec<Told>>,
        last: usize,
    ) -> usize {
        let mut batch = first;
        let now = Instant::now();
        if last >= BUSY {
            while batch.len() < MAX_BATCH {
                let Ok(Some(more)) = timeout_at(now + GATHER, inbox.recv()).await else { break };
                batch.extend(more);
            }
        }
        while batch.len() < MAX_BATCH {
            let Ok(more) = inbox.try_recv() else { break };
            batch.extend(more);
        }
        self.send(&batch);
        let size = batch.len();
        self.again.remember(now, batch);
        size
    }

    /// Sends to every peer, in requests within their bounds.
    fn send(&self, told: &[Told]) {
        let mut rest = told;
        while !rest.is_empty() {
            let (batch, more) = rest.split_at(batch_len(rest));
            rest = more;
            let body = encode(batch);
            for peer in &self.peers {
                if peer.try_send(body.clone()).is_err() {
                    measure::gossip_dropped(batch.len());
                }
            }
        }
    }
}

/// How many of `told` go into one request: at least one.
fn batch_len(told: &[Told]) -> usize {
    let mut bytes = 0usize;
    let fits = |(_, wire): &&Told| {
        bytes = bytes.saturating_add(wire.len());
        bytes <= MAX_BATCH_BYTES
    };
    told.iter().take(MAX_BATCH).take_while(fits).count().max(1)
}

/// A CBOR array of byte strings.
fn encode(batch: &[Told]) -> Bytes {
    let bytes = batch.iter().fold(8usize, |sum, (_, wire)| sum.saturating_add(wire.len()).saturating_add(8));
    let mut encoder = minicbor::Encoder::new(Vec::with_capacity(bytes));
    let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
    // Writing to memory cannot fail.
    let written = encoder.array(count).and_then(|encoder| {
        batch.iter().try_fold(encoder, |encoder, (_, wire)| encoder.bytes(wire)).map(drop)
    });
    if let Err(error) = written {
        tracing::error!(%error, "a batch could not be encoded");
    }
    encoder.into_writer().into()
}

async fn feed(
    http: reqwest::Client,
    identity: Arc<Identity>,
    target: String,
    mut queue: mpsc::Receiver<Bytes>,
) {
    while let Some(body) = queue.recv().await {
        let bytes = body.len();
        let request = http.post(&target).header("content-type", "application/cbor").body(body);
        let sent = match identity.sign(request) {
            Ok(request) => http.execute(request).await.and_then(reqwest::Response::error_for_status),
            Err(error) => Err(error),
        };
        // Read to its end, so that the connection is used again; what the peer had no room for is offered again anyway.
        let read = match sent {
            Ok(response) => response.bytes().await,
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            tracing::debug!(%error, bytes, "a peer did not take transactions");
            sleep(PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use minicbor::bytes::ByteVec;

    use super::*;

    #[test]
    fn requests_keep_their_bounds_and_hold_what_was_told() {
        let told = |count: usize, bytes: usize| -> Vec<Told> {
            vec![(TxId::default(), Bytes::from(vec![7; bytes])); count]
        };
        assert_eq!(batch_len(&told(1_000, 10)), MAX_BATCH);
        assert_eq!(batch_len(&told(300, 16 * 1024)), 64);
        assert_eq!(batch_len(&told(2, 2 * MAX_BATCH_BYTES)), 1);
        let batch = told(300, 300);
        let decoded: Vec<ByteVec> = dure_score::codec::decode(&encode(&batch)).unwrap();
        assert_eq!(decoded.len(), 300);
        assert!(decoded.iter().zip(&batch).all(|(got, (_, sent))| got.as_slice() == &**sent));
    }
}
