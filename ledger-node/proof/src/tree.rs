//! The two Merkle trees: a block's receipts (RFC 9162), and the state (a sparse tree over SHA-256 of each key).

use dure_chain::{list, sparse};
use dure_score::{Hash32, ids::sha256};

use crate::{Neighbour, ProofError, Step};

/// Levels of a receipts tree: a block has far fewer than 2^32 receipts.
const MAX_STEPS: usize = 32;

/// The root over a block's receipts, canonical bytes each, in their order.
pub fn receipts_root<T: AsRef<[u8]>>(receipts: &[T]) -> Hash32 {
    Hash32::new(list::root(receipts))
}

/// The receipts root to which `steps` lead from `receipt`.
pub(crate) fn root_over(receipt: &[u8], steps: &[Step]) -> Result<Hash32, ProofError> {
    if steps.len() > MAX_STEPS {
        return Err(ProofError::LongPath);
    }
    Ok(Hash32::new(list::climb(receipt, steps.iter().map(|step| (step.left, *step.hash.as_bytes())))))
}

/// The state root under which `key` has `value`.
pub(crate) fn root_with(key: &[u8], value: &[u8], siblings: &[Hash32]) -> Result<Hash32, ProofError> {
    let key = sha256(&[key]);
    climb(Some((&key, &sha256(&[value]))), &key, siblings)
}

/// The state root under which there is nothing at `key`.
pub(crate) fn root_without(
    key: &[u8],
    neighbour: Option<&Neighbour>,
    siblings: &[Hash32],
) -> Result<Hash32, ProofError> {
    let key = sha256(&[key]);
    let Some(other) = neighbour else { return climb(None, &key, siblings) };
    // The neighbour stands alone in the subtree where the key would be: they part below it.
    let bit = |key: &[u8; 32], at: &usize| sparse::bit(key, *at);
    let same = |at: &usize| bit(&key, at) == bit(other.key.as_bytes(), at);
    let shared = (0..sparse::MAX_DEPTH).take_while(same).count();
    if shared < siblings.len() || shared == sparse::MAX_DEPTH {
        return Err(ProofError::Neighbour);
    }
    climb(Some((other.key.as_bytes(), other.value.as_bytes())), &key, siblings)
}

fn climb(
    leaf: Option<(&[u8; 32], &[u8; 32])>,
    key: &[u8; 32],
    siblings: &[Hash32],
) -> Result<Hash32, ProofError> {
    let root = sparse::climb(leaf, key, siblings.iter().map(Hash32::as_bytes));
    root.map(Hash32::new).ok_or(ProofError::LongPath)
}
