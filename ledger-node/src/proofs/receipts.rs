//! The way from a receipt to its block's receipts root (RFC 9162 section 2.1.3).

use dure_score::{Hash32, ids::sha256};

use super::Step;

/// The nodes beside the way from leaf `index` up, and the root. `None` if there is no such leaf.
pub(super) fn path<'a>(leaves: impl Iterator<Item = &'a [u8]>, index: usize) -> Option<(Vec<Step>, Hash32)> {
    let mut level: Vec<[u8; 32]> = leaves.map(|leaf| sha256(&[&[0x00], leaf])).collect();
    let mut at = index;
    level.get(at)?;
    let mut steps = Vec::new();
    // Each level halves: at most 64 of them, whatever the number of leaves.
    while level.len() > 1 {
        let left = at % 2 == 1;
        let beside = if left { at.checked_sub(1) } else { at.checked_add(1) };
        // The last node of an odd level has nothing beside it and moves up as it is.
        if let Some(hash) = beside.and_then(|beside| level.get(beside)) {
            steps.push(Step { left, hash: Hash32::new(*hash) });
        }
        level = level.chunks(2).filter_map(fold).collect();
        at /= 2;
    }
    Some((steps, Hash32::new(*level.first()?)))
}

fn fold(pair: &[[u8; 32]]) -> Option<[u8; 32]> {
    match pair {
        [left, right] => Some(sha256(&[&[0x01], left, right])),
        [alone] => Some(*alone),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn every_leaf_of_every_small_tree_leads_to_the_contracts_root() {
        for count in 1..40u8 {
            let leaves: Vec<Vec<u8>> = (0..count).map(|leaf| vec![leaf; usize::from(leaf)]).collect();
            let expected = dure_score::merkle::root(leaves.iter().cloned());
            for (index, leaf) in leaves.iter().enumerate() {
                let (steps, root) = path(leaves.iter().map(Vec::as_slice), index).unwrap();
                let climbed = steps.iter().fold(sha256(&[&[0x00], leaf]), |hash, step| {
                    let beside = step.hash.as_bytes();
                    if step.left {
                        sha256(&[&[0x01], beside, &hash])
                    } else {
                        sha256(&[&[0x01], &hash, beside])
                    }
                });
                assert_eq!((root, Hash32::new(climbed)), (expected, expected), "{index} of {count}");
            }
            assert!(path(leaves.iter().map(Vec::as_slice), leaves.len()).is_none());
        }
    }
}
