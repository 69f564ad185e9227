//! Slots that are counted by who holds them: so many for one, so many for all together.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::Mutex;

/// Slots for holders of kind `K`. A slot is given back when it is dropped.
pub(super) struct Slots<K> {
    each: usize,
    all: usize,
    held: Mutex<Held<K>>,
}

struct Held<K> {
    by: HashMap<K, usize>,
    total: usize,
}

impl<K: Hash + Eq + Clone> Slots<K> {
    /// `each` slots for one holder, `all` for all of them.
    pub(super) fn new(each: usize, all: usize) -> Self {
        Self { each, all, held: Mutex::new(Held { by: HashMap::new(), total: 0 }) }
    }

    /// A slot, if there is one. What is remembered is bounded by `all`.
    pub(super) fn take(self: &Arc<Self>, holder: K) -> Option<Slot<K>> {
        let mut held = self.held.lock();
        let own = held.by.get(&holder).copied().unwrap_or_default();
        if own >= self.each || held.total >= self.all {
            return None;
        }
        held.total = held.total.saturating_add(1);
        held.by.insert(holder.clone(), own.saturating_add(1));
        Some(Slot { slots: Arc::clone(self), holder })
    }

    fn give_back(&self, holder: &K) {
        let mut held = self.held.lock();
        held.total = held.total.saturating_sub(1);
        let left = held.by.get(holder).map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            held.by.remove(holder);
        } else if let Some(own) = held.by.get_mut(holder) {
            *own = left;
        }
    }
}

/// One slot.
pub(super) struct Slot<K: Hash + Eq + Clone> {
    slots: Arc<Slots<K>>,
    holder: K,
}

impl<K: Hash + Eq + Clone> Drop for Slot<K> {
    fn drop(&mut self) {
        self.slots.give_back(&self.holder);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nobody_takes_more_than_their_own_and_a_place_comes_back() {
        let slots = Arc::new(Slots::new(2, 3));
        let first = slots.take("a").unwrap();
        let _second = slots.take("a").unwrap();
        assert!(slots.take("a").is_none(), "a has its two");
        let other = slots.take("b").unwrap();
        assert!(slots.take("c").is_none(), "all three are taken");
        drop(other);
        drop(first);
        let again = slots.take("a").unwrap();
        assert!(slots.take("a").is_none());
        drop((again, _second));
        assert!(slots.held.lock().by.is_empty(), "who holds nothing is forgotten");
        assert_eq!(slots.held.lock().total, 0);
    }
}
