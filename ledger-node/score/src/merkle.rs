//! Receipts root of a block: the Merkle tree hash of RFC 9162 §2.1.1 with SHA-256, so that a browser can
//! verify a path with WebCrypto alone.

use ct_merkle::{HashableLeaf, mem_backed_tree::MemoryBackedTree};
use sha2::{Sha256, digest::Update};

use crate::ids::Hash32;

struct Leaf(Vec<u8>);

impl HashableLeaf for Leaf {
    fn hash<H: Update>(&self, hasher: &mut H) {
        hasher.update(&self.0);
    }
}

/// The root over `leaves` in order; the hash of nothing for an empty block.
pub fn root(leaves: impl IntoIterator<Item = Vec<u8>>) -> Hash32 {
    let mut tree = MemoryBackedTree::<Sha256, Leaf>::new();
    leaves.into_iter().for_each(|leaf| tree.push(Leaf(leaf)));
    Hash32::new((*tree.root().as_bytes()).into())
}
