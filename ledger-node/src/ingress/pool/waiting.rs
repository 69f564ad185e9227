//! The waiting transactions and their indexes. Every operation costs O(log n) for each transaction that it touches.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use dure_score::{CertId, TxId, VerifiedTx};

use super::{
    bounds::Bounds,
    lane::{Lane, Load, PerLane},
    signer::{Item, Signer},
};
use crate::{ingress::signatures::VerifiedBlock, state::hashed::HashMap};

/// What became of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It waits now.
    New,
    /// It was waiting already.
    Known,
    /// There is no room.
    Full,
    /// Too many of its signer wait.
    SignerFull,
}

struct Entry {
    item: Arc<Item>,
    /// In a block that is not applied yet.
    aside: bool,
}

#[derive(Default)]
pub(super) struct Waiting {
    pub(super) bounds: Bounds,
    entries: HashMap<TxId, Entry>,
    signers: HashMap<CertId, Signer>,
    /// For each lane the signers whose first ready transaction is in it, by turn.
    lines: PerLane<BTreeMap<u64, CertId>>,
    by_expiry: BTreeSet<(u64, TxId)>,
    used: PerLane<Load>,
    /// The blocks that are not applied yet, as of the last proposal.
    pending: Vec<Arc<VerifiedBlock>>,
    /// Numbers arrivals and turns.
    ticks: u64,
    settled: u64,
}

impl Waiting {
    pub(super) fn insert(&mut self, tx: &Arc<VerifiedTx>) -> Inserted {
        if self.entries.contains_key(&tx.signed().id()) {
            return Inserted::Known;
        }
        let item = Item::new(tx, self.tick());
        if !self.has_room(item.lane, item.wire.len()) {
            return Inserted::Full;
        }
        let signer = self.signers.entry(item.signer).or_default();
        // Never so for a signer that has just been entered.
        if signer.waiting >= self.bounds.of_signer {
            return Inserted::SignerFull;
        }
        signer.waiting = signer.waiting.saturating_add(1);
        let used = self.used.of_mut(item.lane);
        *used = used.with(item.wire.len());
        self.by_expiry.insert((item.valid_until, item.id));
        let aside = self.pending.iter().any(|block| block.contains(&item.id));
        let (id, item) = (item.id, Arc::new(item));
        self.entries.insert(id, Entry { item: Arc::clone(&item), aside });
        if !aside {
            self.make_ready(&item);
        }
        Inserted::New
    }

    /// Whether a lane may grow: the others keep what they use, and what is reserved for them.
    fn has_room(&self, lane: Lane, bytes: usize) -> bool {
        let others = Lane::ALL.into_iter().filter(|other| *other != lane);
        let kept = others.fold(Load::default(), |sum, other| {
            sum.plus(self.used.of(other).max(other.reserve(self.bounds.pool)))
        });
        self.used.of(lane).with(bytes).fits(self.bounds.pool.minus(kept))
    }

    pub(super) fn settle(&mut self, done: impl IntoIterator<Item = TxId>, time_ms: u64) -> Vec<TxId> {
        self.settled = self.settled.saturating_add(1);
        for id in done {
            self.remove(&id);
        }
        let mut expired = Vec::new();
        while let Some((valid_until, id)) = self.by_expiry.first().copied() {
            if valid_until >= time_ms {
                break;
            }
            self.remove(&id);
            expired.push(id);
        }
        expired
    }

    fn remove(&mut self, id: &TxId) {
        let Some(Entry { item, aside }) = self.entries.remove(id) else { return };
        self.by_expiry.remove(&(item.valid_until, item.id));
        let used = self.used.of_mut(item.lane);
        *used = used.without(item.wire.len());
        if !aside {
            self.take(&item);
        }
        if let Some(signer) = self.signers.get_mut(&item.signer) {
            signer.waiting = signer.waiting.saturating_sub(1);
            if signer.waiting == 0 {
                self.signers.remove(&item.signer);
            }
        }
    }

    /// Sets aside what is in `pending`, and takes back what was in a block that is not there any more.
    pub(super) fn set_aside(&mut self, pending: &[Arc<VerifiedBlock>]) {
        let has = |blocks: &[Arc<VerifiedBlock>], block: &VerifiedBlock| {
            blocks.iter().any(|other| other.digest() == block.digest())
        };
        let before = std::mem::replace(&mut self.pending, pending.to_vec());
        for block in before.iter().filter(|block| !has(pending, block)) {
            block.ids().for_each(|id| self.turn_aside(&id, false));
        }
        for block in pending.iter().filter(|block| !has(&before, block)) {
            block.ids().for_each(|id| self.turn_aside(&id, true));
        }
    }

    fn turn_aside(&mut self, id: &TxId, aside: bool) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        if entry.aside == aside {
            return;
        }
        entry.aside = aside;
        let item = Arc::clone(&entry.item);
        if aside {
            self.take(&item);
        } else {
            self.make_ready(&item);
        }
    }

    fn make_ready(&mut self, item: &Arc<Item>) {
        if let Some(signer) = self.signers.get_mut(&item.signer) {
            signer.ready(Arc::clone(item));
            line_up(&mut self.lines, signer, item.signer);
        }
    }

    /// Takes a transaction out of what may be proposed. Its signer goes to the back of the line.
    fn take(&mut self, item: &Item) {
        let turn = self.tick();
        if let Some(signer) = self.signers.get_mut(&item.signer)
            && signer.take(item.arrival)
        {
            signer.turn = turn;
            line_up(&mut self.lines, signer, item.signer);
        }
    }

    fn tick(&mut self) -> u64 {
        self.ticks = self.ticks.saturating_add(1);
        self.ticks
    }

    pub(super) fn signer(&self, id: &CertId) -> Option<&Signer> {
        self.signers.get(id)
    }

    pub(super) const fn line(&self, lane: Lane) -> &BTreeMap<u64, CertId> {
        self.lines.of(lane)
    }

    pub(super) fn contains(&self, id: &TxId) -> bool {
        self.entries.contains_key(id)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        Lane::ALL.into_iter().fold(0, |sum, lane| sum.saturating_add(self.used.of(lane).bytes))
    }

    pub(super) const fn settled(&self) -> u64 {
        self.settled
    }
}

/// Puts a signer in line where its first ready transaction belongs.
fn line_up(lines: &mut PerLane<BTreeMap<u64, CertId>>, signer: &mut Signer, id: CertId) {
    if let Some((lane, turn)) = signer.in_line.take() {
        lines.of_mut(lane).remove(&turn);
    }
    if let Some(first) = signer.ready.first() {
        lines.of_mut(first.lane).insert(signer.turn, id);
        signer.in_line = Some((first.lane, signer.turn));
    }
}

#[cfg(test)]
impl Waiting {
    /// Whether every index says the same; used by tests after each step.
    pub(super) fn is_consistent(&self) -> bool {
        let ready: usize = self.signers.values().map(|signer| signer.ready.len()).sum();
        let waiting: usize = self.signers.values().map(|signer| signer.waiting).sum();
        let in_line: usize = Lane::ALL.into_iter().map(|lane| self.lines.of(lane).len()).sum();
        let used = Lane::ALL.into_iter().fold(Load::default(), |sum, lane| sum.plus(*self.used.of(lane)));
        let aside = self.entries.values().filter(|entry| entry.aside).count();
        waiting == self.entries.len()
            && ready + aside == waiting
            && used.count == waiting
            && used.bytes == self.entries.values().map(|entry| entry.item.wire.len()).sum::<usize>()
            && self.by_expiry.len() == waiting
            && in_line == self.signers.values().filter(|signer| !signer.ready.is_empty()).count()
            && self.signers.values().all(|signer| signer.waiting > 0)
    }
}
