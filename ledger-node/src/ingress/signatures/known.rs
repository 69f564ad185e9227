//! What was verified, by wire bytes: two generations of the newest, and whatever somebody still works with.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::Arc,
};

use dure_score::VerifiedTx;

use crate::state::hashed::HashSet;

/// Transactions of one generation. Two generations of small ones take about 50 MB.
const GENERATION: usize = 16_384;

/// Wire bytes of one generation, so that large transactions do not take more.
const GENERATION_BYTES: usize = 8 * 1024 * 1024;

/// A verified transaction that is found by its wire bytes. The set compares them whole: a collision of hashes is a miss.
struct ByWire(Arc<VerifiedTx>);

impl ByWire {
    fn wire(&self) -> &[u8] {
        self.0.signed().wire()
    }
}

impl Borrow<[u8]> for ByWire {
    fn borrow(&self) -> &[u8] {
        self.wire()
    }
}

impl Hash for ByWire {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wire().hash(state);
    }
}

impl PartialEq for ByWire {
    fn eq(&self, other: &Self) -> bool {
        self.wire() == other.wire()
    }
}

impl Eq for ByWire {}

/// The memory.
#[derive(Default)]
pub(super) struct Known {
    young: HashSet<ByWire>,
    old: HashSet<ByWire>,
    young_bytes: usize,
    /// Of `young`, what was kept because it is in use: that is bounded where it is used (the pool, unapplied blocks).
    kept: usize,
}

impl Known {
    pub(super) fn get(&self, wire: &[u8]) -> Option<Arc<VerifiedTx>> {
        self.young.get(wire).or_else(|| self.old.get(wire)).map(|known| Arc::clone(&known.0))
    }

    pub(super) fn insert(&mut self, tx: &Arc<VerifiedTx>) {
        let fresh = self.young.len().saturating_sub(self.kept);
        if fresh >= GENERATION || self.young_bytes >= GENERATION_BYTES {
            self.age();
        }
        self.young_bytes = self.young_bytes.saturating_add(tx.signed().wire().len());
        self.young.insert(ByWire(Arc::clone(tx)));
    }

    /// Forgets the old generation, but for what waits in the pool or in a block: that will be met again.
    fn age(&mut self) {
        let old = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
        self.young = old.into_iter().filter(|known| Arc::strong_count(&known.0) > 1).collect();
        self.kept = self.young.len();
        self.young_bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingress::pool::testing::payment;

    #[test]
    fn what_is_in_use_is_never_forgotten_and_the_rest_is() {
        let mut known = Known::default();
        let (held, free) = (payment(1, 1, 500), payment(1, 2, 500));
        let free_wire = free.signed().wire().to_vec();
        known.insert(&held);
        known.insert(&free);
        drop(free);
        for _ in 0..2 {
            assert!(known.get(&free_wire).is_some());
            known.age();
        }
        assert!(known.get(&free_wire).is_none());
        for _ in 0..5 {
            assert!(Arc::ptr_eq(&known.get(held.signed().wire()).unwrap(), &held));
            known.age();
        }
    }
}
