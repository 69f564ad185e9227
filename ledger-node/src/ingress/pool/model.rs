//! The pool as one would write it down without a thought of speed: the rules in the open, for the property test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{collections::HashMap, sync::Arc};

use dure_score::{CertId, TxId, VerifiedTx, limits::MAX_VALIDITY_MS};

use super::{
    Inserted,
    bounds::Bounds,
    lane::{Lane, Load},
};
use crate::ingress::signatures::VerifiedBlock;

#[derive(Clone)]
struct One {
    tx: Arc<VerifiedTx>,
    arrival: u64,
    aside: bool,
}

pub(super) struct Naive {
    pub(super) bounds: Bounds,
    waiting: Vec<One>,
    turns: HashMap<CertId, u64>,
    now: u64,
    pending: Vec<Arc<VerifiedBlock>>,
}

fn id(tx: &VerifiedTx) -> TxId {
    tx.signed().id()
}

fn signer(tx: &VerifiedTx) -> CertId {
    tx.signed().transaction().signer
}

fn load<'a>(ones: impl Iterator<Item = &'a One>) -> Load {
    ones.fold(Load::default(), |sum, one| sum.with(one.tx.signed().wire().len()))
}

impl Naive {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, waiting: Vec::new(), turns: HashMap::new(), now: 0, pending: Vec::new() }
    }

    pub(super) fn ids(&self) -> Vec<TxId> {
        self.waiting.iter().map(|one| id(&one.tx)).collect()
    }

    pub(super) fn insert(&mut self, tx: &Arc<VerifiedTx>) -> Inserted {
        if self.waiting.iter().any(|one| id(&one.tx) == id(tx)) {
            return Inserted::Known;
        }
        let lane = Lane::of(tx);
        let used = |of: Lane| load(self.waiting.iter().filter(|one| Lane::of(&one.tx) == of));
        let others = Lane::ALL.into_iter().filter(|other| *other != lane);
        let kept = others
            .fold(Load::default(), |sum, other| sum.plus(used(other).max(other.reserve(self.bounds.pool))));
        if !used(lane).with(tx.signed().wire().len()).plus(kept).fits(self.bounds.pool) {
            return Inserted::Full;
        }
        if self.waiting.iter().filter(|one| signer(&one.tx) == signer(tx)).count() >= self.bounds.of_signer {
            return Inserted::SignerFull;
        }
        self.now += 1;
        let aside = self.pending.iter().any(|block| block.contains(&id(tx)));
        if !aside {
            self.comes_up(tx, self.now);
        }
        self.waiting.push(One { tx: Arc::clone(tx), arrival: self.now, aside });
        Inserted::New
    }

    /// A signer's turn is that of its earliest ready transaction, or of when it was last served.
    fn comes_up(&mut self, tx: &VerifiedTx, arrival: u64) {
        let none = self.first_ready(&signer(tx)).is_none();
        let turn = self.turns.entry(signer(tx)).or_insert(arrival);
        *turn = if none { arrival } else { (*turn).min(arrival) };
    }

    fn first_ready(&self, of: &CertId) -> Option<&One> {
        let ready = self.waiting.iter().filter(|one| !one.aside && signer(&one.tx) == *of);
        ready.min_by_key(|one| one.arrival)
    }

    /// A signer that was served goes to the back of the line.
    fn served(&mut self, one: &One) {
        self.now += 1;
        let first = self.first_ready(&signer(&one.tx)).map(|first| first.arrival);
        if !one.aside && first == Some(one.arrival) {
            self.turns.insert(signer(&one.tx), self.now);
        }
    }

    pub(super) fn settle(&mut self, done: &[TxId], time_ms: u64) -> Vec<TxId> {
        let expired = self.waiting.iter().filter(|one| {
            one.tx.signed().transaction().valid_until < time_ms && !done.contains(&id(&one.tx))
        });
        let mut expired: Vec<(u64, TxId)> =
            expired.map(|one| (one.tx.signed().transaction().valid_until, id(&one.tx))).collect();
        expired.sort_unstable();
        let expired: Vec<TxId> = expired.into_iter().map(|(_, id)| id).collect();
        for gone in done.iter().chain(&expired) {
            let Some(at) = self.waiting.iter().position(|one| id(&one.tx) == *gone) else { continue };
            let one = self.waiting[at].clone();
            self.served(&one);
            self.waiting.remove(at);
        }
        expired
    }

    fn set_aside(&mut self, pending: &[Arc<VerifiedBlock>]) {
        let before = std::mem::replace(&mut self.pending, pending.to_vec());
        let digest = |blocks: &[Arc<VerifiedBlock>], block: &VerifiedBlock| {
            blocks.iter().any(|other| other.digest() == block.digest())
        };
        for (blocks, others, aside) in [(&before[..], pending, false), (pending, &before[..], true)] {
            for block in blocks.iter().filter(|block| !digest(others, block)) {
                for id in block.ids() {
                    self.turn_aside(id, aside);
                }
            }
        }
    }

    fn turn_aside(&mut self, which: TxId, aside: bool) {
        let Some(at) = self.waiting.iter().position(|one| id(&one.tx) == which) else { return };
        let one = self.waiting[at].clone();
        if one.aside == aside {
            return;
        }
        if aside {
            self.served(&one);
        } else {
            self.comes_up(&one.tx, one.arrival);
        }
        self.waiting[at].aside = aside;
    }

    pub(super) fn propose(&mut self, time_ms: u64, pending: &[Arc<VerifiedBlock>]) -> Vec<Vec<u8>> {
        self.set_aside(pending);
        let (whole, share) = (self.bounds.block, self.bounds.share());
        let mut block = Vec::new();
        self.fill(&mut block, time_ms, Lane::Control, share);
        self.fill(&mut block, time_ms, Lane::Payment, whole.minus(share));
        self.fill(&mut block, time_ms, Lane::Bulk, whole);
        loop {
            let before = block.len();
            for lane in Lane::ALL {
                self.fill(&mut block, time_ms, lane, whole);
            }
            if block.len() == before {
                return block.iter().map(|one| one.tx.signed().wire().to_vec()).collect();
            }
        }
    }

    /// Again and again the next transaction of the signer of whom the block has least, of those the one whose turn it is.
    fn fill(&self, block: &mut Vec<One>, time_ms: u64, lane: Lane, limit: Load) {
        loop {
            let in_block = |one: &One| block.iter().any(|other| id(&other.tx) == id(&one.tx));
            let of = |who: CertId| block.iter().filter(|one| signer(&one.tx) == who).count();
            let in_time = |one: &One| {
                let until = one.tx.signed().transaction().valid_until;
                until >= time_ms && until <= time_ms + MAX_VALIDITY_MS
            };
            let mut firsts: HashMap<CertId, &One> = HashMap::new();
            for one in self.waiting.iter().filter(|one| !one.aside && in_time(one) && !in_block(one)) {
                let first = firsts.entry(signer(&one.tx)).or_insert(one);
                if one.arrival < first.arrival {
                    *first = one;
                }
            }
            let in_lane = firsts.values().filter(|one| Lane::of(&one.tx) == lane);
            let next = in_lane.min_by_key(|one| (of(signer(&one.tx)), self.turns[&signer(&one.tx)]));
            let Some(next) = next else { return };
            if !load(block.iter().chain([*next])).fits(limit) {
                return;
            }
            block.push((*next).clone());
        }
    }
}
