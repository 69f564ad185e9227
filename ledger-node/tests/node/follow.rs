//! A copy without a vote: it takes what the validators signed and nothing else.

use std::{sync::Arc, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, web};
use dure_chain::epoch::epoch_of;
use dure_consensus::{Finalized, genesis_header};
use dure_ledger_client::LedgerClient;
use dure_score::{Hash32, codec};
use ledger_node::{
    consensus::{application::NodeApplication, epoch_validators::EpochValidators},
    history::ledger::Ledger,
    ingress::{pool::Pool, signatures::Signatures},
    store::MemoryStore,
    sync::{
        Identity,
        follow::{
            Fault, Feed, Follower, Known, certain,
            wire::{SyncBlock, read_blocks},
        },
    },
};
use minicbor::bytes::ByteVec;

use crate::support::{Place, applied, chain, charge, genesis, register, url};

/// A copy in memory.
fn copy(peers: Vec<String>) -> Feed {
    let keys: Vec<[u8; 32]> = genesis().validators.iter().map(|key| *key.as_bytes()).collect();
    let origin = genesis_header(genesis().network().as_bytes(), &keys);
    let ledger = Ledger::open(Arc::new(MemoryStore::default()), genesis(), &origin).unwrap();
    let ledger = Arc::new(ledger);
    let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain())));
    let application =
        Arc::new(NodeApplication::new(Arc::clone(&ledger), pool, signatures, EpochValidators::default()));
    Feed { ledger, application, peers, identity: Arc::new(Identity::new(chain(), [44; 32])) }
}

async fn reach(ledger: &Ledger, height: u64) {
    let mut head = ledger.watch();
    let there = head.wait_for(|head| head.height >= height);
    tokio::time::timeout(Duration::from_secs(30), there).await.expect("it follows").unwrap();
}

async fn history(client: &LedgerClient) -> u64 {
    applied(client, &register(1, 9)).await;
    for number in 1..=5 {
        applied(client, &charge(number, 9, 1_000, &format!("D{number}"))).await;
    }
    client.status().await.unwrap().height
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_catches_up_follows_and_agrees_though_a_peer_is_gone() {
    let place = Place::new();
    let (node, client) = place.start().await;
    let height = history(&client).await;
    let copy = copy(vec!["http://127.0.0.1:1".to_owned(), url(&node)]);
    let follower = Follower::start(copy.clone()).unwrap();
    reach(&copy.ledger, height).await;
    let receipt = applied(&client, &charge(6, 9, 1_000, "D6")).await;
    reach(&copy.ledger, receipt.height).await;
    assert_eq!(copy.ledger.receipt(&receipt.tx).unwrap(), Some(receipt));
    assert!(follower.failure().is_none());
    follower.stop().await;
    let head = copy.ledger.head();
    let original = node.ledger().record(head.height).unwrap().unwrap();
    assert_eq!((original.digest, original.state_root), (head.digest, head.state_root));
    assert_eq!(copy.ledger.record(head.height).unwrap().unwrap(), original, "certificates as well");
    node.stop().await;
    let later = copy.ledger.head().height;
    assert_eq!(later, head.height, "nothing is applied once it has stopped");
}

/// What the copy of an empty ledger makes of an answer.
fn judge(answer: Vec<SyncBlock>) -> Result<Vec<Finalized>, Fault> {
    let keys: Vec<[u8; 32]> = genesis().validators.iter().map(|key| *key.as_bytes()).collect();
    let origin = genesis_header(genesis().network().as_bytes(), &keys);
    let length = genesis().epoch_blocks;
    let network = genesis().network();
    let known = Known {
        network: network.as_bytes(),
        height: 0,
        digest: origin.digest(),
        epoch_of: &|height| epoch_of(height, length),
        validators: &[(0, keys.clone()), (1, keys)],
    };
    certain(&known, answer)
}

fn flipped(bytes: &ByteVec, bit: usize) -> ByteVec {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_flipped_bit_of_an_answer_is_seen() {
    let place = Place::new();
    let (node, client) = place.start().await;
    history(&client).await;
    let good = read_blocks(node.ledger(), 1, 4).unwrap();
    node.stop().await;
    assert_eq!(judge(good.clone()).unwrap().len(), 4);
    let with = |change: &dyn Fn(&mut Vec<SyncBlock>)| {
        let mut answer = good.clone();
        change(&mut answer);
        judge(answer)
    };
    for at in 0..good.len() {
        for bit in 0..good[at].header.len() * 8 {
            let judged = with(&|answer| answer[at].header = flipped(&good[at].header, bit));
            assert!(judged.is_err(), "block {at} header bit {bit}");
        }
        let certificate = good[at].certificate.clone().unwrap();
        for bit in 0..certificate.len() * 8 {
            let judged = with(&|answer| answer[at].certificate = Some(flipped(&certificate, bit)));
            assert!(judged.is_err(), "block {at} certificate bit {bit}");
        }
        for item in 0..good[at].items.len() {
            for bit in 0..good[at].items[item].len() * 8 {
                let judged = with(&|answer| answer[at].items[item] = flipped(&good[at].items[item], bit));
                assert!(judged.is_err(), "block {at} item {item} bit {bit}");
            }
            assert!(with(&|answer| drop(answer[at].items.remove(item))).is_err());
        }
        let more = with(&|answer| answer[at].items.push(vec![1].into()));
        assert!(more.is_err());
    }
    assert_eq!(with(&|answer| answer.swap(1, 2)).unwrap_err(), Fault::Header(2));
    assert_eq!(with(&|answer| drop(answer.remove(0))).unwrap_err(), Fault::Header(1));
    // Without a certificate of its own a block is certain only if a later one has one.
    let uncertified = |from: usize| {
        with(&|answer| answer[from..].iter_mut().for_each(|block| block.certificate = None)).unwrap().len()
    };
    assert_eq!((uncertified(0), uncertified(3)), (0, 3));
    assert_eq!(with(&|answer| answer[1].certificate = None).unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lying_peer_is_left_for_an_honest_one() {
    let place = Place::new();
    let (node, client) = place.start().await;
    let height = history(&client).await;
    let mut lie = read_blocks(node.ledger(), 1, height).unwrap();
    // A forged payment under the header of an honest block.
    let paid = lie.iter().position(|block| !block.items.is_empty()).unwrap();
    lie[paid].items[0] = charge(9, 66, 1_000_000, "FORGED").wire().to_vec().into();
    let body = web::Bytes::from(codec::encode(&lie));
    let server = HttpServer::new(move || {
        let body = body.clone();
        App::new().default_service(web::to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().body(body) }
        }))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let liar = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);

    let alone = copy(vec![liar.clone()]);
    let follower = Follower::start(alone.clone()).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(alone.ledger.head().height, 0, "nothing of the lie was applied");
    assert!(follower.failure().is_none(), "a liar does not end the follower");
    follower.stop().await;

    let copy = copy(vec![liar, url(&node)]);
    let follower = Follower::start(copy.clone()).unwrap();
    reach(&copy.ledger, height).await;
    follower.stop().await;
    let digest = |ledger: &Ledger| -> Hash32 { ledger.record(height).unwrap().unwrap().digest };
    assert_eq!(digest(&copy.ledger), digest(node.ledger()));
    handle.stop(false).await;
    node.stop().await;
}
