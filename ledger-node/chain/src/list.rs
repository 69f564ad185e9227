//! The Merkle tree of RFC 9162 section 2.1 over a list, with SHA-256: over a block's items, and over its receipts.
//!
//! A leaf is `H(0x00 || item)`, a node is `H(0x01 || left || right)`, the root of nothing is `H("")`. The
//! two prefixes keep a leaf from ever being read as a node, so an item cannot be forged out of two hashes.

use crate::{Hash, sha256};

const LEAF: [u8; 1] = [0x00];
const NODE: [u8; 1] = [0x01];

/// A node beside the way from a leaf up: whether it stands on the left, and its hash.
pub type Beside = (bool, Hash);

/// Root over `items` in their order.
///
/// Folding level by level and carrying an odd last node up unchanged gives exactly the tree that the RFC
/// defines by recursion (split at the largest power of two below the length).
pub fn root<T: AsRef<[u8]>>(items: &[T]) -> Hash {
    let mut level: Vec<Hash> = items.iter().map(|item| leaf(item.as_ref())).collect();
    while level.len() > 1 {
        level = level.chunks(2).filter_map(fold).collect();
    }
    level.first().copied().unwrap_or_else(|| sha256(&[]))
}

/// The nodes beside the way from leaf `index` up (RFC 9162 section 2.1.3), lowest first, and the root. `None` if there is no such leaf.
pub fn path<'a>(items: impl Iterator<Item = &'a [u8]>, index: usize) -> Option<(Vec<Beside>, Hash)> {
    let mut level: Vec<Hash> = items.map(leaf).collect();
    let mut at = index;
    level.get(at)?;
    let mut beside_way = Vec::new();
    // Each level halves: at most 64 of them, whatever the number of leaves.
    while level.len() > 1 {
        let left = at % 2 == 1;
        let beside = if left { at.checked_sub(1) } else { at.checked_add(1) };
        // The last node of an odd level has nothing beside it and moves up as it is.
        if let Some(hash) = beside.and_then(|beside| level.get(beside)) {
            beside_way.push((left, *hash));
        }
        level = level.chunks(2).filter_map(fold).collect();
        at /= 2;
    }
    Some((beside_way, *level.first()?))
}

/// The root to which `path` leads from `item`.
pub fn climb(item: &[u8], path: impl Iterator<Item = Beside>) -> Hash {
    path.fold(leaf(item), |hash, (left, beside)| {
        if left { sha256(&[&NODE, &beside, &hash]) } else { sha256(&[&NODE, &hash, &beside]) }
    })
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
            assert_eq!(root(&items[..n]), naive(&items[..n]), "{n} items");
        }
    }

    #[test]
    fn every_leaf_of_every_small_list_leads_to_the_root() {
        for count in 1..40u8 {
            let leaves: Vec<Vec<u8>> = (0..count).map(|leaf| vec![leaf; usize::from(leaf)]).collect();
            for (index, leaf) in leaves.iter().enumerate() {
                let (path, found) = path(leaves.iter().map(Vec::as_slice), index).unwrap();
                assert_eq!(
                    (found, climb(leaf, path.into_iter())),
                    (root(&leaves), root(&leaves)),
                    "{index} of {count}"
                );
            }
            assert!(path(leaves.iter().map(Vec::as_slice), leaves.len()).is_none());
        }
    }

    #[test]
    fn empty_root_is_the_hash_of_nothing() {
        let none: [&[u8]; 0] = [];
        assert_eq!(
            hex::encode(root(&none)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
