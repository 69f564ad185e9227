//! Much at once: each signature checked once, bad ones among good ones, signers who are too quick, answers in one request, and
//! transactions that peers have missed.

use std::{net::TcpListener, sync::Arc, time::Duration};

use bytes::Bytes;
use dure_chain::list::root as items_root;
use dure_consensus::{Application as _, Block, BlockHeader, Finalized, Verdict, genesis_header};
use dure_ledger_client::{ClientError, LedgerClient, TxState};
use dure_score::{Signature, SignedTx, codec};
use ledger_node::{
    Node,
    config::NodeRole,
    consensus::{application::NodeApplication, epoch_validators::EpochValidators},
    history::ledger::Ledger,
    ingress::{
        admission::{Admission, Admitted, Taken, TurnedAway},
        finality::Waited,
        gossip::Gossip,
        pool::Pool,
        signatures::Signatures,
    },
    store::MemoryStore,
};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::time::Instant;

use crate::support::{Place, WAIT, applied, chain, charge, genesis, register, url, write_key};

/// A node's inside without network and without orderer.
struct Inside {
    ledger: Arc<Ledger>,
    pool: Arc<Pool>,
    signatures: Arc<Signatures>,
    application: NodeApplication,
    admission: Admission,
    tip: BlockHeader,
}

impl Inside {
    fn new() -> Self {
        let keys: Vec<[u8; 32]> = genesis().validators.iter().map(|key| *key.as_bytes()).collect();
        let tip = genesis_header(genesis().network().as_bytes(), &keys);
        let ledger = Arc::new(Ledger::open(Arc::new(MemoryStore::default()), genesis(), &tip).unwrap());
        let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain())));
        let application = NodeApplication::new(
            Arc::clone(&ledger),
            Arc::clone(&pool),
            Arc::clone(&signatures),
            EpochValidators::default(),
        );
        let admission = Admission::new(
            Arc::clone(&ledger),
            Arc::clone(&pool),
            Arc::clone(&signatures),
            Arc::clone(application.finality()),
            Gossip::default(),
        );
        Self { ledger, pool, signatures, application, admission: admission.unwrap(), tip }
    }

    fn propose(&self, pending: &[Arc<Block>]) -> Arc<Block> {
        let parent = pending.last().map_or(&self.tip, |block| &block.header);
        let time_ms = crate::support::now_ms().max(parent.time_ms + 1);
        let content = self.application.propose(parent, pending, time_ms);
        let header = BlockHeader {
            height: parent.height + 1,
            parent: parent.digest(),
            time_ms,
            items_root: items_root(&content.items),
            app: content.app,
            view: parent.view + 1,
            parent_view: parent.view,
            ..parent.clone()
        };
        Arc::new(Block { header, items: content.items })
    }

    fn finalize(&mut self, block: &Arc<Block>) {
        let digest = block.header.digest();
        self.application
            .finalized(Finalized { block: Arc::clone(block), digest, certificate: None })
            .unwrap();
        self.tip = block.header.clone();
    }
}

fn forged(tx: &SignedTx) -> SignedTx {
    let body = codec::encode(tx.transaction());
    SignedTx::from_parts(&body, tx.key(), Signature::new([7; 64])).unwrap()
}

fn wire(tx: &SignedTx) -> Bytes {
    Bytes::copy_from_slice(tx.wire())
}

fn registers(count: u64) -> Vec<SignedTx> {
    (1..=count).map(|nonce| register(nonce, u8::try_from(nonce + 20).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_is_checked_once_from_the_door_to_the_block() {
    let (mut proposer, mut other) = (Inside::new(), Inside::new());
    let txs = registers(100);
    let mut waits = Vec::new();
    for tx in &txs {
        match proposer.admission.submit(wire(tx), true).await.unwrap() {
            Admitted::Pending(id, Some(wait)) if id == tx.id() => waits.push(wait),
            _ => panic!("not admitted"),
        }
        // Twice is as once, also while it waits.
        assert!(matches!(proposer.admission.submit(wire(tx), false).await, Ok(Admitted::Pending(..))));
    }
    // Half of them reach the other node before the block does, the rest after.
    let (early, late) = txs.split_at(50);
    let taken = other.admission.take(early.iter().map(wire).collect()).await.unwrap();
    assert_eq!(taken, Taken { accepted: 50, refused: 0, no_room: 0 });
    let first = proposer.propose(&[]);
    assert_eq!(first.items.len(), 100);
    assert_eq!(proposer.propose(&[Arc::clone(&first)]).items.len(), 0, "nothing is proposed twice");
    for node in [&mut proposer, &mut other] {
        assert_eq!(node.application.verify(&first, &[]), Verdict::Accept);
        node.finalize(&first);
        assert_eq!(node.signatures.checked(), 100);
        assert!(node.pool.is_empty());
    }
    for (tx, wait) in txs.iter().zip(waits) {
        let Waited::Final(receipt) = wait.until(Instant::now() + WAIT).await else { panic!("not told") };
        assert_eq!(Some(&receipt), other.ledger.receipt(&tx.id()).unwrap().as_ref());
    }
    let taken = other.admission.take(late.iter().map(wire).collect()).await.unwrap();
    assert_eq!(taken.accepted, 50, "final is as good as waiting");
    // What was verified before, here in a block that came to nothing, keeps its place among what was not.
    let order: Vec<SignedTx> = (101..=110).map(|nonce| register(nonce, 5)).collect();
    other.signatures.verify(order[6].clone()).unwrap();
    other.admission.take(order.iter().map(wire).collect()).await.unwrap();
    assert_eq!(other.propose(&[]).items, order.iter().map(wire).collect::<Vec<_>>());
    other.pool.settle(order.iter().map(SignedTx::id), 0);
    assert!(other.pool.is_empty() && proposer.application.finality().is_empty());
    assert!(matches!(other.admission.submit(wire(&txs[0]), true).await, Ok(Admitted::Final(_))));
    assert_eq!(other.signatures.checked(), 110);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_ones_among_good_ones_cost_only_themselves_and_everybody_is_answered() {
    let node = Inside::new();
    let good = registers(120);
    let mut batch: Vec<Bytes> = good.iter().map(wire).collect();
    for (at, tx) in registers(4).iter().enumerate() {
        batch.insert(at * 30, wire(&forged(tx)));
    }
    batch.push(Bytes::from_static(b"noise"));
    batch.push(vec![0; 20_000].into());
    let taken = node.admission.take(batch).await.unwrap();
    assert_eq!(taken, Taken { accepted: 120, refused: 6, no_room: 0 });
    assert_eq!(node.pool.len(), 120);
    // Eight more fit; what comes beyond is told so, and nothing of it is lost or let in.
    let more: Vec<SignedTx> = (121..=140).map(|nonce| register(nonce, 7)).collect();
    let taken = node.admission.take(more.iter().map(wire).collect()).await.unwrap();
    assert_eq!(taken, Taken { accepted: 8, refused: 0, no_room: 12 });
    let answer = node.admission.submit(wire(&more[19]), true).await;
    assert!(matches!(answer, Err(TurnedAway::SignerBusy)));
    assert!(node.application.finality().is_empty(), "who is turned away does not wait");
    let block = node.propose(&[]);
    assert_eq!(block.items.len(), 128);
    assert!(block.items.iter().zip(good.iter().chain(&more)).all(|(item, tx)| *item == tx.wire()));
}

/// Regression: the admission's threads held the ledger for a moment longer than the node, which could then not be started again.
#[tokio::test]
async fn who_drops_the_door_has_the_ledger_to_itself() {
    for _ in 0..50 {
        let node = Inside::new();
        let Inside { admission, ledger, application, .. } = node;
        let answer = admission.submit(wire(&register(1, 9)), false).await;
        assert!(matches!(answer, Ok(Admitted::Pending(..))));
        drop((admission, application));
        assert_eq!(Arc::strong_count(&ledger), 1);
    }
}

/// A node that only observes, with peers that are not there: what comes in waits.
async fn waiting_room(place: &mut Place, peers: Vec<String>) -> (Node, LedgerClient) {
    place.config.role = NodeRole::Observer;
    place.config.peers = peers;
    place.start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signer_that_is_too_quick_gets_429_and_a_time_and_others_do_not() {
    let mut place = Place::new();
    let (node, client) = waiting_room(&mut place, vec!["http://127.0.0.1:1".to_owned()]).await;
    for tx in registers(128) {
        client.submit(&tx).await.unwrap();
    }
    let target = format!("{}/v1/transactions?wait=final", url(&node));
    let request = Client::new().post(target).header("content-type", "application/cbor");
    let response = request.body(register(129, 3).wire().to_vec()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "SIGNER_BUSY");
    client.submit(&charge(1, 9, 5, "D1")).await.unwrap();
    assert_eq!(client.status().await.unwrap().mempool, 129);
    let late = client.submit_and_wait(&register(130, 3), Duration::from_secs(1)).await;
    assert!(matches!(late, Err(ClientError::Timeout)), "{late:?}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_pays_and_brings_the_receipt() {
    let place = Place::new();
    let (node, client) = place.start().await;
    applied(&client, &register(1, 9)).await;
    let http = Client::new();
    let post = |query: &str, tx: &SignedTx| {
        let target = format!("{}/v1/transactions{query}", url(&node));
        let request = http.post(target).header("content-type", "application/cbor").body(tx.wire().to_vec());
        async move {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.json::<Value>().await.unwrap())
        }
    };
    let txs: Vec<_> = (1..=60).map(|n| charge(n, 9, 10, &format!("DEP-{n}"))).collect();
    let answers = futures::future::join_all(txs.iter().map(|tx| post("?wait=final", tx))).await;
    for (tx, (status, state)) in txs.iter().zip(answers) {
        assert_eq!((status, &state["status"]), (200, &Value::from("final")));
        assert_eq!(state["receipt"]["tx"], tx.id().to_string());
        assert_eq!(state["height"], state["receipt"]["height"]);
        // Again: the same.
        assert_eq!(post("?wait=final&timeout_ms=0", tx).await, (200, state));
    }
    assert_eq!(post("?wait=soon", &txs[0]).await.0, 400);
    node.stop().await;
    // Over a restart: what was final is answered, also to those who wait.
    let (node, client) = place.start().await;
    let state = client.wait_transaction(&txs[0].id(), WAIT).await.unwrap();
    assert!(matches!(state, TxState::Final { .. }));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_told_though_nobody_asks_again_and_who_gives_up_leaves_nothing() {
    let mut place = Place::new();
    place.config.heartbeat_ms = 20;
    let (node, client) = place.start().await;
    let tx = register(1, 9);
    let nobody = register(9, 99).id();
    let late = client.wait_transaction(&nobody, Duration::from_millis(50)).await.unwrap();
    assert!(matches!(late, TxState::Unknown { head_time_ms } if head_time_ms > 0));
    let waits: Vec<_> = (0..20)
        .map(|_| {
            let (client, id) = (client.clone(), tx.id());
            tokio::spawn(async move { client.wait_transaction(&id, WAIT).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.submit(&tx).await.unwrap();
    for wait in waits {
        assert!(matches!(wait.await.unwrap().unwrap(), TxState::Final { .. }));
    }
    node.stop().await;
}

/// Regression: a peer that was away when a transaction was passed on never heard of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_peer_has_missed_is_offered_again() {
    let mut place = Place::new();
    let mut observer = Place::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    place.config.http_listen = free;
    observer.config.genesis = place.config.genesis.clone();
    observer.config.secret_key_file = write_key(observer.path(), 9);
    let (copy, client) = waiting_room(&mut observer, vec![format!("http://{free}")]).await;
    let tx = register(1, 9);
    client.submit(&tx).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (node, _) = place.start().await;
    // Nobody hands it in a second time.
    let state = client.wait_transaction(&tx.id(), Duration::from_secs(25)).await.unwrap();
    assert!(matches!(state, TxState::Final { .. }), "{state:?}");
    copy.stop().await;
    node.stop().await;
}
