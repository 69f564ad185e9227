//! Leaves of buckets that changed lately, within a budget of bytes.
//!
//! All of it can be read from the table of leaves again, so that what is here or not decides how fast a block is, and nothing else.
//! Who has to leave is found as by a clock: the hand passes over those that were put in since it last came by.

use super::{arena::Ref, leaf::Leaf};

/// What an entry takes beside its leaves, bytes: its slot and what the allocator adds.
const OVERHEAD: usize = 56;

#[derive(Debug)]
struct Entry {
    owner: Ref,
    leaves: Vec<Leaf>,
    fresh: bool,
}

/// The cache.
#[derive(Debug)]
pub(super) struct Cache {
    slots: Vec<Option<Entry>>,
    free: Vec<u32>,
    bytes: usize,
    budget: usize,
    hand: usize,
}

impl Cache {
    /// Holds at most `budget` bytes.
    pub(super) const fn new(budget: usize) -> Self {
        Self { slots: Vec::new(), free: Vec::new(), bytes: 0, budget, hand: 0 }
    }

    /// The leaves in a slot.
    pub(super) fn get(&self, slot: u32) -> Option<&[Leaf]> {
        let slot = usize::try_from(slot).ok()?;
        self.slots.get(slot)?.as_ref().map(|entry| entry.leaves.as_slice())
    }

    /// Whether a bucket of so many leaves fits without another leaving.
    pub(super) const fn has_room(&self, leaves: usize) -> bool {
        self.bytes.saturating_add(size(leaves)) <= self.budget
    }

    /// Has the leaves in a slot fetched; the answer says nothing.
    pub(super) fn touch(&self, slot: u32) -> u8 {
        let first = self.get(slot).and_then(<[Leaf]>::first);
        first.map_or(0, |leaf| leaf.value.first().copied().unwrap_or(0))
    }

    /// Puts in the leaves of `owner`; returns the slot. Afterwards [`Cache::shrink`].
    pub(super) fn put(&mut self, owner: Ref, leaves: Vec<Leaf>) -> Option<u32> {
        self.bytes = self.bytes.saturating_add(size(leaves.capacity()));
        let entry = Some(Entry { owner, leaves, fresh: true });
        if let Some(slot) = self.free.pop() {
            *self.slots.get_mut(usize::try_from(slot).ok()?)? = entry;
            return Some(slot);
        }
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(entry);
        Some(slot)
    }

    /// Forgets a slot; returns whose it was.
    pub(super) fn remove(&mut self, slot: u32) -> Option<Ref> {
        let entry = self.slots.get_mut(usize::try_from(slot).ok()?)?.take()?;
        self.bytes = self.bytes.saturating_sub(size(entry.leaves.capacity()));
        self.free.push(slot);
        Some(entry.owner)
    }

    /// Makes one entry leave if there is more than the budget; returns whose. The hand goes round at most twice.
    pub(super) fn shrink(&mut self) -> Option<Ref> {
        if self.bytes <= self.budget {
            return None;
        }
        for _ in 0..self.slots.len().saturating_mul(2) {
            let at = self.hand;
            self.hand = at.saturating_add(1);
            if self.hand >= self.slots.len() {
                self.hand = 0;
            }
            match self.slots.get_mut(at) {
                Some(Some(entry)) if entry.fresh => entry.fresh = false,
                Some(Some(_)) => return self.remove(u32::try_from(at).ok()?),
                _ => {}
            }
        }
        None
    }

    /// Bytes that are held.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Of an entry with room for so many leaves.
const fn size(leaves: usize) -> usize {
    leaves.saturating_mul(size_of::<Leaf>()).saturating_add(OVERHEAD)
}
