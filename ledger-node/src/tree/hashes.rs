//! The hash rules of the state tree, as published: the one place in this program that knows them.
//!
//! The tree is binary over SHA-256 of the keys, highest bit first. A subtree without leaves hashes to [`EMPTY`], one with a single
//! leaf to that leaf, any other to its two halves.

use dure_score::Hash32;
use sha2::{Digest as _, Sha256};

/// Hash of a subtree without leaves.
pub const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// Longest way to the root: one step a bit of the key's hash.
pub const MAX_DEPTH: usize = 256;

/// A leaf, of SHA-256 of its key and of its value.
pub fn leaf(key: &[u8; 32], value: &[u8; 32]) -> [u8; 32] {
    pair(b"JMT::LeafNode", key, value)
}

/// A node of its two children.
pub fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    pair(b"JMT::IntrnalNode", left, right)
}

/// One buffer is hashed faster than three parts one after the other, and half of all work on the tree is this.
fn pair<const N: usize>(domain: &[u8; N], first: &[u8; 32], second: &[u8; 32]) -> [u8; 32] {
    let mut bytes = [0; 80];
    let (head, rest) = bytes.split_at_mut(N);
    let (left, right) = rest.split_at_mut(32);
    let (right, _) = right.split_at_mut(32);
    head.copy_from_slice(domain);
    left.copy_from_slice(first);
    right.copy_from_slice(second);
    Sha256::digest(bytes.get(..N.saturating_add(64)).unwrap_or(&bytes)).into()
}

/// Bit `at` of a key's hash, from the highest of the first byte on.
pub fn bit(key: &[u8; 32], at: usize) -> bool {
    let byte = key.get(at / 8).copied().unwrap_or(0);
    byte.rotate_left(u32::try_from(at % 8).unwrap_or(0)) & 0x80 != 0
}

/// Leaves or changes in order of key, as those on the left and on the right below a node at `depth`.
pub fn halves<T>(all: &[T], depth: usize, key: impl Fn(&T) -> &[u8; 32]) -> (&[T], &[T]) {
    let middle = all.partition_point(|one| !bit(key(one), depth));
    all.split_at_checked(middle).unwrap_or((all, &[]))
}

/// The root above a leaf (or above an empty place) where `key` belongs, with its siblings from the lowest up.
pub fn climb(leaf_of: Option<(&[u8; 32], &[u8; 32])>, key: &[u8; 32], siblings: &[Hash32]) -> Option<Hash32> {
    if siblings.len() > MAX_DEPTH {
        return None;
    }
    let mut hash = leaf_of.map_or(EMPTY, |(key, value)| leaf(key, value));
    for (sibling, depth) in siblings.iter().zip((0..siblings.len()).rev()) {
        let sibling = sibling.as_bytes();
        hash = if bit(key, depth) { node(sibling, &hash) } else { node(&hash, sibling) };
    }
    Some(Hash32::new(hash))
}
