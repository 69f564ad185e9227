//! The hashes of the state tree, by the published format alone: a copy is checked without the tree that made it.
//!
//! The tree is binary over SHA-256 of the keys, highest bit first. A subtree without leaves hashes to [`EMPTY`], one with a single
//! leaf to that leaf, any other to its two halves.

use dure_score::{Hash32, ids::sha256};

/// Hash of a subtree without leaves.
pub const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// Longest way to the root: one step a bit of the key's hash.
const MAX_SIBLINGS: usize = 256;

/// A leaf, of SHA-256 of its key and of its value.
pub fn leaf(key: &[u8; 32], value: &[u8; 32]) -> [u8; 32] {
    sha256(&[b"JMT::LeafNode", key, value])
}

/// A node of its two children.
pub fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    sha256(&[b"JMT::IntrnalNode", left, right])
}

/// Bit `at` of a key's hash, from the highest of the first byte on.
pub fn bit(key: &[u8; 32], at: usize) -> bool {
    let byte = key.get(at / 8).copied().unwrap_or(0);
    byte.rotate_left(u32::try_from(at % 8).unwrap_or(0)) & 0x80 != 0
}

/// The root above a leaf (or above an empty place) where `key` belongs, with its siblings from the lowest up.
pub fn climb(leaf_of: Option<(&[u8; 32], &[u8; 32])>, key: &[u8; 32], siblings: &[Hash32]) -> Option<Hash32> {
    if siblings.len() > MAX_SIBLINGS {
        return None;
    }
    let mut hash = leaf_of.map_or(EMPTY, |(key, value)| leaf(key, value));
    for (sibling, depth) in siblings.iter().zip((0..siblings.len()).rev()) {
        let sibling = sibling.as_bytes();
        hash = if bit(key, depth) { node(sibling, &hash) } else { node(&hash, sibling) };
    }
    Some(Hash32::new(hash))
}
