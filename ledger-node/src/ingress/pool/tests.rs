//! The pool against its model, and each promise by name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashSet;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{
    bounds::Bounds,
    lane::Load,
    model::Naive,
    testing::{bulk, control, payment},
    *,
};

impl Pool {
    fn with(bounds: Bounds) -> Self {
        let pool = Self::default();
        pool.waiting.lock().bounds = bounds;
        pool
    }
}

fn small() -> Bounds {
    Bounds { pool: Load { count: 60, bytes: 12_000 }, of_signer: 12, block: Load { count: 20, bytes: 4_200 } }
}

/// Transactions of eight signers, some of whom mix lanes; some are valid for less long, some for too long at first.
fn transactions() -> Vec<Arc<VerifiedTx>> {
    let mut all = Vec::new();
    for signer in 0..8u8 {
        for nonce in 1..=24u64 {
            // Who mixes lanes is in the line of its first transaction, in time or not.
            let valid_until = match nonce % 5 {
                _ if signer >= 6 => 100_000,
                0 => 300,
                1 => 700,
                2 => 800 + dure_score::limits::MAX_VALIDITY_MS,
                _ => 100_000,
            };
            let make = match (signer, nonce % 4) {
                (0..4, _) | (6, 0) => payment,
                (4, _) | (6 | 7, 1) => control,
                _ => bulk,
            };
            all.push(make(signer, nonce, valid_until));
        }
    }
    all
}

struct World {
    pool: Pool,
    naive: Naive,
    all: Vec<Arc<VerifiedTx>>,
    pending: Vec<Arc<VerifiedBlock>>,
    done: HashSet<TxId>,
    time_ms: u64,
    blocks: u8,
}

impl World {
    fn find(&self, wire: &[u8]) -> Arc<VerifiedTx> {
        Arc::clone(self.all.iter().find(|tx| tx.signed().wire() == wire).unwrap())
    }

    fn insert(&mut self, tx: &Arc<VerifiedTx>) {
        // Admission's promise: nothing comes in that is in an applied block.
        if !self.done.contains(&tx.signed().id()) {
            assert_eq!(self.pool.insert(tx), self.naive.insert(tx));
        }
    }

    fn propose(&mut self, keep: bool) {
        let items = self.pool.propose(self.time_ms, &self.pending);
        assert_eq!(items, self.naive.propose(self.time_ms, &self.pending));
        let txs: Vec<_> = items.iter().map(|wire| self.find(wire)).collect();
        self.blocks = self.blocks.wrapping_add(1);
        let block = Arc::new(VerifiedBlock::new([self.blocks; 32], items.clone(), txs));
        assert!(
            !block.repeats() && self.pending.iter().all(|other| block.ids().all(|id| !other.contains(&id)))
        );
        let bounds = self.naive.bounds;
        let bytes = items.iter().map(Bytes::len).sum();
        assert!(Load { count: items.len(), bytes }.fits(bounds.block));
        if keep {
            self.pending.push(block);
        }
    }

    fn apply(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let block = self.pending.remove(0);
        let ids: Vec<TxId> = block.ids().collect();
        let before = self.pool.settled();
        assert_eq!(
            self.pool.settle(ids.iter().copied(), self.time_ms),
            self.naive.settle(&ids, self.time_ms)
        );
        assert!(self.pool.settled() > before);
        self.done.extend(ids);
    }
}

/// Random lives: arrivals, proposals that become blocks or do not, blocks applied, forks given up, time that goes on.
#[test]
fn it_does_what_the_model_does() {
    let all = transactions();
    for seed in 0..60 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut world = World {
            pool: Pool::with(small()),
            naive: Naive::new(small()),
            all: all.clone(),
            pending: Vec::new(),
            done: HashSet::new(),
            time_ms: 1,
            blocks: 0,
        };
        for _ in 0..150 {
            match random.random_range(0..20) {
                0..12 => {
                    for _ in 0..random.random_range(1..6) {
                        let tx = Arc::clone(all.choose(&mut random).unwrap());
                        world.insert(&tx);
                    }
                }
                12..16 => world.propose(random.random_bool(0.8)),
                16..18 => world.apply(),
                18 => drop(world.pending.pop()),
                _ => world.time_ms += random.random_range(1..60),
            }
            assert!(world.pool.waiting.lock().is_consistent(), "seed {seed}");
            let ids = world.naive.ids();
            assert_eq!(world.pool.len(), ids.len());
            assert!(world.pool.contains_each(&ids).into_iter().all(|waits| waits), "seed {seed}");
        }
        // Nothing is lost: what waits and does not expire gets into a block.
        world.pending.clear();
        let open: HashSet<TxId> = world.naive.ids().into_iter().collect();
        world.time_ms = world.time_ms.max(200_000);
        let expired: HashSet<TxId> = world.pool.settle([], world.time_ms).into_iter().collect();
        world.naive.settle(&[], world.time_ms);
        let before: HashSet<TxId> = world.done.clone();
        for _ in 0..20 {
            world.propose(true);
            world.apply();
        }
        assert!(world.pool.is_empty(), "seed {seed}");
        assert!(open.iter().all(|id| expired.contains(id) || world.done.contains(id)));
        assert!(before.is_subset(&world.done));
    }
}

fn lanes(pool: &Pool, items: &[Bytes], all: &[Arc<VerifiedTx>]) -> PerLaneCount {
    assert!(!pool.is_empty());
    let lane = |wire: &Bytes| Lane::of(all.iter().find(|tx| tx.signed().wire() == &**wire).unwrap());
    let count = |of: Lane| items.iter().filter(|wire| lane(wire) == of).count();
    (count(Lane::Payment), count(Lane::Control), count(Lane::Bulk))
}

type PerLaneCount = (usize, usize, usize);

#[test]
fn payments_go_first_and_the_others_keep_a_tenth_each() {
    let block = Load { count: 50, bytes: 1 << 20 };
    let pool = Pool::with(Bounds { block, ..Bounds::default() });
    let mut all = Vec::new();
    for signer in 0..10u8 {
        for nonce in 1..=10 {
            all.extend([
                bulk(signer, nonce, 500),
                control(signer + 20, nonce, 500),
                payment(signer + 40, nonce, 500),
            ]);
        }
    }
    all.iter().for_each(|tx| assert_eq!(pool.insert(tx), Inserted::New));
    assert_eq!(lanes(&pool, &pool.propose(0, &[]), &all), (40, 5, 5));
    // What one lane does not use the others have.
    let payments = all.iter().filter(|tx| Lane::of(tx) == Lane::Payment);
    pool.settle(payments.map(|tx| tx.signed().id()), 0);
    assert_eq!(lanes(&pool, &pool.propose(0, &[]), &all), (0, 5, 45));
}

#[test]
fn a_busy_signer_delays_nobody_but_itself() {
    let block = Load { count: 21, bytes: 1 << 20 };
    let pool = Pool::with(Bounds { block, ..Bounds::default() });
    let busy: Vec<_> = (1..=128).map(|nonce| payment(1, nonce, 500)).collect();
    let others: Vec<_> = (2..=40).map(|signer| payment(signer, 1, 500)).collect();
    busy.iter().chain(&others).for_each(|tx| assert_eq!(pool.insert(tx), Inserted::New));
    let blocks = [pool.propose(0, &[]), {
        settle(&pool, &busy, &others);
        pool.propose(0, &[])
    }];
    let of_busy = |items: &[Bytes]| -> Vec<usize> {
        let place = |wire: &Bytes| busy.iter().position(|tx| tx.signed().wire() == &**wire);
        items.iter().filter_map(place).collect()
    };
    // Payments have nine tenths of a block before the others are asked, here 19 of 21; then what is left as well.
    assert_eq!((blocks[0].len(), of_busy(&blocks[0])), (21, vec![0]));
    // In the next block it has had its turn: all others come first, and then it fills what is left, in its own order.
    assert_eq!((blocks[1].len(), of_busy(&blocks[1])), (21, vec![1, 2]));
    assert_eq!(pool.insert(&payment(1, 200, 500)), Inserted::New);
    assert_eq!(pool.insert(&payment(1, 201, 500)), Inserted::SignerFull);

    fn settle(pool: &Pool, busy: &[Arc<VerifiedTx>], others: &[Arc<VerifiedTx>]) {
        let done = busy.iter().take(1).chain(others.iter().take(20));
        pool.settle(done.map(|tx| tx.signed().id()), 0);
    }
}

#[test]
fn no_lane_fills_the_pool_alone_and_every_lane_reaches_its_reserve() {
    let bounds = Bounds { pool: Load { count: 20, bytes: 1 << 20 }, ..Bounds::default() };
    let pool = Pool::with(bounds);
    let fill = |make: fn(u8, u64, u64) -> Arc<VerifiedTx>| {
        (1..=20).filter(|nonce| pool.insert(&make(*nonce, u64::from(*nonce), 500)) == Inserted::New).count()
    };
    assert_eq!([fill(bulk), fill(payment), fill(control)], [8, 10, 2]);
    assert_eq!(pool.len(), 20);
}

#[test]
fn what_is_held_is_not_proposed_and_what_is_valid_for_too_long_waits() {
    let pool = Pool::default();
    let end = 5_000 + dure_score::limits::MAX_VALIDITY_MS;
    pool.insert(&payment(1, 1, end));
    let proposed = |time_ms| pool.propose(time_ms, &[]).len();
    assert_eq!([4_999, 5_000, end, end + 1].map(proposed), [0, 1, 1, 0]);
    pool.hold(true);
    assert_eq!((pool.propose(end, &[]).len(), pool.has_work(), pool.len()), (0, false, 1));
    pool.hold(false);
    assert!(pool.has_work());
    assert_eq!(pool.settle([], end + 1).len(), 1);
}

/// Regression: what is looked up, then applied, then let in would be proposed a second time.
#[test]
fn nothing_is_let_in_that_was_looked_up_before_the_last_block() {
    let pool = Pool::default();
    let tx = payment(1, 1, 500);
    let settled = pool.settled();
    pool.settle([tx.signed().id()], 0);
    assert_eq!(pool.insert_since(settled, &[&tx]), None);
    assert!(pool.is_empty());
    assert_eq!(pool.insert_since(pool.settled(), &[&tx, &tx]), Some(vec![Inserted::New, Inserted::Known]));
}
