//! Transactions that wait for a block: bounded, without duplicates, in order of arrival (and so in each signer's own order).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use dure_score::{CertId, TxId, VerifiedTx, limits::MAX_VALIDITY_MS};
use parking_lot::Mutex;

use crate::measure;

/// Most transactions that wait: half a minute of full blocks; more could not be paid within their validity on a busy day.
pub const MAX_TRANSACTIONS: usize = 50_000;

/// Most bytes that wait.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Most transactions of one signer that wait: as many as its nonce window has room for, so that nobody fills the pool alone.
pub const MAX_PER_SIGNER: usize = 128;

/// Most transactions of a block: every validator checks and applies them well within a second, and their receipts
/// stay small enough to be read and sent as one (the largest has about 128 lots).
pub const MAX_PROPOSED: usize = 1_000;

/// Most bytes of a block; the engine could carry more, but smaller ones travel faster.
pub const MAX_PROPOSED_BYTES: usize = 2 * 1024 * 1024;

/// What became of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It waits now.
    New,
    /// It was waiting already.
    Known,
    /// There is no room.
    Full,
}

/// The waiting transactions.
#[derive(Default)]
pub struct Pool {
    inner: Mutex<Inner>,
    held: AtomicBool,
}

#[derive(Default)]
struct Inner {
    arrivals: u64,
    waiting: BTreeMap<u64, Waiting>,
    by_id: HashMap<TxId, u64>,
    by_expiry: BTreeSet<(u64, u64)>,
    by_signer: HashMap<CertId, usize>,
    bytes: usize,
}

struct Waiting {
    id: TxId,
    signer: CertId,
    valid_until: u64,
    wire: Bytes,
}

impl Pool {
    /// Lets a transaction wait.
    pub fn insert(&self, tx: &Arc<VerifiedTx>) -> Inserted {
        let signed = tx.signed();
        let mut inner = self.inner.lock();
        if inner.by_id.contains_key(&signed.id()) {
            return Inserted::Known;
        }
        let bytes = inner.bytes.saturating_add(signed.wire().len());
        if inner.waiting.len() >= MAX_TRANSACTIONS || bytes > MAX_BYTES {
            return Inserted::Full;
        }
        let signer = signed.transaction().signer;
        let own = inner.by_signer.entry(signer).or_default();
        if *own >= MAX_PER_SIGNER {
            return Inserted::Full;
        }
        *own = own.saturating_add(1);
        let arrival = inner.arrivals;
        let valid_until = signed.transaction().valid_until;
        let wire = Bytes::copy_from_slice(signed.wire());
        inner.arrivals = arrival.saturating_add(1);
        inner.bytes = bytes;
        inner.by_id.insert(signed.id(), arrival);
        inner.by_expiry.insert((valid_until, arrival));
        inner.waiting.insert(arrival, Waiting { id: signed.id(), signer, valid_until, wire });
        measure::mempool(inner.waiting.len(), inner.bytes);
        Inserted::New
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
        self.inner.lock().by_id.contains_key(id)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.inner.lock().waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first transactions for a block at `time_ms`, without those of `taken`, without expired ones, and without those that are
    /// valid for longer than a block of that time may hold: these go on waiting.
    pub fn propose(&self, time_ms: u64, taken: &HashSet<TxId>) -> Vec<Bytes> {
        let mut items = Vec::new();
        if self.is_held() {
            return items;
        }
        let inner = self.inner.lock();
        let mut bytes = 0usize;
        let in_time = time_ms..=time_ms.saturating_add(MAX_VALIDITY_MS);
        for waiting in inner.waiting.values() {
            if !in_time.contains(&waiting.valid_until) || taken.contains(&waiting.id) {
                continue;
            }
            bytes = bytes.saturating_add(waiting.wire.len());
            if items.len() >= MAX_PROPOSED || bytes > MAX_PROPOSED_BYTES {
                break;
            }
            items.push(waiting.wire.clone());
        }
        items
    }

    /// Forgets those that are in a block, and those that can be in no block after `time_ms`.
    pub fn settle(&self, done: impl IntoIterator<Item = TxId>, time_ms: u64) {
        let mut inner = self.inner.lock();
        for id in done {
            if let Some(arrival) = inner.by_id.get(&id).copied() {
                inner.remove(arrival);
            }
        }
        while let Some((valid_until, arrival)) = inner.by_expiry.first().copied() {
            if valid_until >= time_ms {
                break;
            }
            inner.remove(arrival);
        }
        measure::mempool(inner.waiting.len(), inner.bytes);
    }
}

impl Inner {
    fn remove(&mut self, arrival: u64) {
        if let Some(gone) = self.waiting.remove(&arrival) {
            self.by_id.remove(&gone.id);
            self.by_expiry.remove(&(gone.valid_until, arrival));
            self.bytes = self.bytes.saturating_sub(gone.wire.len());
            if let Entry::Occupied(mut own) = self.by_signer.entry(gone.signer) {
                *own.get_mut() = own.get().saturating_sub(1);
                if *own.get() == 0 {
                    own.remove();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::{
        Call, ChainId, PublicKey, Transaction, call::CertificateRevoke, ids::CertId, signature::SigningKey,
    };

    fn tx(nonce: u64, valid_until: u64) -> Arc<VerifiedTx> {
        let (chain, key) = (ChainId::new("test-1").unwrap(), SigningKey::from_seed([7; 32]));
        let signer = PublicKey::certificate_id(&key.public_key(), &chain);
        let call = Call::CertificateRevoke(CertificateRevoke { certificate: CertId::new([1; 16]) });
        let signed = Transaction { chain: chain.clone(), signer, nonce, valid_until, call }.sign(&key);
        Arc::new(signed.verify(&chain).unwrap())
    }

    #[test]
    fn keeps_order_refuses_duplicates_forgets_what_is_done_or_expired() {
        let pool = Pool::default();
        let txs: Vec<_> = (1..=5).map(|nonce| tx(nonce, 100 + nonce)).collect();
        for tx in txs.iter().rev() {
            assert_eq!(pool.insert(tx), Inserted::New);
            assert_eq!(pool.insert(tx), Inserted::Known);
        }
        let wires = |indexes: &[usize]| -> Vec<Bytes> {
            let wire = |i: &usize| Bytes::copy_from_slice(txs.get(*i).unwrap().signed().wire());
            indexes.iter().map(wire).collect()
        };
        let taken = HashSet::from([txs.get(3).unwrap().signed().id()]);
        assert_eq!(pool.propose(103, &taken), wires(&[4, 2]));
        pool.hold(true);
        assert!(pool.propose(103, &taken).is_empty() && !pool.has_work());
        pool.hold(false);
        pool.settle([txs.get(4).unwrap().signed().id()], 103);
        assert_eq!(pool.propose(0, &HashSet::new()), wires(&[3, 2]));
        pool.settle([], 1_000);
        assert!(pool.is_empty());
        assert_eq!(pool.inner.lock().bytes, 0);
    }

    #[test]
    fn what_is_valid_for_too_long_waits_until_it_is_not() {
        let pool = Pool::default();
        let end = 5_000 + MAX_VALIDITY_MS;
        pool.insert(&tx(1, end));
        let proposed = |time_ms| pool.propose(time_ms, &HashSet::new()).len();
        assert_eq!([4_999, 5_000, end, end + 1].map(proposed), [0, 1, 1, 0]);
        assert_eq!(pool.len(), 1);
    }

    #[test]
    fn one_signer_cannot_fill_the_pool() {
        let pool = Pool::default();
        for nonce in 1..=128 {
            assert_eq!(pool.insert(&tx(nonce, 500)), Inserted::New);
        }
        assert_eq!(pool.insert(&tx(129, 500)), Inserted::Full);
        pool.settle([tx(1, 500).signed().id()], 0);
        assert_eq!(pool.insert(&tx(129, 500)), Inserted::New);
        pool.settle([], 1_000);
        assert!(pool.inner.lock().by_signer.is_empty());
    }
}
