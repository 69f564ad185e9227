//! Passes admitted transactions on to the other nodes, so that whichever proposes next can include them.
//!
//! One task collects what was admitted, and encodes it once for all peers. Each peer has one request on its way, and the next one
//! takes along whatever has come meanwhile. A peer that is slow or gone misses some; so what still waits after a second is offered
//! again, less and less often. Peers know what they have by its bytes.

mod again;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use minicbor::Encoder;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout_at},
};

use crate::{ingress::pool::Pool, measure, sync::Identity};
use again::Again;
pub use again::Told;

/// Batches of admitted transactions that wait to be collected: many more than come while one is encoded.
const INBOX: usize = 1_024;
/// Chunks that wait for one peer, shared by all peers: a second's at full load. Beyond it the peer misses them for now.
const QUEUE: usize = 256;
/// Most transactions of one request.
pub const MAX_BATCH: usize = 512;
/// Most bytes of one request, beside its framing.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;
/// Most transactions of one chunk, and its most bytes if it has more than one.
const MAX_CHUNK: usize = 128;
const MAX_CHUNK_BYTES: usize = 256 * 1024;
/// After a batch of so many transactions the next is let grow for a moment.
const BUSY: usize = 4;
/// How long it is let grow: less than the time between blocks, and nothing while the node is idle. Every request to a peer is signed
/// and proven, which costs as much as a dozen transactions in it.
const GATHER: Duration = Duration::from_millis(25);
/// Longest wait for a peer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Pause after a failure: a peer that is down must not be called without end.
const PAUSE: Duration = Duration::from_millis(250);

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
    peers: Vec<mpsc::Sender<Chunk>>,
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

    /// Queues for every peer, in chunks.
    fn send(&self, told: &[Told]) {
        let mut rest = told;
        while !rest.is_empty() {
            let (part, more) = rest.split_at(chunk_len(rest));
            rest = more;
            let chunk = Chunk::new(part);
            for peer in &self.peers {
                if peer.try_send(chunk.clone()).is_err() {
                    measure::gossip_dropped(part.len());
                }
            }
        }
    }
}

/// How many of `told` go into one chunk: at least one.
fn chunk_len(told: &[Told]) -> usize {
    let mut bytes = 0usize;
    let fits = |(_, wire): &&Told| {
        bytes = bytes.saturating_add(wire.len());
        bytes <= MAX_CHUNK_BYTES
    };
    told.iter().take(MAX_CHUNK).take_while(fits).count().max(1)
}

/// Some transactions as CBOR byte strings one after the other.
#[derive(Clone)]
struct Chunk {
    count: usize,
    items: Bytes,
}

impl Chunk {
    fn new(told: &[Told]) -> Self {
        let bytes =
            told.iter().fold(0usize, |sum, (_, wire)| sum.saturating_add(wire.len()).saturating_add(5));
        let mut encoder = Encoder::new(Vec::with_capacity(bytes));
        let written = told.iter().try_fold(&mut encoder, |encoder, (_, wire)| encoder.bytes(wire));
        if let Err(error) = written {
            tracing::error!(%error, "writing to memory failed");
        }
        Self { count: told.len(), items: encoder.into_writer().into() }
    }
}

/// A request's body: the chunks as one CBOR array.
fn body_of(chunks: &[Chunk]) -> Vec<u8> {
    let count = chunks.iter().fold(0usize, |sum, chunk| sum.saturating_add(chunk.count));
    let bytes = chunks.iter().fold(9usize, |sum, chunk| sum.saturating_add(chunk.items.len()));
    let mut encoder = Encoder::new(Vec::with_capacity(bytes));
    if let Err(error) = encoder.array(u64::try_from(count).unwrap_or(u64::MAX)) {
        tracing::error!(%error, "writing to memory failed");
    }
    let mut body = encoder.into_writer();
    chunks.iter().for_each(|chunk| body.extend_from_slice(&chunk.items));
    body
}

/// What waits for one peer.
struct Outbox {
    queue: mpsc::Receiver<Chunk>,
    /// Did not fit into the last request.
    held: Option<Chunk>,
}

impl Outbox {
    /// As much as fits into one request, as soon as there is any; `None` at the end.
    async fn next(&mut self) -> Option<Vec<Chunk>> {
        let first = match self.held.take() {
            Some(held) => held,
            None => self.queue.recv().await?,
        };
        let (mut count, mut bytes) = (first.count, first.items.len());
        let mut chunks = vec![first];
        while let Ok(chunk) = self.queue.try_recv() {
            count = count.saturating_add(chunk.count);
            bytes = bytes.saturating_add(chunk.items.len());
            if count > MAX_BATCH || bytes > MAX_BATCH_BYTES {
                self.held = Some(chunk);
                break;
            }
            chunks.push(chunk);
        }
        Some(chunks)
    }
}

async fn feed(http: reqwest::Client, identity: Arc<Identity>, target: String, queue: mpsc::Receiver<Chunk>) {
    let mut outbox = Outbox { queue, held: None };
    while let Some(chunks) = outbox.next().await {
        let body = body_of(&chunks);
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
    use dure_score::TxId;
    use minicbor::bytes::ByteVec;

    use super::*;

    fn told(count: usize, bytes: usize) -> Vec<Told> {
        vec![(TxId::default(), Bytes::from(vec![7; bytes])); count]
    }

    #[tokio::test]
    async fn requests_keep_their_bounds_and_hold_all_that_was_told_in_order() {
        assert_eq!(chunk_len(&told(1_000, 10)), MAX_CHUNK);
        assert_eq!(chunk_len(&told(300, 16 * 1024)), 16);
        assert_eq!(chunk_len(&told(2, 2 * MAX_CHUNK_BYTES)), 1);
        let (sender, queue) = mpsc::channel(QUEUE);
        let sent: Vec<Told> = (0..2_000)
            .map(|n: usize| (TxId::default(), Bytes::from(n.to_be_bytes().repeat(1 + n % 300))))
            .collect();
        let collector = Collector { peers: vec![sender], pool: Arc::default(), again: Again::default() };
        sent.chunks(90).for_each(|part| collector.send(part));
        drop(collector);
        let mut outbox = Outbox { queue, held: None };
        let (mut got, mut requests) = (Vec::new(), 0);
        while let Some(chunks) = outbox.next().await {
            let body = body_of(&chunks);
            let batch: Vec<ByteVec> = dure_score::codec::decode(&body).unwrap();
            assert!(batch.len() <= MAX_BATCH && body.len() <= MAX_BATCH_BYTES + 8);
            got.extend(batch);
            requests += 1;
        }
        assert!(requests < 6, "what has come meanwhile goes along: {requests}");
        assert_eq!(got.len(), sent.len());
        assert!(got.iter().zip(&sent).all(|(got, (_, sent))| got.as_slice() == &**sent));
    }
}
