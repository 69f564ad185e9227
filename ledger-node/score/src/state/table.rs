//! Where the entry of a key stands: a hash table whose entries lie one after the other in the order of their coming.
//!
//! Entries stay where they are, so that a place is a name for one, and nobody can see the order of the hashes. The hash is
//! keyed anew for each table: whoever chooses order numbers cannot make them collide. No entry is ever taken out; what
//! is gone is said by its value.

use std::hash::{BuildHasher, RandomState};

use crate::key::KeyBytes;

/// Slots of the smallest table: a dry run touches a dozen records.
const FEWEST: usize = 32;

/// The low half of a slot: one more than a place.
const PLACE: u64 = 0xffff_ffff;

/// Entries by key.
#[derive(Clone, Debug)]
pub(super) struct Table<V> {
    seeds: [u64; 6],
    /// Zero where nothing is, else half a hash and one more than a place. At most half of them are taken.
    slots: Vec<u64>,
    entries: Vec<(KeyBytes, V)>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        let random = RandomState::new();
        let seeds = [0u8, 1, 2, 3, 4, 5].map(|number| random.hash_one(number));
        Self { seeds, slots: vec![0; FEWEST], entries: Vec::new() }
    }
}

impl<V> Table<V> {
    /// The place of a key's entry.
    #[inline]
    pub(super) fn find(&self, key: &KeyBytes) -> Option<usize> {
        let hash = self.hash(key);
        let mut at = hash;
        // Half of the slots are free, so that this ends.
        loop {
            let slot = *self.slots.get(self.wrapped(at))?;
            if slot == 0 {
                return None;
            }
            if slot >> 32 == hash {
                let place = place(slot);
                if self.entries.get(place).is_some_and(|(known, _)| known == key) {
                    return Some(place);
                }
            }
            at = at.wrapping_add(1);
        }
    }

    /// Enters a key that [`Self::find`] does not find.
    pub(super) fn add(&mut self, key: KeyBytes, value: V) -> usize {
        if self.entries.len().saturating_mul(2) >= self.slots.len() {
            self.grow();
        }
        let place = self.entries.len();
        let hash = self.hash(&key);
        // Four thousand million entries do not fit into memory.
        self.take(hash << 32 | u64::try_from(place).unwrap_or(PLACE).saturating_add(1).min(PLACE));
        self.entries.push((key, value));
        place
    }

    /// The place of a key's entry, which is `fresh` if there was none.
    #[inline]
    pub(super) fn find_or_add(&mut self, key: &KeyBytes, fresh: impl FnOnce() -> V) -> usize {
        match self.find(key) {
            Some(place) => place,
            None => self.add(*key, fresh()),
        }
    }

    /// The value at a place.
    #[inline]
    pub(super) fn get(&self, place: usize) -> Option<&V> {
        self.entries.get(place).map(|(_, value)| value)
    }

    /// The value at a place, to change.
    #[inline]
    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut V> {
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// All entries, in the order of their coming.
    pub(super) const fn entries(&self) -> &[(KeyBytes, V)] {
        self.entries.as_slice()
    }

    /// The entries that `which` admits, in order of key.
    pub(super) fn sorted(&self, which: impl Fn(&KeyBytes, &V) -> bool) -> Vec<&(KeyBytes, V)> {
        let chosen = self.entries.iter().filter(|(key, value)| which(key, value));
        // Most keys differ in their first word; only where they do not, the whole key is fetched.
        let mut order: Vec<(u64, &(KeyBytes, V))> =
            chosen.map(|entry| (entry.0.first_word(), entry)).collect();
        order.sort_unstable_by(|(word, entry), (other, with)| {
            word.cmp(other).then_with(|| entry.0.cmp(&with.0))
        });
        order.into_iter().map(|(_, entry)| entry).collect()
    }

    fn take(&mut self, slot: u64) {
        let mut at = slot >> 32;
        loop {
            let free = self.wrapped(at);
            match self.slots.get_mut(free) {
                Some(empty) if *empty == 0 => {
                    *empty = slot;
                    return;
                }
                Some(_) => at = at.wrapping_add(1),
                None => return,
            }
        }
    }

    fn grow(&mut self) {
        let larger = vec![0; self.slots.len().saturating_mul(4)];
        for slot in std::mem::replace(&mut self.slots, larger) {
            if slot != 0 {
                self.take(slot);
            }
        }
    }

    /// The number of slots is a power of two.
    #[inline]
    fn wrapped(&self, at: u64) -> usize {
        usize::try_from(at).unwrap_or_default() & self.slots.len().wrapping_sub(1)
    }

    /// 32 bits of the key: three multiplications that do not wait for one another, of words that nobody outside knows.
    #[inline]
    fn hash(&self, key: &KeyBytes) -> u64 {
        let [a, b, c, d, e, f] = key.words();
        let [s, t, u, v, w, x] = self.seeds;
        let mixed = folded(a ^ s, b ^ t)
            ^ folded(c ^ u, d ^ v).rotate_left(21)
            ^ folded(e ^ w, f ^ x).rotate_left(42);
        folded(mixed ^ t, s | 1) >> 32
    }
}

#[inline]
fn place(slot: u64) -> usize {
    usize::try_from((slot & PLACE).wrapping_sub(1)).unwrap_or(usize::MAX)
}

/// Both halves of the product, one over the other.
#[inline]
fn folded(a: u64, b: u64) -> u64 {
    let (low, high) = a.carrying_mul(b, 0);
    low ^ high
}
