//! The way from a key's place up to the root: what a proof shows.

use dure_chain::sparse;
use std::collections::BTreeMap;

use dure_score::{Hash32, ids::sha256};

use super::{
    arena::{Arena, Kind, Ref},
    damage::corrupt,
    history::Before,
    leaf::{self, Leaf},
    prefix::Prefix,
};
use crate::store::{Read, Run, StoreError, Table};

/// The way from a key's place up to the root of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The leaf at that place, as SHA-256 of its key and of its value; another key's, or none, if the key is
    /// absent.
    pub leaf: Option<([u8; 32], [u8; 32])>,
    /// Hashes beside the way, lowest first.
    pub siblings: Vec<Hash32>,
}

impl Path {
    /// SHA-256 of the value under `key`; `None` if the key is absent.
    pub fn value_of(&self, key: &[u8]) -> Option<[u8; 32]> {
        self.leaf.filter(|(leaf, _)| *leaf == sha256(&[key])).map(|(_, value)| value)
    }
}

/// The upper part of a way: down to a bucket, or to an empty place.
pub(super) struct Upper {
    /// Hashes beside the way, highest first.
    siblings: Vec<[u8; 32]>,
    place: Prefix,
    bucket: Option<Bucket>,
}

/// What the tree has of the bucket in which a way ends.
struct Bucket {
    leaves: usize,
    hash: [u8; 32],
}

/// Follows `key` from `root` down.
pub(super) fn descend(arena: &Arena, root: Ref, key: &[u8; 32]) -> Result<Upper, StoreError> {
    let mut upper = Upper { siblings: Vec::new(), place: Prefix::default(), bucket: None };
    let mut at = root;
    while at != Ref::EMPTY {
        let node = arena.get(at)?;
        match node.kind() {
            Kind::Bucket(leaves, _) => {
                upper.bucket = Some(Bucket { leaves, hash: node.hash });
                break;
            }
            Kind::Inner(left, right) => {
                let beside = if sparse::bit(key, upper.place.depth()) { left } else { right };
                at = if beside == left { right } else { left };
                let hash = if beside == Ref::EMPTY { sparse::EMPTY } else { arena.get(beside)?.hash };
                upper.siblings.push(hash);
                upper.place = upper.place.toward(key);
            }
        }
    }
    Ok(upper)
}

impl Upper {
    /// The whole way. `before` leads from the leaves in `read` back to those of the version, newest first.
    pub(super) fn complete(
        mut self,
        read: &dyn Read,
        before: &[Before],
        key: &[u8; 32],
    ) -> Result<Path, StoreError> {
        let mut leaves = Vec::new();
        if let Some(bucket) = &self.bucket {
            leaves = former(read, &self.place, bucket.leaves, before)?;
            if leaf::hash(&leaves, self.place.depth()) != bucket.hash {
                return Err(corrupt("leaves on disk are not those of the tree"));
            }
        }
        let mut rest = leaves.as_slice();
        while rest.len() > 1 {
            let depth = self.place.depth();
            let (left, right) = sparse::halves(rest, depth, |leaf| &leaf.key);
            let (mine, beside) = if sparse::bit(key, depth) { (right, left) } else { (left, right) };
            self.place = self.place.toward(key);
            self.siblings.push(leaf::hash(beside, self.place.depth()));
            rest = mine;
        }
        let leaf = rest.first().map(|leaf| (leaf.key, leaf.value));
        Ok(Path { leaf, siblings: self.siblings.into_iter().rev().map(Hash32::new).collect() })
    }
}

/// The leaves at `place`, so many then, before the blocks whose lists are `before`.
fn former(
    read: &dyn Read,
    place: &Prefix,
    leaves: usize,
    before: &[Before],
) -> Result<Vec<Leaf>, StoreError> {
    let lists: Vec<_> = before.iter().map(|list| place.part(list)).collect();
    // A change has added one leaf at most.
    let limit = lists.iter().fold(leaves, |limit, list| limit.saturating_add(list.len()));
    let (mut found, mut failed) = (BTreeMap::new(), None);
    read.runs(
        Table::Leaves,
        &[Run { from: place.first(), limit }],
        &mut |_, key, value| match Leaf::from_row(key, value) {
            Ok(leaf) if place.covers(&leaf.key) => drop(found.insert(leaf.key, leaf.value)),
            Ok(_) => {}
            Err(error) => failed = Some(error),
        },
    )?;
    if let Some(error) = failed {
        return Err(error);
    }
    for (key, value) in lists.into_iter().flatten() {
        match value {
            Some(value) => found.insert(*key, *value),
            None => found.remove(key),
        };
    }
    Ok(found.into_iter().map(|(key, value)| Leaf { key, value }).collect())
}
