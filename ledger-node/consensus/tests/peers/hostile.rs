//! A validator whose key is in the wrong hands: its owner speaks the network's own protocol and sends what no validator sends, to
//! three real validators over TCP. Each disconnects and counts it, none panics, and the three go on.

use std::net::{SocketAddr, TcpListener};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use commonware_codec::{Copying, DecodeExt};
use commonware_cryptography::{ChaCha20Poly1305, Signer as _, ed25519};
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableManager as _, Recipients, Sender as _};
use commonware_runtime::{Clock as _, Quota, Runner as _, Supervisor as _, tokio};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use dure_consensus::{BftConfig, Engine, Orderer as _, Timing, Validator, mark_fresh, public_key};

use crate::support::{CHAIN, Ledger, eventually};

const LIMIT: Duration = Duration::from_secs(30);
/// Which of the four is hostile.
const HOSTILE: usize = 3;

/// Three validators, and the seat of a fourth.
struct Town {
    dir: tempfile::TempDir,
    seats: Vec<Validator>,
    ledgers: Vec<Arc<Ledger>>,
}

impl Town {
    fn new() -> Self {
        let sockets: Vec<TcpListener> =
            (0..4).map(|_| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()).collect();
        let seat = |(socket, index): (&TcpListener, usize)| Validator {
            public_key: public_key(&seed(index)).unwrap(),
            address: socket.local_addr().ok(),
        };
        let seats: Vec<Validator> = sockets.iter().zip(0..).map(seat).collect();
        let ledgers = (0..HOSTILE)
            .map(|_| {
                let seats = seats.clone();
                Ledger::new(move |_| seats.clone())
            })
            .collect();
        Self { dir: tempfile::tempdir().unwrap(), seats, ledgers }
    }

    fn start(&self, index: usize) -> Engine {
        let dir = self.dir.path().join(index.to_string());
        mark_fresh(&dir, &self.seats[index].public_key).unwrap();
        let config = BftConfig {
            chain: CHAIN.to_vec(),
            secret_key: seed(index),
            // One epoch for all of the test.
            epoch_blocks: 100_000,
            listen: self.seats[index].address.unwrap(),
            dir,
            timing: Timing::default(),
            worker_threads: 1,
        };
        config.start(self.ledgers[index].clone()).unwrap()
    }

    fn everywhere(&self, item: &str) -> bool {
        self.ledgers.iter().all(|ledger| ledger.items().iter().any(|have| have == item))
    }
}

fn seed(index: usize) -> [u8; 32] {
    [u8::try_from(index).unwrap() + 1; 32]
}

fn private(index: usize) -> ed25519::PrivateKey {
    DecodeExt::decode(Copying(&seed(index))).unwrap()
}

/// What one of the three is sent: channel and bytes.
type Parcel = (u64, &'static [u8]);

/// The hostile peer, at work until told to stop.
struct Hostile {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Hostile {
    /// Calls the other three and sends each its parcel, again and again.
    fn start(town: &Town, parcels: [Parcel; HOSTILE]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (seats, done) = (town.seats.clone(), Arc::clone(&stop));
        let thread = spawn(move || send(&seats, parcels, &done));
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn send(seats: &[Validator], parcels: [Parcel; HOSTILE], stop: &AtomicBool) {
    let dir = tempfile::tempdir().unwrap();
    let config = tokio::Config::new().with_storage_directory(dir.path()).with_worker_threads(1);
    let keys: Vec<ed25519::PublicKey> = (0..seats.len()).map(|index| private(index).public_key()).collect();
    tokio::Runner::new(config).start(|context| async move {
        let listen = seats[HOSTILE].address.unwrap();
        let (mut network, mut oracle) = lookup::Network::new(context.child("network"), p2p(listen));
        let quota = Quota::per_second(NonZeroU32::new(1_000).unwrap());
        let mut channels: Vec<_> = (0..5).map(|channel| network.register(channel, quota)).collect();
        network.start();
        let known =
            keys.iter().zip(seats).map(|(key, seat)| (key.clone(), Address::from(seat.address.unwrap())));
        oracle.track(0, Map::from_iter_dedup(known));
        while !stop.load(Ordering::SeqCst) {
            for (to, (channel, bytes)) in parcels.iter().enumerate() {
                let (sender, _) = &mut channels[usize::try_from(*channel).unwrap()];
                sender.send(Recipients::One(keys[to].clone()), bytes.to_vec(), true);
            }
            context.sleep(Duration::from_millis(50)).await;
        }
    });
}

/// The network's values, as a validator has them.
fn p2p(listen: SocketAddr) -> lookup::Config<Cups<Sake<ed25519::PrivateKey>, ChaCha20Poly1305>> {
    let sake = Sake {
        signer: private(HOSTILE),
        synchrony_bound: Duration::from_secs(5),
        max_handshake_age: Duration::from_secs(10),
        version: sake::Version::V1,
    };
    let (few, many) = (NonZeroUsize::new(8).unwrap(), NonZeroUsize::new(1_024).unwrap());
    let often = Quota::per_second(NonZeroU32::new(64).unwrap());
    lookup::Config {
        handshake: Cups::<_, ChaCha20Poly1305>::new(sake, cups::Version::V1),
        namespace: [b"dure/p2p/v1/".as_slice(), CHAIN].concat(),
        listen,
        allow_private_ips: true,
        allow_dns: false,
        bypass_ip_check: false,
        max_message_size: 1024 * 1024,
        max_peers_per_set: NonZeroUsize::new(64).unwrap(),
        mailbox_size: many,
        send_batch_size: few,
        handshake_timeout: Duration::from_secs(5),
        dial_timeout: Duration::from_secs(5),
        peer_connection_cooldown: Duration::from_millis(200),
        max_concurrent_handshakes: NonZeroU32::new(64).unwrap(),
        allowed_handshake_rate_per_ip: often,
        allowed_handshake_rate_per_subnet: often,
        ping_frequency: Duration::from_secs(5),
        dial_frequency: Duration::from_millis(100),
        tracked_peer_sets: NonZeroUsize::MIN,
        block_duration: Duration::from_secs(60),
    }
}

/// Votes, certificates, questions for certificates, questions for blocks and blocks; channels in this order, the first three
/// behind the number of the epoch.
const NOISE: [[Parcel; HOSTILE]; 2] = [
    [(0, b"\x00no vote"), (1, b"\x00no certificate"), (2, b"\x00no question")],
    [(3, b"no question"), (4, b"no block"), (0, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")],
];

#[test]
fn noise_on_any_channel_disconnects_the_peer_and_is_counted_and_the_others_go_on() {
    for parcels in NOISE {
        let town = Town::new();
        let engines: Vec<Engine> = (0..HOSTILE).map(|index| town.start(index)).collect();
        let hostile = Hostile::start(&town, parcels);
        let key = town.seats[HOSTILE].public_key;
        for (index, ledger) in town.ledgers.iter().enumerate() {
            let what = format!("validator {index} blocks who sends {:?}", parcels[index]);
            eventually(&what, LIMIT, || ledger.blocked() == [key]);
        }
        // It goes on calling and sending; nobody listens, nobody minds.
        for round in 0..5 {
            let item = format!("beside noise {round}");
            town.ledgers.iter().for_each(|ledger| ledger.submit(&item));
            engines.iter().for_each(Engine::wake);
            eventually(&item, LIMIT, || town.everywhere(&item));
        }
        for (engine, ledger) in engines.iter().zip(&town.ledgers) {
            assert_eq!(engine.stop_reason(), None);
            assert_eq!(ledger.blocked(), [key], "once, and nobody else");
        }
        drop(hostile);
    }
}
