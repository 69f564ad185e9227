//! Both orderers through the public API alone: real threads, disks and loopback sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(missing_docs)]

mod support;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dure_consensus::{
    Application as _, BftConfig, ConsensusError, Engine, Orderer as _, SoloConfig, Stopped, Timing,
    Validator, genesis_header, public_key, verify_certificate,
};
use support::{Ledger, eventually};

const CHAIN: &[u8] = b"campus";
const LIMIT: Duration = Duration::from_secs(60);

fn solo(dir: &Path) -> SoloConfig {
    SoloConfig {
        chain: CHAIN.to_vec(),
        secret_key: [9; 32],
        dir: dir.to_path_buf(),
        heartbeat: Duration::from_millis(100),
        min_interval: Duration::ZERO,
    }
}

#[test]
fn solo_orders_and_survives_restart() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new();
    let engine = solo(dir.path()).start(ledger.clone()).unwrap();
    for item in ["a", "b", "c"] {
        ledger.submit(item);
        engine.wake();
    }
    eventually("three items", LIMIT, || ledger.items().len() == 3);
    engine.shutdown();
    assert_eq!(engine.stop_reason(), Some(Stopped::Requested));

    let engine = solo(dir.path()).start(ledger.clone()).unwrap();
    ledger.submit("d");
    eventually("the fourth item", LIMIT, || ledger.items() == ["a", "b", "c", "d"]);
    let height = ledger.applied_height();
    eventually("a heartbeat", LIMIT, || ledger.applied_height() > height);
    engine.shutdown();

    let key = public_key(&[9; 32]).unwrap();
    let chain = ledger.chain();
    assert_eq!(chain[0].block.header.parent, genesis_header(CHAIN, &[key]).digest());
    for block in chain {
        assert!(verify_certificate(CHAIN, &[key], &block.block.header, &block.certificate.unwrap()));
    }
}

#[test]
fn solo_delivers_the_same_block_again_after_a_crash_before_the_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new();
    ledger.fail_at(2);
    let engine = solo(dir.path()).start(ledger.clone()).unwrap();
    assert_eq!(engine.wait(), Stopped::Application("disk full".to_owned()));
    assert!(engine.stopped());
    assert_eq!(ledger.applied_height(), 1);
    let head = std::fs::read(dir.path().join("head")).unwrap();

    ledger.fail_at(u64::MAX);
    let engine = solo(dir.path()).start(ledger.clone()).unwrap();
    eventually("block 2", LIMIT, || ledger.applied_height() >= 2);
    engine.shutdown();
    assert_eq!(ledger.chain()[1].block.encode(), head[32..]);
}

#[test]
fn solo_refuses_a_journal_that_does_not_fit() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::new();
    let engine = solo(dir.path()).start(ledger.clone()).unwrap();
    eventually("three blocks", LIMIT, || ledger.applied_height() >= 3);
    engine.shutdown();

    let start = |cfg: SoloConfig| cfg.start(ledger.clone()).map(|_| ()).unwrap_err().code();
    let other = SoloConfig { chain: b"city".to_vec(), ..solo(dir.path()) };
    assert_eq!(start(other), "foreign_journal");
    assert_eq!(start(solo(&dir.path().join("empty"))), "wiped_journal");
    assert_eq!(start(SoloConfig { chain: Vec::new(), ..solo(dir.path()) }), "chain");
    ledger.truncate(1);
    assert_eq!(start(solo(dir.path())), "journal_gap");
}

struct Network {
    dir: tempfile::TempDir,
    validators: Vec<Validator>,
    ledgers: Vec<Arc<Ledger>>,
}

impl Network {
    fn new(size: u8) -> Self {
        // Held together until all are known, so that no port is chosen twice.
        let sockets: Vec<TcpListener> =
            (0..size).map(|_| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()).collect();
        let validators = sockets.iter().zip(1..).map(|(socket, seed): (_, u8)| Validator {
            public_key: public_key(&[seed; 32]).unwrap(),
            address: socket.local_addr().unwrap(),
        });
        let validators = validators.collect();
        let ledgers = (0..size).map(|_| Ledger::new()).collect();
        Self { dir: tempfile::tempdir().unwrap(), validators, ledgers }
    }

    fn config(&self, index: usize) -> BftConfig {
        BftConfig {
            chain: CHAIN.to_vec(),
            secret_key: [u8::try_from(index).unwrap() + 1; 32],
            validators: self.validators.clone(),
            listen: self.validators[index].address,
            dir: self.dir.path().join(index.to_string()),
            timing: Timing::default(),
            worker_threads: 1,
        }
    }

    fn start(&self, index: usize) -> Engine {
        self.config(index).start(self.ledgers[index].clone()).unwrap()
    }

    /// Gives the item to every node, as gossip does.
    fn submit(&self, engines: &[&Engine], item: &str) {
        for ledger in &self.ledgers {
            ledger.submit(item);
        }
        for engine in engines {
            engine.wake();
        }
    }

    fn everywhere(&self, nodes: &[usize], item: &str) -> bool {
        nodes.iter().all(|&node| self.ledgers[node].items().iter().any(|have| have == item))
    }

    fn assert_one_chain(&self) {
        let chains: Vec<_> = self.ledgers.iter().map(|ledger| ledger.chain()).collect();
        let longest = chains.iter().max_by_key(|chain| chain.len()).unwrap();
        let keys: Vec<_> = self.validators.iter().map(|validator| validator.public_key).collect();
        let mut certified = 0;
        for chain in &chains {
            for (block, expected) in chain.iter().zip(longest) {
                assert_eq!(block.digest, expected.digest);
                let Some(certificate) = &block.certificate else { continue };
                assert!(verify_certificate(CHAIN, &keys, &block.block.header, certificate));
                certified += 1;
            }
        }
        assert!(certified > 0, "some block carries its certificate");
        let mut items = self.ledgers[0].items();
        items.sort();
        let distinct = items.len();
        items.dedup();
        assert_eq!(items.len(), distinct, "no item twice");
    }
}

#[test]
fn four_validators_agree_while_one_stops_and_returns() {
    let network = Network::new(4);
    let mut engines: Vec<Engine> = (0..4).map(|index| network.start(index)).collect();
    let all: Vec<&Engine> = engines.iter().collect();
    network.submit(&all, "first");
    eventually("the first item", LIMIT, || network.everywhere(&[0, 1, 2, 3], "first"));

    let mut waits = Vec::new();
    for round in 0..20 {
        let item = format!("item {round}");
        let start = Instant::now();
        network.submit(&all, &item);
        eventually(&item, LIMIT, || network.everywhere(&[0, 1, 2, 3], &item));
        waits.push(start.elapsed());
    }
    waits.sort();
    eprintln!("submit to final on all four: p50 {:?}, max {:?}", waits[10], waits[19]);

    let gone = engines.remove(3);
    gone.shutdown();
    assert_eq!(gone.stop_reason(), Some(Stopped::Requested));
    drop(gone);
    let three: Vec<&Engine> = engines.iter().collect();
    let start = Instant::now();
    for round in 0..8 {
        let item = format!("without the fourth {round}");
        network.submit(&three, &item);
        eventually(&item, LIMIT, || network.everywhere(&[0, 1, 2], &item));
    }
    eprintln!("eight items without the fourth: {:?}", start.elapsed());

    let back = network.start(3);
    eventually("catch-up", LIMIT, || network.everywhere(&[3], "without the fourth 7"));
    drop(back);
    network.assert_one_chain();

    // The ledger comes back from a backup: the engine fills it from its own archive.
    network.ledgers[3].truncate(2);
    let back = network.start(3);
    eventually("replay", LIMIT, || network.everywhere(&[3], "without the fourth 7"));
    drop(back);
    network.assert_one_chain();

    std::fs::remove_dir_all(network.config(3).dir).unwrap();
    let refused = network.config(3).start(network.ledgers[3].clone());
    assert!(matches!(refused, Err(ConsensusError::WipedJournal { .. })));
}

#[test]
fn an_application_error_stops_the_validator() {
    let network = Network::new(1);
    network.ledgers[0].fail_at(3);
    let engine = network.start(0);
    assert_eq!(engine.wait_for(LIMIT), Some(Stopped::Application("disk full".to_owned())));
    assert_eq!(network.ledgers[0].applied_height(), 2);
}

#[test]
fn validators_refuse_what_cannot_work() {
    let network = Network::new(2);
    let start = |cfg: BftConfig| cfg.start(network.ledgers[0].clone()).map(|_| ()).unwrap_err().code();
    let base = || network.config(0);
    assert_eq!(start(BftConfig { secret_key: [77; 32], ..base() }), "not_a_validator");
    assert_eq!(start(BftConfig { validators: Vec::new(), ..base() }), "validators");
    assert_eq!(start(BftConfig { chain: vec![b'x'; 65], ..base() }), "chain");
    let timing = Timing { heartbeat: Duration::from_secs(9), ..Timing::default() };
    assert_eq!(start(BftConfig { timing, ..base() }), "timing");
    let _taken = TcpListener::bind(base().listen).unwrap();
    assert_eq!(start(base()), "listen");
}
