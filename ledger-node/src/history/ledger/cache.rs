//! Records of the state that the last blocks read, kept in memory for the next: accounts that pay again, shops, series.
//!
//! It belongs to the one writer and holds what the store holds, never more: a block's changes reach it after the write, and
//! only records that were read are kept, so that what is written once and not looked at again takes no place.

use std::cell::RefCell;

use dure_score::state::Changes;

use crate::{
    state::hashed::HashMap,
    store::{Pair, Read, Run, StoreError, Table, Take},
};

/// Bytes of all records at most: some hundred thousand accounts.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// What a record takes beside its key and value, bytes: the map's slot, two allocations, and a few bytes by which it may grow.
const AROUND: usize = 128;

/// Records in two generations: whatever was not asked for while one half filled goes. Bounded, and cheap to keep.
#[derive(Debug)]
pub(super) struct Cache {
    limit: usize,
    young: HashMap<Vec<u8>, Vec<u8>>,
    old: HashMap<Vec<u8>, Vec<u8>>,
    young_bytes: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self::new(MAX_BYTES)
    }
}

impl Cache {
    /// Holds records of `limit` bytes at most, or a single one.
    fn new(limit: usize) -> Self {
        Self { limit, young: HashMap::default(), old: HashMap::default(), young_bytes: 0 }
    }

    fn get(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.insert(key, value.clone());
        Some(value)
    }

    fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.young_bytes = self.young_bytes.saturating_add(key.len()).saturating_add(value.len());
        self.young_bytes = self.young_bytes.saturating_add(AROUND);
        self.young.insert(key, value);
        if self.young_bytes > self.limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
    }

    /// Takes over what the store has just taken over.
    pub(super) fn commit(&mut self, changes: &Changes) {
        for (key, value) in changes.iter() {
            // Whatever is in one half is not in the other.
            let half = if self.young.contains_key(key) { &mut self.young } else { &mut self.old };
            match (value, half.get_mut(key)) {
                (_, None) => {}
                (Some(value), Some(known)) => value.clone_into(known),
                (None, Some(_)) => drop(half.remove(key)),
            }
        }
    }
}

/// A view of the store as the writer reads it: state through the cache.
pub(super) struct Cached<'a> {
    view: &'a dyn Read,
    cache: RefCell<&'a mut Cache>,
}

impl<'a> Cached<'a> {
    /// `view` is the newest state, which `cache` is of as well.
    pub(super) const fn new(view: &'a dyn Read, cache: &'a mut Cache) -> Self {
        Self { view, cache: RefCell::new(cache) }
    }
}

impl Read for Cached<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if table != Table::State {
            return self.view.get(table, key);
        }
        let known = self.cache.borrow_mut().get(key);
        if known.is_some() {
            return Ok(known);
        }
        let value = self.view.get(table, key)?;
        if let Some(value) = &value {
            self.cache.borrow_mut().insert(key.to_vec(), value.clone());
        }
        Ok(value)
    }

    fn get_many(&self, table: Table, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.view.get_many(table, keys)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.view.scan(table, prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.view.scan_from(table, from, limit)
    }

    fn runs(&self, table: Table, runs: &[Run<'_>], take: &mut Take<'_>) -> Result<(), StoreError> {
        self.view.runs(table, runs, take)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::store::{Batch, MemoryStore, Store as _};

    fn bytes(cache: &Cache) -> usize {
        let records = cache.young.iter().chain(&cache.old);
        records.map(|(key, value)| key.len() + value.len() + AROUND).sum()
    }

    #[test]
    fn it_reads_as_the_store_does_block_after_block_within_its_bound() {
        let random = &mut StdRng::seed_from_u64(3);
        let store = MemoryStore::default();
        let mut cache = Cache::new(4_096);
        let (mut hits, mut full) = (0, 0);
        for block in 0..400u32 {
            let view = store.view();
            let before = Cached::new(&*view, &mut cache);
            let mut changes = Vec::new();
            for _ in 0..20 {
                let key = vec![random.random_range(0..40u8)];
                let known = before.cache.borrow_mut().get(&key);
                hits += u32::from(known.is_some());
                let stored = store.get(Table::State, &key).unwrap();
                assert_eq!(before.get(Table::State, &key).unwrap(), stored);
                assert!(known.is_none() || known == stored);
                let value = random.random_bool(0.8).then(|| block.to_be_bytes().to_vec());
                if random.random_bool(0.5) {
                    changes.push((key, value));
                }
            }
            drop(view);
            let changes: Changes = changes.into_iter().collect();
            // Every seventh block cannot be written: what was read for it stays true.
            if block % 7 != 0 {
                let mut batch = Batch::default();
                for (key, value) in changes.iter() {
                    match value {
                        Some(value) => batch.put(Table::State, key, value),
                        None => batch.delete(Table::State, key),
                    }
                }
                store.write(batch).unwrap();
                cache.commit(&changes);
            }
            full = full.max(bytes(&cache));
        }
        assert!(hits > 1_000, "{hits} hits");
        assert!((2_048..=4_096 + AROUND + 5).contains(&full), "{full} bytes");
    }
}
