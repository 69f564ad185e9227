//! A leaf, which is also a row of the leaves' table, and what leaves in order hash to.

use dure_score::ids::sha256;

use dure_chain::sparse;

use super::damage::corrupt;
use crate::store::{Batch, StoreError, Table};

/// SHA-256 of a state key, and of the value under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leaf {
    /// Of the key.
    pub key: [u8; 32],
    /// Of the value.
    pub value: [u8; 32],
}

impl Leaf {
    /// Of an entry of the state.
    pub fn of(key: &[u8], value: &[u8]) -> Self {
        Self { key: sha256(&[key]), value: sha256(&[value]) }
    }

    /// From a row of the table.
    pub(super) fn from_row(key: &[u8], value: &[u8]) -> Result<Self, StoreError> {
        match (key.try_into(), value.try_into()) {
            (Ok(key), Ok(value)) => Ok(Self { key, value }),
            _ => Err(corrupt("a leaf is not of its length")),
        }
    }

    /// Its hash in the tree.
    pub fn hash(&self) -> [u8; 32] {
        sparse::leaf(&self.key, &self.value)
    }
}

/// A leaf's new value, or `None` for its removal.
pub(super) type Change = ([u8; 32], Option<[u8; 32]>);

/// Puts the rows of changed leaves into `batch`.
pub(super) fn put_rows(changes: &[Change], batch: &mut Batch) {
    for (key, value) in changes {
        match value {
            Some(value) => batch.put(Table::Leaves, *key, *value),
            None => batch.delete(Table::Leaves, *key),
        }
    }
}

/// What a subtree whose root is at `depth` hashes to, if it holds `leaves`, which are in order of key.
pub(super) fn hash(leaves: &[Leaf], depth: usize) -> [u8; 32] {
    match leaves {
        [] => sparse::EMPTY,
        [leaf] => leaf.hash(),
        _ => {
            let (left, right) = sparse::halves(leaves, depth, |leaf| &leaf.key);
            let below = depth.saturating_add(1);
            sparse::node(&hash(left, below), &hash(right, below))
        }
    }
}

/// `old` after `changes`; both and the result are in order of key. `before` gets what each change replaces.
pub(super) fn merge(old: &[Leaf], changes: &[Change], before: &mut Vec<Change>) -> Vec<Leaf> {
    let mut merged = Vec::with_capacity(old.len().saturating_add(changes.len()));
    let mut rest = old;
    for (key, value) in changes {
        let end = rest.partition_point(|leaf| leaf.key < *key);
        let (kept, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        merged.extend_from_slice(kept);
        let (same, after) = match after.split_first() {
            Some((first, after)) if first.key == *key => (Some(first.value), after),
            _ => (None, after),
        };
        before.push((*key, same));
        merged.extend(value.map(|value| Leaf { key: *key, value }));
        rest = after;
    }
    merged.extend_from_slice(rest);
    merged
}
