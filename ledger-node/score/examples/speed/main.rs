//! How fast the contract is alone: one core, no signatures, no disk, no network. Blocks of payments by many payers
//! run on state in memory; printed are nanoseconds, allocations, records and bytes for one payment, and what each part
//! of a block's work costs.
//!
//! `cargo run -p dure-score --example speed [-- hash|tree [rounds [payers [times]]]]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod counting;
mod town;

use std::{collections::BTreeMap, time::Duration};

use dure_score::{
    BlockContext, Overlay, Receipt, StateError, StateRead, VerifiedTx, apply, begin_block,
    state::{Changes, HashedState, MemoryState, Pair},
};
use town::{NOW, Town};

/// Payments in a block: about what a busy node orders at once.
const BLOCK: usize = 2_000;

/// Time and allocations of the parts of the work.
#[derive(Default)]
struct Cost {
    time: Duration,
    allocations: u64,
}

impl Cost {
    fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (begun, before) = (on_core(), counting::allocations());
        let done = work();
        self.time += on_core().saturating_sub(begun);
        self.allocations += counting::allocations() - before;
        done
    }

    fn print(&self, what: &str, payments: usize) {
        let each = self.time.as_secs_f64() * 1e9 / payments as f64;
        let allocations = self.allocations as f64 / payments as f64;
        println!("{what:<28} {each:>8.0} ns {allocations:>8.1} allocations {:>10.0} /s", 1e9 / each);
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let hashed = args.next().is_none_or(|kind| kind == "hash");
    let mut args = args.map(|arg| arg.parse::<usize>().expect("a number"));
    let (rounds, payers) = (args.next().unwrap_or(4), args.next().unwrap_or(10_000));
    let times = args.next().unwrap_or(10);
    let town = Town::new(payers);
    let state = town.prepare();
    let payments: Vec<_> = (0..rounds).map(|round| town.payments(round)).collect();
    if hashed {
        measure(&HashedState::new(state.0).unwrap(), &payments, times)
    } else {
        measure(&state, &payments, times)
    }
}

/// The parts of the work on a number of blocks.
#[derive(Default)]
struct Costs {
    applied: Cost,
    changed: Cost,
    encoded: Cost,
    committed: Cost,
}

impl Costs {
    fn bench(&self) -> Duration {
        self.applied.time + self.changed.time + self.committed.time
    }
}

/// The same payments again and again; what else the machine does can only make that slower, so the quickest time counts.
fn measure<B: Base + Clone>(state: &B, rounds: &[Vec<VerifiedTx>], times: usize) {
    let all = (0..times).map(|_| once(state.clone(), rounds));
    let best = all.min_by_key(Costs::bench).expect("at least once");
    let payments = rounds.iter().map(Vec::len).sum();
    println!("{payments} payments, blocks of {BLOCK}, state in {}, best of {times}", B::NAME);
    best.applied.print("apply", payments);
    best.changed.print("into_changes", payments);
    best.encoded.print("receipts to bytes", payments);
    best.committed.print("commit to memory", payments);
    Cost { time: best.bench(), allocations: 0 }.print("apply, changes and commit", payments);
    if let Some(block) = rounds.iter().flat_map(|round| round.chunks(BLOCK)).next() {
        let mut overlay = Overlay::new(state);
        let receipts = run(&mut overlay, block, 11);
        let bytes: Vec<Vec<u8>> = receipts.iter().map(Receipt::to_bytes).collect();
        Touched::by(state, &overlay.into_changes(), &bytes, block).print();
    }
}

fn once<B: Base>(mut state: B, rounds: &[Vec<VerifiedTx>]) -> Costs {
    let mut costs = Costs::default();
    let blocks = rounds.iter().flat_map(|round| round.chunks(BLOCK));
    for (height, block) in (11..).zip(blocks) {
        let mut overlay = Overlay::new(&state);
        let receipts = costs.applied.of(|| run(&mut overlay, block, height));
        let changes = costs.changed.of(|| overlay.into_changes());
        costs.encoded.of(|| receipts.iter().map(Receipt::to_bytes).for_each(drop));
        costs.committed.of(|| state.commit(changes));
    }
    costs
}

/// State in memory, of two kinds: how long a look takes is no part of the contract.
trait Base: StateRead {
    const NAME: &'static str;
    fn commit(&mut self, changes: Changes);
}

impl Base for MemoryState {
    const NAME: &'static str = "a tree";
    fn commit(&mut self, changes: Changes) {
        Self::commit(self, changes);
    }
}

impl Base for HashedState {
    const NAME: &'static str = "a hash table";
    fn commit(&mut self, changes: Changes) {
        Self::commit(self, changes).unwrap();
    }
}

/// Time that this thread had a core: other work on the machine does not count.
fn on_core() -> Duration {
    // The kernel brings its count up to date when a thread yields.
    std::thread::yield_now();
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(counts.split(' ').next().unwrap().parse().unwrap())
}

fn run<S: StateRead>(overlay: &mut Overlay<S>, block: &[VerifiedTx], height: u64) -> Vec<Receipt> {
    begin_block(overlay, height, NOW).unwrap();
    let receipts = (0..).zip(block).map(|(index, tx)| {
        let receipt = apply(overlay, tx, &BlockContext { height, time_ms: NOW, index }).unwrap();
        assert!(receipt.is_applied(), "{receipt:?}");
        receipt
    });
    receipts.collect()
}

/// What a block touches, on a typical payment.
struct Touched {
    first_reads: BTreeMap<char, u32>,
    block_reads: f64,
    writes: f64,
    value_bytes: f64,
    key_bytes: f64,
    kinds: BTreeMap<char, (u32, usize)>,
    receipt_bytes: f64,
}

impl Touched {
    fn by(state: &impl StateRead, changes: &Changes, receipts: &[Vec<u8>], block: &[VerifiedTx]) -> Self {
        let watched = Watched { state, reads: std::cell::RefCell::default() };
        run(&mut Overlay::new(&watched), &block[..1], 11);
        let kind = |key: &[u8]| char::from(key[0]);
        let mut first_reads = BTreeMap::new();
        watched.reads.borrow().iter().for_each(|key| *first_reads.entry(kind(key)).or_default() += 1);
        watched.reads.borrow_mut().clear();
        run(&mut Overlay::new(&watched), block, 11);
        let per = |count: usize| count as f64 / block.len() as f64;
        let mut kinds = BTreeMap::<char, (u32, usize)>::new();
        for (key, value) in changes.iter() {
            let entry = kinds.entry(kind(key)).or_default();
            *entry = (entry.0 + 1, entry.1 + value.map_or(0, <[u8]>::len));
        }
        Self {
            first_reads,
            block_reads: per(watched.reads.borrow().len()),
            writes: per(changes.len()),
            value_bytes: per(changes.iter().filter_map(|(_, value)| value).map(<[u8]>::len).sum()),
            key_bytes: per(changes.keys().map(<[u8]>::len).sum()),
            kinds,
            receipt_bytes: per(receipts.iter().map(Vec::len).sum()),
        }
    }

    fn print(&self) {
        println!("first payment of a block reads, by kind: {:?}", self.first_reads);
        println!("reads below per payment: {:.2}", self.block_reads);
        println!(
            "records written per payment: {:.2}, bytes of keys {:.0}, of values {:.0}",
            self.writes, self.key_bytes, self.value_bytes
        );
        for (kind, (count, bytes)) in &self.kinds {
            println!("  {kind}: {count} records in the block, {} bytes each", bytes / *count as usize);
        }
        println!("bytes of a receipt: {:.0}", self.receipt_bytes);
    }
}

/// Says what is read below.
struct Watched<'a, S> {
    state: &'a S,
    reads: std::cell::RefCell<Vec<Vec<u8>>>,
}

impl<S: StateRead> StateRead for Watched<'_, S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.reads.borrow_mut().push(key.to_vec());
        self.state.get(key)
    }
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        self.state.scan(prefix, limit)
    }
}
