//! Builds state and state tree of a whole snapshot at once.
//!
//! The tree's nodes are written as if one block had put every leaf, in the very bytes in which [`crate::tree`] stores them, so that
//! the next block goes on from there. One pass over sorted leaves hashes each node once.

use dure_score::{Hash32, ids::sha256};

use super::{ArchiveError, hashes};
use crate::store::{Batch, Store, StoreError, Table};

/// Bytes that are written at once.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Most entries: their hashes, 64 bytes each, are sorted in memory (1.3 GB).
pub(super) const MAX_ENTRIES: u64 = 20_000_000;

/// SHA-256 of a key, and of its value.
type Leaf = ([u8; 32], [u8; 32]);

/// Writes entries into a store that nobody uses yet. Nothing of it is durable before [`Store::flush`].
pub(super) struct Loader<'a> {
    store: &'a dyn Store,
    batch: Batch,
    bytes: usize,
    leaves: Vec<Leaf>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        Self { store, batch: Batch::default(), bytes: 0, leaves: Vec::new() }
    }

    /// An entry of the state.
    pub(super) fn entry(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), ArchiveError> {
        self.leaves.push((sha256(&[&key]), sha256(&[&value])));
        if u64::try_from(self.leaves.len()).unwrap_or(u64::MAX) > MAX_ENTRIES {
            return Err(ArchiveError::TooLarge(MAX_ENTRIES));
        }
        Ok(self.put(Table::State, key, value)?)
    }

    /// Anything else.
    pub(super) fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.bytes = self.bytes.saturating_add(key.len()).saturating_add(value.len());
        self.batch.put(table, key, value);
        if self.bytes >= BATCH_BYTES { self.write() } else { Ok(()) }
    }

    /// Builds the tree of all entries as the version of block `height`. Returns its root and the number of entries.
    pub(super) fn tree(&mut self, height: u64) -> Result<(Hash32, u64), StoreError> {
        let mut leaves = std::mem::take(&mut self.leaves);
        leaves.sort_unstable();
        let count = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        let mut builder = Builder { loader: self, version: height };
        let top = builder.subtree(&leaves, &mut Vec::new())?;
        Ok((Hash32::new(top.hash), count))
    }

    /// Writes what waits.
    pub(super) fn write(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        self.store.load(std::mem::take(&mut self.batch))
    }
}

struct Builder<'l, 'a> {
    loader: &'l mut Loader<'a>,
    version: u64,
}

/// A node as its parent holds it: no leaves is the empty tree, one is a leaf.
#[derive(Clone, Copy)]
struct Child {
    hash: [u8; 32],
    leaves: u64,
}

impl Builder<'_, '_> {
    /// Writes the node over `leaves`, all of which begin with `path` (one nibble a byte), and everything below it.
    fn subtree(&mut self, leaves: &[Leaf], path: &mut Vec<u8>) -> Result<Child, StoreError> {
        match leaves {
            [] => {
                // Only the root of an empty tree is ever written like this.
                self.write(path, vec![0])?;
                Ok(Child { hash: hashes::EMPTY, leaves: 0 })
            }
            [(key, value)] => {
                self.write(path, [&[2], key.as_slice(), value].concat())?;
                Ok(Child { hash: hashes::leaf(key, value), leaves: 1 })
            }
            _ => self.inner(leaves, path),
        }
    }

    fn inner(&mut self, leaves: &[Leaf], path: &mut Vec<u8>) -> Result<Child, StoreError> {
        let depth = path.len();
        let mut children: [Option<Child>; 16] = [None; 16];
        let mut rest = leaves;
        for (nibble, slot) in (0u8..).zip(&mut children) {
            let end = rest.partition_point(|(key, _)| nibble_at(key, depth) <= nibble);
            let (mine, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = after;
            if !mine.is_empty() {
                path.push(nibble);
                *slot = Some(self.subtree(mine, path)?);
                path.pop();
            }
        }
        let count = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        self.write(path, inner_bytes(&children, self.version, count))?;
        Ok(Child { hash: inner_hash(&children), leaves: count })
    }

    fn write(&mut self, path: &[u8], node: Vec<u8>) -> Result<(), StoreError> {
        let mut key = self.version.to_be_bytes().to_vec();
        let bytes: Vec<u8> = path.chunks(2).map(pack).collect();
        key.extend_from_slice(&u64::try_from(path.len()).unwrap_or(u64::MAX).to_le_bytes());
        key.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        key.extend_from_slice(&bytes);
        self.loader.put(Table::Tree, key, node)
    }
}

/// An inner node as the tree stores it: kind 1, sixteen optional children (hash, version, kind with its number of leaves), the number
/// of children, the number of leaves; integers little-endian.
fn inner_bytes(children: &[Option<Child>; 16], version: u64, leaves: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 * 50 + 17);
    out.push(1);
    for child in children {
        let Some(child) = child else {
            out.push(0);
            continue;
        };
        out.push(1);
        out.extend_from_slice(&child.hash);
        out.extend_from_slice(&version.to_le_bytes());
        if child.leaves == 1 {
            out.push(0);
        } else {
            out.push(1);
            out.extend_from_slice(&child.leaves.to_le_bytes());
        }
    }
    let count = children.iter().flatten().count();
    out.extend_from_slice(&u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
    out.extend_from_slice(&leaves.to_le_bytes());
    out
}

/// The four levels of binary nodes below an inner node. A leaf that is alone under a node stands for it.
fn inner_hash(children: &[Option<Child>]) -> [u8; 32] {
    let mut present = children.iter().flatten();
    match (present.next(), present.next()) {
        (None, _) => return hashes::EMPTY,
        (Some(only), None) if only.leaves == 1 || children.len() == 1 => return only.hash,
        _ => {}
    }
    let (left, right) = children.split_at_checked(children.len() / 2).unwrap_or((children, &[]));
    hashes::node(&inner_hash(left), &inner_hash(right))
}

fn nibble_at(key: &[u8; 32], depth: usize) -> u8 {
    let byte = key.get(depth / 2).copied().unwrap_or(0);
    if depth.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f }
}

fn pack(nibbles: &[u8]) -> u8 {
    match nibbles {
        [high, low] => (high << 4) | low,
        [high] => high << 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        store::{MemoryStore, Read as _},
        tree,
    };
    use dure_score::state::Changes;

    /// The bytes are those of the tree that grows block by block, and it goes on from them. (A ledger's state is never empty.)
    #[test]
    fn equals_the_tree_of_one_block_node_by_node() {
        for count in [1u32, 2, 3, 17, 300, 5_000] {
            let entries =
                (0..count).map(|n| (n.to_be_bytes().to_vec(), vec![7; usize::try_from(n % 90).unwrap()]));
            let (bulk, grown) = (MemoryStore::default(), MemoryStore::default());
            let mut loader = Loader::new(&bulk);
            entries.clone().for_each(|(key, value)| loader.entry(key, value).unwrap());
            let (root, found) = loader.tree(9).unwrap();
            loader.write().unwrap();
            let changes: Changes = entries.map(|(key, value)| (key, Some(value))).collect();
            let mut batch = Batch::default();
            let expected = tree::update(&grown, 9, &changes, &mut batch).unwrap();
            grown.write(batch).unwrap();
            assert_eq!((root, found), (expected, count.into()), "{count} entries");
            let nodes = |store: &MemoryStore| store.scan(Table::Tree, b"", usize::MAX).unwrap();
            assert_eq!(nodes(&bulk), nodes(&grown), "{count} entries");
        }
    }
}
