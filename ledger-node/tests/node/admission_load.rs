//! Who finds no room at a node is told so over HTTP, with a code and a time to come back; who does not read, or hardly writes, is
//! shown out.

use std::{
    net::SocketAddr,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use dure_consensus::genesis_header;
use dure_score::{
    Amount, Bid, Call, CampaignId, Hash32, SignedTx,
    call::{GrantItem, TokenGrant},
    ids::sha256,
    signature::SigningKey,
};
use ledger_node::{
    api::{
        access::Access,
        http::{Api, Limits, ServerHandle, listen},
    },
    config::AccessMode,
    history::ledger::Ledger,
    ingress::{
        admission::Admission,
        finality::Finality,
        gossip::Gossip,
        pool::{Inserted, Pool},
        signatures::Signatures,
    },
    operations::disk::Disk,
    store::{Batch, MemoryStore, Pair, Read, Store, StoreError, Table},
};
use reqwest::Client;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::support::{bank, chain, genesis, register, transaction};

/// A store whose index of transactions can be made to wait, so that everything behind admission stands still.
#[derive(Default)]
struct Stuck {
    inner: MemoryStore,
    shut: Mutex<bool>,
    opened: Condvar,
}

impl Stuck {
    fn shut(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.opened.notify_all();
    }
}

impl Read for Stuck {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if table == Table::TxIndex {
            let shut = self.shut.lock().unwrap();
            drop(self.opened.wait_while(shut, |shut| *shut).unwrap());
        }
        self.inner.get(table, key)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.inner.scan(table, prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.inner.scan_from(table, from, limit)
    }
}

impl Store for Stuck {
    fn view(&self) -> Box<dyn Read + Sync + '_> {
        self.inner.view()
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        self.inner.write(batch)
    }

    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        self.inner.load(batch)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.inner.flush()
    }
}

/// Admission of a node and its HTTP, without an orderer: what comes in waits.
struct Front {
    store: Arc<Stuck>,
    pool: Arc<Pool>,
    signatures: Arc<Signatures>,
    admission: Arc<Admission>,
    address: SocketAddr,
    server: ServerHandle,
    _dir: tempfile::TempDir,
}

impl Front {
    fn open() -> Self {
        Self::open_for(usize::MAX, Vec::new())
    }

    fn open_for(connections_per_address: usize, services: Vec<std::net::IpAddr>) -> Self {
        ledger_node::measure::install();
        let keys: Vec<[u8; 32]> = genesis().validators.iter().map(|key| *key.as_bytes()).collect();
        let origin = genesis_header(genesis().network().as_bytes(), &keys);
        let store = Arc::new(Stuck::default());
        let ledger = Arc::new(Ledger::open(Arc::clone(&store) as _, genesis(), &origin).unwrap());
        let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain())));
        let (at, finality) = (Arc::clone(&ledger), Arc::new(Finality::default()));
        let admitting =
            Admission::new(at, Arc::clone(&pool), Arc::clone(&signatures), finality, Gossip::default());
        let (admission, dir) = (Arc::new(admitting.unwrap()), tempfile::tempdir().unwrap());
        let api = Api {
            ledger: Arc::clone(&ledger),
            pool: Arc::clone(&pool),
            admission: Arc::clone(&admission),
            access: Access::new(AccessMode::Open, Vec::new(), ledger),
            disk: Arc::new(Disk::new(dir.path(), 0).unwrap()),
            node: genesis().validators[0],
            peers: Vec::new(),
            snapshots: dir.path().to_owned(),
            limits: Limits::new(services),
            connections_per_address,
        };
        let (server, address) = listen("127.0.0.1:0".parse().unwrap(), 1, api).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        Self { store, pool, signatures, admission, address, server: handle, _dir: dir }
    }

    /// What a transaction is answered: status, code, `Retry-After`.
    async fn refusal(&self, tx: &SignedTx) -> (u16, String, String) {
        let request = Client::new().post(format!("http://{}/v1/transactions", self.address));
        let request = request.header("content-type", "application/cbor").body(tx.wire().to_vec());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let later = answer.headers()["retry-after"].to_str().unwrap().to_owned();
        let status = answer.status().as_u16();
        let problem: Value = answer.json().await.unwrap();
        assert_eq!((&problem["type"], &problem["status"]), (&"about:blank".into(), &status.into()));
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        (status, problem["code"].as_str().unwrap().to_owned(), later)
    }
}

fn told(status: u16, code: &str, later: &str) -> (u16, String, String) {
    (status, code.to_owned(), later.to_owned())
}

/// A grant to a hundred, which is large and can wait.
fn grant(key: &SigningKey, nonce: u64) -> SignedTx {
    let to = (0..100).map(|n| GrantItem { to: Bid::new([n; 16]), amount: Amount::new(1) }).collect();
    let name = Hash32::new(sha256(&[key.public_key().as_bytes(), &nonce.to_be_bytes()]));
    let call = Call::TokenGrant(TokenGrant { campaign: CampaignId::COIN, grant: name, to });
    transaction(key, nonce, call).sign(key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_says_503_and_takes_payments_still() {
    let front = Front::open();
    'full: for signer in 0..=255u8 {
        let key = SigningKey::from_seed([signer; 32]);
        for nonce in 1..=128 {
            let tx = front.signatures.verify(grant(&key, nonce)).unwrap();
            match front.pool.insert(&tx) {
                Inserted::New => {}
                Inserted::Full => break 'full,
                other => panic!("{other:?}"),
            }
        }
    }
    let waiting = front.pool.len();
    assert!(waiting > 1_000, "{waiting}");
    assert_eq!(front.refusal(&grant(&bank(), 1)).await, told(503, "MEMPOOL_FULL", "1"));
    assert_eq!(front.pool.len(), waiting, "what waited waits, and nothing else");
    front.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_signer_a_full_disk_and_a_stopping_node_are_told_apart() {
    let front = Front::open();
    for nonce in 1..=128 {
        front.pool.insert(&front.signatures.verify(register(nonce, 9)).unwrap());
    }
    assert_eq!(front.refusal(&register(129, 9)).await, told(429, "SIGNER_BUSY", "1"));
    front.pool.hold(true);
    assert_eq!(front.refusal(&grant(&bank(), 1)).await, told(503, "DISK_FULL", "10"));
    front.pool.hold(false);
    front.admission.close();
    assert_eq!(front.refusal(&grant(&bank(), 2)).await, told(503, "STOPPING", "10"));
    assert_eq!(front.pool.len(), 128);
    front.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_can_be_verified_is_503_and_all_that_was_taken_is_answered() {
    let front = Front::open();
    front.store.shut(true);
    let first = register(1, 9);
    // Noise is judged without the store; what is well-formed waits for it. Each waits once, however often it is brought.
    let taken: Vec<_> = (0..12_000)
        .map(|_| {
            let (admission, wire) = (Arc::clone(&front.admission), Bytes::copy_from_slice(first.wire()));
            tokio::spawn(async move { admission.submit(wire, false).await })
        })
        .collect();
    let late = Instant::now() + Duration::from_secs(20);
    let overloaded = || taken.iter().filter(|task| task.is_finished()).count();
    while overloaded() == 0 {
        assert!(Instant::now() < late, "the queue has no bound");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(front.refusal(&register(2, 9)).await, told(503, "OVERLOADED", "1"));
    front.store.shut(false);
    let mut admitted = 0;
    for task in taken {
        match task.await.unwrap() {
            Ok(_) => admitted += 1,
            Err(error) => assert_eq!(error.code(), "OVERLOADED"),
        }
    }
    assert!(admitted >= 8_192, "{admitted} of what was taken were answered");
    assert_eq!(front.pool.len(), 1);
    front.server.stop(false).await;
}

async fn call(front: &Front, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(front.address).await.unwrap()
}

/// What comes until the node ends the connection, at most for `limit`.
async fn last_words(stream: &mut TcpStream, limit: Duration) -> Option<String> {
    let mut said = Vec::new();
    let ended = timeout(limit, stream.read_to_end(&mut said)).await;
    ended.ok().map(|_| String::from_utf8_lossy(&said).into_owned())
}

async fn asks(stream: &mut TcpStream) -> bool {
    let sent = stream.write_all(b"GET /health HTTP/1.1\r\nhost: node\r\n\r\n").await;
    let mut answer = [0; 12];
    sent.is_ok() && stream.read_exact(&mut answer).await.is_ok() && &answer == b"HTTP/1.1 200"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_holds_so_many_connections_and_no_more_and_gets_them_back() {
    const MOST: usize = 4;
    let front = Front::open_for(MOST, vec!["127.0.0.1".parse().unwrap()]);
    let mut held = Vec::new();
    for _ in 0..MOST {
        let mut stream = call(&front, "127.0.0.9").await;
        assert!(asks(&mut stream).await);
        held.push(stream);
    }
    let mut beyond = call(&front, "127.0.0.9").await;
    assert_eq!(last_words(&mut beyond, Duration::from_secs(10)).await.as_deref(), Some(""), "closed at once");
    assert!(asks(&mut call(&front, "127.0.0.8").await).await, "somebody else");
    let mut services = Vec::new();
    for _ in 0..3 * MOST {
        services.push(call(&front, "127.0.0.1").await);
        assert!(asks(services.last_mut().unwrap()).await, "services are not counted");
    }
    // Who hangs up has room again as soon as the node has noticed.
    held.pop();
    let late = Instant::now() + Duration::from_secs(20);
    loop {
        let mut again = call(&front, "127.0.0.9").await;
        if asks(&mut again).await {
            break;
        }
        assert!(Instant::now() < late, "a connection that is over is counted still");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    front.server.stop(false).await;
}

/// A head and a body that come byte by byte: both are ended, at the latest when their time is over, whatever still comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hardly_writes_is_shown_out() {
    let front = Front::open();
    let head = b"GET /v1/status HTTP/1.1\r\nx-padding: 0123456789012345678901234567890123456789\r\n";
    let body = b"POST /v1/transactions HTTP/1.1\r\nhost: node\r\ncontent-type: application/cbor\r\ncontent-length: 900\r\n\r\n";
    let drip = |first: &'static [u8], drops: &'static [u8]| {
        let stream = call(&front, "127.0.0.9");
        async move {
            let (mut read, mut write) = stream.await.into_split();
            write.write_all(first).await.unwrap();
            let drops = tokio::spawn(async move {
                for drop in drops.iter().cycle() {
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    if write.write_all(&[*drop]).await.is_err() {
                        return;
                    }
                }
            });
            let mut said = Vec::new();
            // Twice the longest of the two time-outs.
            let ended = timeout(Duration::from_secs(30), read.read_to_end(&mut said)).await;
            drops.abort();
            // Cut short by us or by a reset: it is over either way.
            assert!(ended.is_ok(), "still open");
            String::from_utf8_lossy(&said).into_owned()
        }
    };
    let (slow_head, slow_body) = tokio::join!(drip(b"", head), drip(body, b"\x07"));
    assert!(slow_head.is_empty() || slow_head.starts_with("HTTP/1.1 408"), "{slow_head}");
    assert!(slow_body.starts_with("HTTP/1.1 408") && slow_body.contains("BODY_TIMEOUT"), "{slow_body}");
    front.server.stop(false).await;
}
