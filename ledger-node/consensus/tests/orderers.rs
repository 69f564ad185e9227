//! Both orderers through the public API alone: real threads, disks and loopback sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(missing_docs)]

#[path = "peers/hostile.rs"]
mod hostile;
mod support;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dure_chain::epoch::epoch_of;
use dure_consensus::{
    Application as _, BftConfig, ConsensusError, Engine, Orderer as _, SoloConfig, Stopped, Timing,
    Validator, genesis_header, mark_fresh, mark_observer, public_key, verify_certificate,
};
use support::{CHAIN, EPOCH_BLOCKS, Ledger, eventually};

const LIMIT: Duration = Duration::from_secs(60);

fn solo(dir: &Path) -> SoloConfig {
    SoloConfig {
        chain: CHAIN.to_vec(),
        secret_key: [9; 32],
        dir: dir.to_path_buf(),
        heartbeat: Duration::from_millis(100),
        min_interval: Duration::ZERO,
        epoch_blocks: EPOCH_BLOCKS,
    }
}

fn solo_ledger() -> Arc<Ledger> {
    Ledger::new(|_| vec![Validator { public_key: public_key(&[9; 32]).unwrap(), address: None }])
}

#[test]
fn solo_orders_and_survives_restart() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = solo_ledger();
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
    eventually("a third epoch", LIMIT, || ledger.applied_height() >= 2 * EPOCH_BLOCKS);
    engine.shutdown();

    let key = public_key(&[9; 32]).unwrap();
    let chain = ledger.chain();
    assert_eq!(chain[0].block.header.parent, genesis_header(CHAIN, &[key]).digest());
    for block in chain {
        let header = &block.block.header;
        let first = header.height % EPOCH_BLOCKS == 0 || header.height == 1;
        assert_eq!(header.epoch, epoch_of(header.height, EPOCH_BLOCKS));
        assert_eq!(header.view == 1, first, "views count anew in each epoch");
        assert!(verify_certificate(CHAIN, &[key], header, &block.certificate.unwrap()));
    }
}

#[test]
fn solo_delivers_the_same_block_again_after_a_crash_before_the_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = solo_ledger();
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
    let ledger = solo_ledger();
    let engine = solo(dir.path()).start(ledger.clone()).unwrap();
    eventually("three blocks", LIMIT, || ledger.applied_height() >= 3);
    engine.shutdown();

    let start = |cfg: SoloConfig| cfg.start(ledger.clone()).map(|_| ()).unwrap_err().code();
    let other = SoloConfig { chain: b"city".to_vec(), ..solo(dir.path()) };
    assert_eq!(start(other), "foreign_journal");
    assert_eq!(start(solo(&dir.path().join("empty"))), "wiped_journal");
    assert_eq!(start(SoloConfig { chain: Vec::new(), ..solo(dir.path()) }), "chain");
    assert_eq!(start(SoloConfig { epoch_blocks: 7, ..solo(dir.path()) }), "epoch_length");
    ledger.truncate(1);
    assert_eq!(start(solo(dir.path())), "journal_gap");
}

struct Network {
    dir: tempfile::TempDir,
    seats: Vec<Validator>,
    ledgers: Vec<Arc<Ledger>>,
}

impl Network {
    /// `size` nodes, of which all vote in all epochs.
    fn new(size: u8) -> Self {
        Self::changing(size, |_, _| true)
    }

    /// `size` nodes; `votes` says whether a node (from 0) is a validator of an epoch.
    fn changing(size: u8, votes: fn(usize, u64) -> bool) -> Self {
        // Held together until all are known, so that no port is chosen twice.
        let sockets: Vec<TcpListener> =
            (0..size).map(|_| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()).collect();
        let seats = sockets.iter().zip(1..).map(|(socket, seed): (_, u8)| Validator {
            public_key: public_key(&[seed; 32]).unwrap(),
            address: socket.local_addr().ok(),
        });
        let seats: Vec<Validator> = seats.collect();
        let sets = |seats: Vec<Validator>| {
            move |epoch| {
                let voting = seats.iter().enumerate().filter(|(node, _)| votes(*node, epoch));
                voting.map(|(_, seat)| seat.clone()).collect()
            }
        };
        let ledgers = (0..size).map(|_| Ledger::new(sets(seats.clone()))).collect();
        let network = Self { dir: tempfile::tempdir().unwrap(), seats, ledgers };
        for (index, seat) in network.seats.iter().enumerate().filter(|(index, _)| votes(*index, 0)) {
            mark_fresh(&network.config(index).dir, &seat.public_key).unwrap();
        }
        network
    }

    fn config(&self, index: usize) -> BftConfig {
        BftConfig {
            chain: CHAIN.to_vec(),
            secret_key: [u8::try_from(index).unwrap() + 1; 32],
            epoch_blocks: EPOCH_BLOCKS,
            listen: self.seats[index].address.unwrap(),
            dir: self.dir.path().join(index.to_string()),
            // Idle blocks come quickly, so that epochs are over soon.
            timing: Timing { heartbeat: Duration::from_millis(100), ..Timing::default() },
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
        let keys_of = |epoch| {
            let set = self.ledgers.iter().find_map(|ledger| ledger.validators(epoch)).unwrap();
            set.into_iter().map(|validator| validator.public_key).collect::<Vec<_>>()
        };
        let mut certified = 0;
        for chain in &chains {
            for (block, expected) in chain.iter().zip(longest) {
                assert_eq!(block.digest, expected.digest);
                let Some(certificate) = &block.certificate else { continue };
                let header = &block.block.header;
                assert!(verify_certificate(CHAIN, &keys_of(header.epoch), header, certificate));
                certified += 1;
            }
        }
        assert!(certified > 0, "some block carries its certificate");
        assert!(self.ledgers.iter().all(|ledger| ledger.blocked().is_empty()), "nobody misbehaved");
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
    // It may observe; the current epoch had begun before that, so it must not vote yet.
    let (dir, genesis) = (network.config(3).dir, network.ledgers[3].genesis().digest());
    mark_observer(&dir, &genesis, &network.seats[3].public_key).unwrap();
    let early = network.config(3).start(network.ledgers[3].clone());
    assert!(matches!(early, Err(ConsensusError::TooEarly { .. })));
}

/// Epochs 0 to 9 belong to nodes 0 to 3, the later ones to nodes 1 to 4.
#[test]
fn a_fifth_node_joins_and_the_first_one_leaves() {
    let network = Network::changing(5, |node, epoch| if epoch < 10 { node < 4 } else { node > 0 });
    let engines: Vec<Engine> = (0..4).map(|index| network.start(index)).collect();
    let (fifth, first) = (&network.ledgers[4], &network.ledgers[0]);
    let refused = network.config(4).start(fifth.clone());
    assert!(matches!(refused, Err(ConsensusError::NotAValidator)));
    let dir = network.config(4).dir;
    mark_observer(&dir, &fifth.genesis().digest(), &network.seats[4].public_key).unwrap();

    // It observes until the border is behind it, and a few blocks longer, as one that looks now and then.
    let join = 10 * EPOCH_BLOCKS + 3;
    eventually("the fifth node's epoch", LIMIT, || {
        network.ledgers.iter().any(|other| fifth.follow(other));
        fifth.applied_height() >= join
    });
    let joined = network.start(4);
    assert_eq!(engines[0].wait_for(LIMIT), Some(Stopped::Retired { epoch: 10 }));
    assert_eq!(first.applied_height(), 10 * EPOCH_BLOCKS - 1, "it applied all of its last epoch");
    assert!(engines[1..].iter().all(|engine| !engine.stopped()));

    assert!(matches!(network.config(0).check_entry(&**first), Err(ConsensusError::NotAValidator)));

    // Three of the four new validators are enough, and the fifth node is one of the three.
    engines[3].shutdown();
    let voters: Vec<&Engine> = engines[1..3].iter().chain([&joined]).collect();
    network.submit(&voters, "after the change");
    eventually("an item", LIMIT, || network.everywhere(&[1, 2, 4], "after the change"));
    let height = fifth.applied_height();
    eventually("another epoch", LIMIT, || fifth.applied_height() >= height + EPOCH_BLOCKS);
    drop((engines, joined));
    network.assert_one_chain();

    // It comes back like any other validator.
    let again: Vec<Engine> = [1, 2, 4].map(|index| network.start(index)).into();
    network.submit(&again.iter().collect::<Vec<_>>(), "after a rest");
    eventually("an item after a rest", LIMIT, || network.everywhere(&[1, 2, 4], "after a rest"));
}

/// What a border costs: the time between an epoch's last block and the next one's first.
#[test]
fn an_epoch_change_costs_less_than_a_second() {
    let network = Network::new(4);
    let engines: Vec<Engine> = (0..4).map(|index| network.start(index)).collect();
    let all: Vec<&Engine> = engines.iter().collect();
    let times =
        || network.ledgers[0].chain().iter().map(|block| block.block.header.time_ms).collect::<Vec<_>>();
    for round in 0.. {
        let item = format!("item {round}");
        network.submit(&all, &item);
        eventually(&item, LIMIT, || network.everywhere(&[0, 1, 2, 3], &item));
        if network.ledgers[0].applied_height() > 25 * EPOCH_BLOCKS {
            break;
        }
    }
    drop(engines);
    let gaps: Vec<(usize, u64)> =
        times().windows(2).zip(2..).map(|(pair, height)| (height, pair[1] - pair[0])).collect();
    let (mut borders, mut others): (Vec<_>, Vec<_>) =
        gaps.iter().partition(|(height, _)| (*height as u64).is_multiple_of(EPOCH_BLOCKS));
    borders.sort_by_key(|(_, gap)| *gap);
    others.sort_by_key(|(_, gap)| *gap);
    eprintln!(
        "between blocks: p50 {} ms; at {} borders: p50 {} ms, max {} ms",
        others[others.len() / 2].1,
        borders.len(),
        borders[borders.len() / 2].1,
        borders.last().unwrap().1
    );
    assert!(borders[borders.len() / 2].1 < 1_000);
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
    assert_eq!(start(BftConfig { chain: vec![b'x'; 101], ..base() }), "chain");
    assert_eq!(start(BftConfig { epoch_blocks: 7, ..base() }), "epoch_length");
    let timing = Timing { heartbeat: Duration::from_secs(9), ..Timing::default() };
    assert_eq!(start(BftConfig { timing, ..base() }), "timing");
    assert_eq!(start(BftConfig { dir: base().dir.join("other"), ..base() }), "wiped_journal");
    let nobody = Ledger::new(|_| Vec::new());
    assert_eq!(base().start(nobody).map(|_| ()).unwrap_err().code(), "validators");
    let _taken = TcpListener::bind(base().listen).unwrap();
    assert_eq!(start(base()), "listen");
}
