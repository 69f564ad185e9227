//! What a chain of headers commits to, as arithmetic: the Merkle tree over a [`list`] (a block's items, its receipts), the [`sparse`]
//! Merkle tree over the state, and [`epoch`]s.
//!
//! It stands beneath consensus, contract, proofs and node, so that each rule stands once. It knows no block, no transaction
//! and no key.
#![forbid(unsafe_code)]

pub mod epoch;
pub mod list;
pub mod sparse;

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
