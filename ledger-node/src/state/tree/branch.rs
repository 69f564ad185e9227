//! How subtrees become nodes: the same rules for a block's changes and for a tree that is built whole.
//!
//! A subtree with few leaves is a *bucket*, one node. How few decides memory and speed, never a hash: hashes are of leaves alone.

use super::{
    arena::{Node, Ref, Top},
    leaf::{self, Leaf},
};
use crate::store::StoreError;
use dure_chain::sparse;

/// Says how many leaves a bucket may have in a tree of so many.
pub(super) type Most = fn(u64) -> usize;

/// Most leaves of a bucket in a tree of so many. Small buckets are read and hashed quickly, large ones take less memory for each
/// leaf: 50 million leaves make 9 million nodes, 360 MB.
pub(super) const fn most(leaves: u64) -> usize {
    match leaves {
        0..1_000_000 => 4,
        1_000_000..16_000_000 => 8,
        _ => 16,
    }
}

/// Two buckets with at most so many leaves together become one: far fewer than those at which it is divided again, so that leaves
/// that come and go do not divide and join it each time. At least one: a leaf that is alone stands for the whole subtree.
pub(super) fn few(most: usize) -> usize {
    (most / 4).max(1)
}

/// Takes new nodes.
pub(super) trait Sink {
    /// A new node; of a bucket, with its leaves.
    fn put(&mut self, node: Node, leaves: Option<Vec<Leaf>>) -> Result<Ref, StoreError>;
}

/// A subtree on its way to its parent.
#[derive(Debug)]
pub(super) enum Branch {
    /// These leaves, few enough for a bucket; perhaps none.
    Leaves(Vec<Leaf>),
    /// A node that is there already; its number of leaves if it is a bucket.
    Stored(Ref, [u8; 32], Option<usize>),
}

impl Branch {
    /// Number of leaves, if it is, or would be, a bucket.
    pub(super) const fn small(&self) -> Option<usize> {
        match self {
            Self::Leaves(leaves) => Some(leaves.len()),
            Self::Stored(_, _, leaves) => *leaves,
        }
    }
}

/// Makes a node of what has none yet.
pub(super) fn settle(branch: Branch, depth: usize, sink: &mut impl Sink) -> Result<Top, StoreError> {
    match branch {
        Branch::Leaves(leaves) if leaves.is_empty() => Ok((Ref::EMPTY, sparse::EMPTY)),
        Branch::Leaves(leaves) => {
            let hash = leaf::hash(&leaves, depth);
            Ok((sink.put(Node::bucket(leaves.len(), hash), Some(leaves))?, hash))
        }
        Branch::Stored(at, hash, _) => Ok((at, hash)),
    }
}

/// The inner node at `depth` over two halves.
pub(super) fn inner(
    left: Branch,
    right: Branch,
    depth: usize,
    sink: &mut impl Sink,
) -> Result<Branch, StoreError> {
    let below = depth.saturating_add(1);
    let node = Node::inner(settle(left, below, sink)?, settle(right, below, sink)?);
    Ok(Branch::Stored(sink.put(node, None)?, node.hash, None))
}

/// The subtree of any number of leaves, which are in order of key.
pub(super) fn grow(
    leaves: Vec<Leaf>,
    depth: usize,
    most: usize,
    sink: &mut impl Sink,
) -> Result<Branch, StoreError> {
    if leaves.len() <= most {
        return Ok(Branch::Leaves(leaves));
    }
    let (left, right) = sparse::halves(&leaves, depth, |leaf| &leaf.key);
    let below = depth.saturating_add(1);
    let left = grow(left.to_vec(), below, most, sink)?;
    let right = grow(right.to_vec(), below, most, sink)?;
    inner(left, right, depth, sink)
}
