//! Places that are counted by who holds them: so many for one, so many for all together.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::Mutex;

/// Places for holders of kind `K`. A place is given back when it is dropped.
pub(super) struct Places<K> {
    each: usize,
    all: usize,
    held: Mutex<Held<K>>,
}

struct Held<K> {
    by: HashMap<K, usize>,
    total: usize,
}

impl<K: Hash + Eq + Clone> Places<K> {
    /// `each` places for one holder, `all` for all of them.
    pub(super) fn new(each: usize, all: usize) -> Self {
        Self { each, all, held: Mutex::new(Held { by: HashMap::new(), total: 0 }) }
    }

    /// A place, if there is one. What is remembered is bounded by `all`.
    pub(super) fn take(self: &Arc<Self>, holder: K) -> Option<Place<K>> {
        let mut held = self.held.lock();
        let own = held.by.get(&holder).copied().unwrap_or_default();
        if own >= self.each || held.total >= self.all {
            return None;
        }
        held.total = held.total.saturating_add(1);
        held.by.insert(holder.clone(), own.saturating_add(1));
        Some(Place { places: Arc::clone(self), holder })
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

/// One place.
pub(super) struct Place<K: Hash + Eq + Clone> {
    places: Arc<Places<K>>,
    holder: K,
}

impl<K: Hash + Eq + Clone> Drop for Place<K> {
    fn drop(&mut self) {
        self.places.give_back(&self.holder);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nobody_takes_more_than_their_own_and_a_place_comes_back() {
        let places = Arc::new(Places::new(2, 3));
        let first = places.take("a").unwrap();
        let _second = places.take("a").unwrap();
        assert!(places.take("a").is_none(), "a has its two");
        let other = places.take("b").unwrap();
        assert!(places.take("c").is_none(), "all three are taken");
        drop(other);
        drop(first);
        let again = places.take("a").unwrap();
        assert!(places.take("a").is_none());
        drop((again, _second));
        assert!(places.held.lock().by.is_empty(), "who holds nothing is forgotten");
        assert_eq!(places.held.lock().total, 0);
    }
}
