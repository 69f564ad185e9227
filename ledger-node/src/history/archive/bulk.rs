//! Writes state and leaves of the state tree of a whole snapshot at once.
//!
//! Leaves come in order of key's *hash* to the store, a large part at a time: a table that is filled in order is not sorted again
//! and again on disk. The root is then found by one pass over what was written, as it is whenever a ledger is opened.

use dure_score::Hash32;

use super::ArchiveError;
use crate::{
    state::tree::{Leaf, root_on_disk},
    store::{Batch, Store, StoreError, Table},
};

/// Bytes that are written at once.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Leaves that are sorted at once: 256 MB.
const SORTED: usize = 4 * 1024 * 1024;

/// Most entries: opening a ledger of so many takes a gigabyte for the tree above them.
pub(super) const MAX_ENTRIES: u64 = 200_000_000;

/// Writes entries into a store that nobody uses yet. Nothing of it is durable before [`Store::flush`].
pub(crate) struct Loader<'a> {
    store: &'a dyn Store,
    batch: Batch,
    bytes: usize,
    leaves: Vec<Leaf>,
    entries: u64,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(store: &'a dyn Store) -> Self {
        Self { store, batch: Batch::default(), bytes: 0, leaves: Vec::new(), entries: 0 }
    }

    /// An entry of the state.
    pub(crate) fn entry(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), ArchiveError> {
        if self.entries == MAX_ENTRIES {
            return Err(ArchiveError::TooLarge(MAX_ENTRIES));
        }
        self.entries = self.entries.saturating_add(1);
        self.leaves.push(Leaf::of(&key, &value));
        if self.leaves.len() >= SORTED {
            self.sort()?;
        }
        Ok(self.put(Table::State, key, value)?)
    }

    /// Anything else.
    pub(crate) fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.bytes = self.bytes.saturating_add(key.len()).saturating_add(value.len());
        self.batch.put(table, key, value);
        if self.bytes >= BATCH_BYTES { self.write() } else { Ok(()) }
    }

    /// Writes what is left of the leaves. Returns the root over all of them and the number of entries.
    pub(crate) fn tree(&mut self) -> Result<(Hash32, u64), StoreError> {
        self.sort()?;
        self.write()?;
        root_on_disk(self.store)
    }

    /// Writes what waits.
    pub(crate) fn write(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        self.store.load(std::mem::take(&mut self.batch))
    }

    fn sort(&mut self) -> Result<(), StoreError> {
        let mut leaves = std::mem::take(&mut self.leaves);
        leaves.sort_unstable();
        leaves
            .drain(..)
            .try_for_each(|leaf| self.put(Table::Leaves, leaf.key.to_vec(), leaf.value.to_vec()))?;
        self.leaves = leaves;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        state::tree::StateTree,
        store::{MemoryStore, Read as _},
    };
    use dure_score::state::Changes;

    /// The same rows and root as those of a tree that grows, and it goes on from them.
    #[test]
    fn equals_the_tree_of_one_block() {
        for count in [0u32, 1, 2, 17, 300, 5_000] {
            let entries =
                (0..count).map(|n| (n.to_be_bytes().to_vec(), vec![7; usize::try_from(n % 90).unwrap()]));
            let (bulk, grown) = (MemoryStore::default(), MemoryStore::default());
            let mut loader = Loader::new(&bulk);
            entries.clone().for_each(|(key, value)| loader.entry(key, value).unwrap());
            let (root, found) = loader.tree().unwrap();
            let changes: Changes = entries.map(|(key, value)| (key, Some(value))).collect();
            let prepared = StateTree::empty(0).prepare(&grown, 9, &changes).unwrap();
            let mut batch = Batch::default();
            prepared.put_rows(&mut batch);
            grown.write(batch).unwrap();
            assert_eq!((root, found), (prepared.root(), count.into()), "{count} entries");
            let rows = |store: &MemoryStore| store.scan(Table::Leaves, b"", usize::MAX).unwrap();
            assert_eq!(rows(&bulk), rows(&grown), "{count} entries");
            StateTree::open(&bulk, 9, root, 0).unwrap();
        }
    }
}
