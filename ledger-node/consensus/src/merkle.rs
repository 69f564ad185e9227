//! The Merkle tree of RFC 9162 section 2.1 over a block's items, with SHA-256.
//!
//! A leaf is `H(0x00 || item)`, a node is `H(0x01 || left || right)`, the root of nothing is `H("")`. The
//! two prefixes keep a leaf from ever being read as a node, so an item cannot be forged out of two hashes.

use sha2::{Digest as _, Sha256};

use crate::Hash;

const LEAF: [u8; 1] = [0x00];
const NODE: [u8; 1] = [0x01];

/// Root over `items` in their order; 32 bytes.
///
/// Folding level by level and carrying an odd last node up unchanged gives exactly the tree that the RFC
/// defines by recursion (split at the largest power of two below the length).
pub fn items_root<T: AsRef<[u8]>>(items: &[T]) -> Hash {
    let mut level: Vec<Hash> = items.iter().map(|item| leaf(item.as_ref())).collect();
    while level.len() > 1 {
        level = level.chunks(2).filter_map(fold).collect();
    }
    level.first().copied().unwrap_or_else(|| sha256(&[]))
}

fn leaf(item: &[u8]) -> Hash {
    sha256(&[&LEAF, item])
}

fn fold(pair: &[Hash]) -> Option<Hash> {
    match pair {
        [left, right] => Some(sha256(&[&NODE, left, right])),
        [alone] => Some(*alone),
        _ => None,
    }
}

/// SHA-256 over the concatenation of `parts`.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    /// The definition in the RFC, word for word: recursion on the largest power of two below `n`.
    fn naive(items: &[Vec<u8>]) -> Hash {
        match items.len() {
            0 => sha256(&[]),
            1 => leaf(&items[0]),
            n => {
                let mut k = 1;
                while k * 2 < n {
                    k *= 2;
                }
                sha256(&[&NODE, &naive(&items[..k]), &naive(&items[k..])])
            }
        }
    }

    #[test]
    fn equals_the_recursive_definition_for_every_small_size() {
        let items: Vec<Vec<u8>> = (0..130u8).map(|i| vec![i; usize::from(i % 7)]).collect();
        for n in 0..items.len() {
            assert_eq!(items_root(&items[..n]), naive(&items[..n]), "{n} items");
        }
    }

    #[test]
    fn empty_root_is_the_hash_of_nothing() {
        let none: [&[u8]; 0] = [];
        assert_eq!(
            hex::encode(items_root(&none)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
