//! Transactions that wait for a block: bounded, without duplicates, fair to every signer, payments first.
//!
//! Signers take turns, in the pool's order and within a block, so that a busy one (a merchant's till, a bank) delays nobody but
//! itself; each signer's own transactions keep their order. Under load payments go ahead ([`Lane`]), and the other lanes keep a
//! share of each block and of the pool. What is in a block that is not applied yet is set aside, not searched again.
//!
//! Nothing that waits is ever pushed out: it leaves when it is in a final block or can be in none any more.

mod bounds;
mod draft;
mod lane;
#[cfg(test)]
mod model;
mod signer;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod waiting;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use dure_score::{TxId, VerifiedTx};
use parking_lot::Mutex;

pub use bounds::{MAX_BYTES, MAX_PER_SIGNER, MAX_PROPOSED, MAX_PROPOSED_BYTES, MAX_TRANSACTIONS};
pub use lane::Lane;
pub(crate) use signer::wire_of;
pub use waiting::Inserted;

use crate::{ingress::signatures::VerifiedBlock, measure};
use draft::Draft;
use waiting::Waiting;

/// The waiting transactions.
#[derive(Default)]
pub struct Pool {
    waiting: Mutex<Waiting>,
    held: AtomicBool,
}

impl Pool {
    /// Lets a transaction wait. The caller knows that it is in no block.
    pub fn insert(&self, tx: &Arc<VerifiedTx>) -> Inserted {
        let mut waiting = self.waiting.lock();
        let inserted = waiting.insert(tx);
        measure_pool(&waiting);
        inserted
    }

    /// How many blocks have been settled. Who has looked a transaction up in the ledger after it took this number may
    /// [`insert`](Pool::insert_since) it as long as the number is the same.
    pub fn settled(&self) -> u64 {
        self.waiting.lock().settled()
    }

    /// Lets transactions wait, unless a block was settled since the number was taken: then `None`, and the caller looks again.
    /// So nothing ever waits that is in an applied block.
    pub fn insert_since(&self, settled: u64, txs: &[&Arc<VerifiedTx>]) -> Option<Vec<Inserted>> {
        let mut waiting = self.waiting.lock();
        if waiting.settled() != settled {
            return None;
        }
        let inserted = txs.iter().map(|tx| waiting.insert(tx)).collect();
        measure_pool(&waiting);
        Some(inserted)
    }

    /// While held, nothing is proposed: what waits goes on waiting, and blocks of ours are empty.
    pub fn hold(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
    }

    /// Whether the pool is held.
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }

    /// Whether something waits that may be proposed.
    pub fn has_work(&self) -> bool {
        !self.is_held() && !self.is_empty()
    }

    /// Whether a transaction waits.
    pub fn contains(&self, id: &TxId) -> bool {
        self.waiting.lock().contains(id)
    }

    /// Whether each of them waits, in its place.
    pub fn contains_each<'a>(&self, ids: impl IntoIterator<Item = &'a TxId>) -> Vec<bool> {
        let waiting = self.waiting.lock();
        ids.into_iter().map(|id| waiting.contains(id)).collect()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.lock().len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next transactions for a block at `time_ms` on top of `pending`, the blocks that are not applied yet: without those that
    /// are in one of these, without expired ones, and without those that are valid for longer than a block of that time may hold
    /// (these go on waiting). The work grows with what is taken and with what is new in `pending`, not with the pool.
    pub fn propose(&self, time_ms: u64, pending: &[Arc<VerifiedBlock>]) -> Vec<Bytes> {
        if self.is_held() {
            return Vec::new();
        }
        let mut waiting = self.waiting.lock();
        waiting.set_aside(pending);
        Draft::new(&waiting, time_ms).fill()
    }

    /// Forgets those that are in a block now, and those that can be in no block after `time_ms`; the latter are returned.
    pub fn settle(&self, done: impl IntoIterator<Item = TxId>, time_ms: u64) -> Vec<TxId> {
        let mut waiting = self.waiting.lock();
        let expired = waiting.settle(done, time_ms);
        measure_pool(&waiting);
        expired
    }
}

fn measure_pool(waiting: &Waiting) {
    measure::mempool(waiting.len(), waiting.bytes());
}
