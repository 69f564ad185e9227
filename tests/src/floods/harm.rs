//! What somebody may do to the nodes who wants to keep others from paying.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use dure_score::OrderId;
use ledger_node::history::ledger::now_ms;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    address,
    wire::{Wire, get, hand_in, post},
};
use crate::chaos::{bank::Act, people::Town};

/// Connections to each node of a flood of requests.
const CONNECTIONS: usize = 8;
/// Connections of the member: a connection is answered in order, so that many are needed to have many on their way.
const MEMBER_CONNECTIONS: usize = 32;
/// Time between two bursts of one connection.
const BURST_EVERY: Duration = Duration::from_millis(100);
/// Connections to each node of those who do not read: eight times as many as one address has places.
const SLOW_READERS: usize = 64;
/// Connections to each node of those who hardly write: more than one address may hold.
const SLOW_WRITERS: usize = 160;
/// Time between two bytes of such a one.
const DRIP: Duration = Duration::from_millis(500);

/// A kind of flood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// A member with a good certificate pays in bursts, through an address that is not counted.
    Member,
    /// One address asks for everything.
    Address,
    /// Bodies that are no transactions.
    Garbage,
    /// Payments with a good signature and without the money.
    Refused,
    /// Streams of blocks that nobody reads.
    SlowReaders,
    /// Heads and bodies byte by byte, and connections on which nothing comes.
    SlowWriters,
    /// Noise where validators listen for each other.
    BackDoors,
}

impl Harm {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Member,
        Self::Address,
        Self::Garbage,
        Self::Refused,
        Self::SlowReaders,
        Self::SlowWriters,
        Self::BackDoors,
    ];

    /// Whether it is one of requests, each of which is answered.
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Member | Self::Address | Self::Garbage | Self::Refused)
    }

    /// From where it comes.
    const fn from(self) -> Ipv4Addr {
        match self {
            // Through a service, and from where the other validators are.
            Self::Member | Self::BackDoors => address(1),
            Self::Address => address(2),
            Self::Garbage => address(3),
            Self::Refused => address(4),
            Self::SlowReaders => address(5),
            Self::SlowWriters => address(6),
        }
    }

    /// Requests that one connection sends at once: with ten bursts a second, 2,500 a second from the member to the one node that
    /// it floods, and 480 a second from an address to each node, whose budget is 100.
    const fn burst(self) -> usize {
        match self {
            Self::Member => 8,
            _ => 6,
        }
    }
}

/// Who floods: devices that take part in nothing else.
pub struct Villain {
    /// Where everybody lives.
    pub town: Arc<Town>,
    /// The nodes.
    pub nodes: Vec<SocketAddr>,
    /// Where the nodes listen for each other.
    pub back: Vec<SocketAddr>,
    /// The device that pays more than anybody should.
    pub payer: usize,
    /// The device that pays what it has not.
    pub poor: usize,
}

/// What the flood met with.
#[derive(Debug, Default)]
pub struct Met {
    /// Answers by status.
    pub answers: BTreeMap<u16, u64>,
    /// Connections that the other side ended or did not take.
    pub closed: u64,
}

/// A flood that goes on until it is stopped.
pub struct Flood {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    made: AtomicU64,
    met: Mutex<Met>,
}

impl Shared {
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn answered(&self, status: u16) {
        *self.met.lock().unwrap().answers.entry(status).or_default() += 1;
    }

    fn closed(&self) {
        self.met.lock().unwrap().closed += 1;
    }
}

impl Flood {
    /// Begins.
    pub fn start(villain: &Arc<Villain>, harm: Harm) -> Self {
        let shared = Arc::new(Shared::default());
        let each = |count: usize, doors: &[SocketAddr]| -> Vec<SocketAddr> {
            doors.iter().flat_map(|door| std::iter::repeat_n(*door, count)).collect()
        };
        let targets = match harm {
            Harm::Member => each(MEMBER_CONNECTIONS, &villain.nodes[..1]),
            Harm::Address | Harm::Garbage | Harm::Refused => each(CONNECTIONS, &villain.nodes),
            Harm::SlowReaders => each(SLOW_READERS, &villain.nodes),
            Harm::SlowWriters => each(SLOW_WRITERS, &villain.nodes),
            Harm::BackDoors => each(2, &villain.back),
        };
        let act = |(number, door)| {
            let (villain, shared) = (Arc::clone(villain), Arc::clone(&shared));
            tokio::spawn(async move {
                match harm {
                    Harm::SlowReaders => read_nothing(door, &shared).await,
                    Harm::SlowWriters => drip(number, door, &shared).await,
                    Harm::BackDoors => knock(door, &shared).await,
                    _ => ask(&villain, harm, door, &shared).await,
                }
            })
        };
        let tasks = targets.into_iter().enumerate().map(act).collect();
        Self { shared, tasks }
    }

    /// Waits until what everybody may do for a moment is used up: so many requests were refused, or `limit` is over.
    pub async fn begun(&self, refused: u64, limit: Duration) {
        let met = async {
            while self.shared.met.lock().unwrap().answers.get(&429).is_none_or(|count| *count < refused) {
                sleep(BURST_EVERY).await;
            }
        };
        // Some floods are never refused with an answer: they have begun when the time is over.
        drop(timeout(limit, met).await);
    }

    /// Ends it and says what it met with.
    pub async fn stop(self) -> Met {
        self.shared.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
        std::mem::take(&mut *self.shared.met.lock().unwrap())
    }
}

/// Sends requests in bursts and reads the answers.
async fn ask(villain: &Villain, harm: Harm, door: SocketAddr, shared: &Shared) {
    let mut tick = interval(BURST_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut wire = None;
    while !shared.is_over() {
        tick.tick().await;
        let mut open = match wire.take() {
            Some(open) => open,
            None => match Wire::open(harm.from(), door).await {
                Ok(open) => open,
                Err(_) => {
                    shared.closed();
                    continue;
                }
            },
        };
        let requests: Vec<Vec<u8>> = (0..harm.burst()).map(|_| request(villain, harm, shared)).collect();
        let mut alive = open.send(&requests.concat()).await.is_ok();
        for _ in &requests {
            match open.status().await {
                Ok(status) if alive => shared.answered(status),
                _ => alive = false,
            }
            if !alive {
                break;
            }
        }
        if alive {
            wire = Some(open);
        } else {
            shared.closed();
        }
    }
}

fn request(villain: &Villain, harm: Harm, shared: &Shared) -> Vec<u8> {
    let number = shared.made.fetch_add(1, Ordering::SeqCst);
    let payment = |device: usize, amount: u64| {
        let device = &villain.town.devices[device];
        let order = OrderId::new(&format!("{harm:?}-{number}")).unwrap();
        let act = Act::Pay { payer: device.owner, shop: villain.town.shops[1], order, amount };
        hand_in(device.sign(&villain.town.chain, &act, now_ms() + 60_000).wire())
    };
    match harm {
        Harm::Member => payment(villain.payer, 1),
        Harm::Refused => payment(villain.poor, 1_000_000_000),
        Harm::Garbage => garbage(number),
        _ => question(number, &villain.town),
    }
}

fn garbage(number: u64) -> Vec<u8> {
    let noise: Vec<u8> = (0..700u64).map(|at| (number.wrapping_mul(at + 7) >> 3) as u8).collect();
    match number % 4 {
        0 => hand_in(&noise),
        1 => post("/v1/transactions", "application/json", b"{\"wire\": \"####\"}"),
        2 => post("/v1/dry-run", "application/cbor", &noise),
        _ => post("/v1/peer/transactions", "application/cbor", &noise),
    }
}

fn question(number: u64, town: &Town) -> Vec<u8> {
    match number % 8 {
        0 => get("/v1/status"),
        1 => get("/v1/blocks?from=1&to=50"),
        2 => get(&format!("/v1/accounts/{}", town.citizens[0])),
        3 => get(&format!("/v1/proofs/account/{}", town.citizens[1])),
        4 => get("/metrics"),
        5 => get("/v1/supply"),
        6 => get("/no/such/path"),
        _ => get("/v1/blocks/latest"),
    }
}

/// Asks for all blocks and reads none.
async fn read_nothing(door: SocketAddr, shared: &Shared) {
    let Ok(mut wire) = Wire::open_narrow(Harm::SlowReaders.from(), door).await else {
        return shared.closed();
    };
    if wire.send(&get("/v1/stream?from=1")).await.is_err() {
        return shared.closed();
    }
    while !shared.is_over() {
        sleep(BURST_EVERY).await;
    }
}

/// Sends a head, or a body, byte by byte, or nothing at all; comes again when it is thrown out.
async fn drip(number: usize, door: SocketAddr, shared: &Shared) {
    let bytes = match number % 3 {
        0 => Vec::new(),
        1 => get("/v1/status").repeat(10),
        _ => hand_in(&[7; 600]),
    };
    // A body's head comes at once.
    let head = if number % 3 == 2 { bytes.len() - 600 } else { 0 };
    while !shared.is_over() {
        sleep(DRIP).await;
        let Ok(mut wire) = Wire::open(Harm::SlowWriters.from(), door).await else {
            shared.closed();
            continue;
        };
        let mut alive = wire.send(&bytes[..head]).await.is_ok();
        let mut drops = bytes[head..].chunks(1);
        while alive && !shared.is_over() {
            if wire.is_ended_within(DRIP).await {
                alive = false;
            } else if let Some(drop) = drops.next() {
                alive = wire.send(drop).await.is_ok();
            }
        }
        if !alive {
            shared.closed();
        }
    }
}

/// Says nonsense to a validator's own port until it hangs up, and comes again.
async fn knock(door: SocketAddr, shared: &Shared) {
    while !shared.is_over() {
        sleep(BURST_EVERY).await;
        let Ok(mut wire) = Wire::open(Harm::BackDoors.from(), door).await else {
            shared.closed();
            continue;
        };
        let noise: Vec<u8> = (0..2_000u32).map(|at| ((at * 37) >> 2) as u8).collect();
        // Ten seconds: twice what a handshake may take.
        if wire.send(&noise).await.is_err() || wire.is_ended_within(Duration::from_secs(10)).await {
            shared.closed();
        } else {
            shared.answered(0);
        }
    }
}
