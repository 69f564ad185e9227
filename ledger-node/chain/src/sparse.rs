//! The hash rules of the state tree, as published (`score/proof.cddl`): the one place in this program that knows them.
//!
//! The tree is binary over SHA-256 of the keys, highest bit first. A subtree without leaves hashes to [`EMPTY`], one with a single
//! leaf to that leaf, any other to its two halves.

use sha2::block_api::compress256;

use crate::Hash;

/// Hash of a subtree without leaves.
pub const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// Longest way to the root: one step a bit of the key's hash.
pub const MAX_DEPTH: usize = 256;

/// A leaf, of SHA-256 of its key and of its value.
pub fn leaf(key: &Hash, value: &Hash) -> [u8; 32] {
    pair(b"JMT::LeafNode", key, value)
}

/// A node of its two children.
pub fn node(left: &Hash, right: &Hash) -> [u8; 32] {
    pair(b"JMT::IntrnalNode", left, right)
}

/// The state in which SHA-256 begins (FIPS 180-4, 5.3.3).
const BEGIN: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 of the three parts. Half of all work on the tree is this, and the message is always two blocks long: it is put in place
/// with its padding (FIPS 180-4, 5.1.1) and compressed, without a buffer that would have to expect anything.
fn pair<const N: usize>(domain: &[u8; N], first: &Hash, second: &Hash) -> [u8; 32] {
    const { assert!(N <= 23, "with the bit that ends it and its length, the message must fit two blocks") };
    let mut blocks = [[0; 64]; 2];
    let message = blocks.as_flattened_mut();
    let (head, rest) = message.split_at_mut(N);
    let (left, rest) = rest.split_at_mut(32);
    let (right, rest) = rest.split_at_mut(32);
    head.copy_from_slice(domain);
    left.copy_from_slice(first);
    right.copy_from_slice(second);
    if let [end, .., high, low] = rest {
        // 8 (N + 64) < 1,024
        let bits = N.saturating_add(64).saturating_mul(8);
        *end = 0x80;
        [*high, *low] = u16::try_from(bits).unwrap_or(u16::MAX).to_be_bytes();
    }
    let mut state = BEGIN;
    compress256(&mut state, &blocks);
    let mut hash = [0; 32];
    for (bytes, word) in hash.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

/// Bit `at` of a key's hash, from the highest of the first byte on.
pub fn bit(key: &Hash, at: usize) -> bool {
    let byte = key.get(at / 8).copied().unwrap_or(0);
    byte.rotate_left(u32::try_from(at % 8).unwrap_or(0)) & 0x80 != 0
}

/// Leaves or changes in order of key, as those on the left and on the right below a node at `depth`.
pub fn halves<T>(all: &[T], depth: usize, key: impl Fn(&T) -> &Hash) -> (&[T], &[T]) {
    let middle = all.partition_point(|one| !bit(key(one), depth));
    all.split_at_checked(middle).unwrap_or((all, &[]))
}

/// The root above a leaf (or above an empty place) where `key` belongs, with its siblings from the lowest up.
/// `None` if there are more siblings than levels.
pub fn climb<'a>(
    leaf_of: Option<(&Hash, &Hash)>,
    key: &Hash,
    siblings: impl ExactSizeIterator<Item = &'a Hash>,
) -> Option<Hash> {
    if siblings.len() > MAX_DEPTH {
        return None;
    }
    let mut hash = leaf_of.map_or(EMPTY, |(key, value)| leaf(key, value));
    let depths = (0..siblings.len()).rev();
    for (sibling, depth) in siblings.zip(depths) {
        hash = if bit(key, depth) { node(sibling, &hash) } else { node(&hash, sibling) };
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn a_pair_is_hashed_as_the_library_hashes_it() {
        for round in 0..50u8 {
            let first: [u8; 32] = Sha256::digest([round]).into();
            let second: [u8; 32] = Sha256::digest([round, 1]).into();
            let whole = |domain: &[u8]| Sha256::digest([domain, &first, &second].concat());
            assert_eq!(node(&first, &second).as_slice(), whole(b"JMT::IntrnalNode").as_slice());
            assert_eq!(leaf(&first, &second).as_slice(), whole(b"JMT::LeafNode").as_slice());
        }
    }
}
