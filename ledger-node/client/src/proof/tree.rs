//! The two Merkle trees: a block's receipts (RFC 9162), and the state (a sparse tree over SHA-256 of each key).

use dure_score::{Hash32, ids::sha256};

use super::{Neighbour, ProofError, Step};

/// What stands for an empty subtree of the state.
const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// Levels of the state tree: the bits of a hashed key.
const DEPTH: usize = 256;

/// Levels of a receipts tree: a block has far fewer than 2^32 receipts.
const MAX_STEPS: usize = 32;

/// The receipts root to which `steps` lead from `receipt`.
pub(super) fn receipts_root(receipt: &[u8], steps: &[Step]) -> Result<Hash32, ProofError> {
    if steps.len() > MAX_STEPS {
        return Err(ProofError::LongPath);
    }
    let root = steps.iter().fold(sha256(&[&[0x00], receipt]), |hash, step| {
        let beside = step.hash.as_bytes();
        if step.left { sha256(&[&[0x01], beside, &hash]) } else { sha256(&[&[0x01], &hash, beside]) }
    });
    Ok(Hash32::new(root))
}

/// The state root under which `key` has `value`.
pub(super) fn root_with(key: &[u8], value: &[u8], siblings: &[Hash32]) -> Result<Hash32, ProofError> {
    let key = sha256(&[key]);
    climb(&key, leaf(&key, &sha256(&[value])), siblings)
}

/// The state root under which there is nothing at `key`.
pub(super) fn root_without(
    key: &[u8],
    neighbour: Option<&Neighbour>,
    siblings: &[Hash32],
) -> Result<Hash32, ProofError> {
    let key = sha256(&[key]);
    let Some(other) = neighbour else { return climb(&key, EMPTY, siblings) };
    // The neighbour stands alone in the subtree where the key would be: they part below it.
    let shared = key_bits(&key).zip(key_bits(other.key.as_bytes())).take_while(|(a, b)| a == b).count();
    if shared < siblings.len() || shared == DEPTH {
        return Err(ProofError::Neighbour);
    }
    climb(&key, leaf(other.key.as_bytes(), other.value.as_bytes()), siblings)
}

fn leaf(key: &[u8; 32], value: &[u8; 32]) -> [u8; 32] {
    sha256(&[b"JMT::LeafNode", key, value])
}

/// From `hash`, as many levels below the root as there are siblings, up to the root.
fn climb(key: &[u8; 32], hash: [u8; 32], siblings: &[Hash32]) -> Result<Hash32, ProofError> {
    if siblings.len() > DEPTH {
        return Err(ProofError::LongPath);
    }
    let turns: Vec<bool> = key_bits(key).take(siblings.len()).collect();
    let root = siblings.iter().zip(turns.iter().rev()).fold(hash, |hash, (sibling, right)| {
        let (left, right) = if *right { (sibling.as_bytes(), &hash) } else { (&hash, sibling.as_bytes()) };
        sha256(&[b"JMT::IntrnalNode", left, right])
    });
    Ok(Hash32::new(root))
}

/// The bits of a hashed key, from the root down; set means right.
fn key_bits(key: &[u8; 32]) -> impl Iterator<Item = bool> {
    key.iter().flat_map(|byte| (0..8u8).rev().map(move |bit| byte >> bit & 1 == 1))
}
