//! The nodes of the tree in memory: 40 bytes each, named by number.
//!
//! A node never changes its hash or children: a block makes new nodes and later the replaced ones are freed. An *inner* node has two
//! children; a *bucket* stands for a whole small subtree, whose leaves are in the table of leaves and perhaps in the cache.

use dure_chain::sparse;

use super::damage::corrupt;
use crate::store::StoreError;

/// Nodes that are allocated at once: growing never copies the rest, and a small ledger takes a small piece.
const CHUNK: usize = 4_096;

/// Marks the first word of a bucket; the rest of it is the number of leaves.
const BUCKET: u32 = 1 << 31;
/// Marks the number of a node that is not in the arena yet.
const DRAFT: u32 = 1 << 30;
/// Stands for "none".
const NONE: u32 = BUCKET - 1;

/// Names a node, or the subtree without leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ref(u32);

impl Ref {
    /// The subtree without leaves.
    pub(super) const EMPTY: Self = Self(NONE);

    /// Of the node `at` of a draft.
    pub(super) fn draft(at: usize) -> Result<Self, StoreError> {
        let at = u32::try_from(at).ok().filter(|at| *at < DRAFT - 1);
        at.map(|at| Self(at | DRAFT)).ok_or_else(full)
    }

    /// The number within its draft, if it is of one.
    pub(super) fn in_draft(self) -> Option<usize> {
        let drafted = self != Self::EMPTY && self.0 & DRAFT != 0;
        usize::try_from(self.0 & !DRAFT).ok().filter(|_| drafted)
    }
}

/// A subtree's node with its hash.
pub(super) type Top = (Ref, [u8; 32]);

/// A node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) hash: [u8; 32],
    words: (u32, u32),
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Left and right child.
    Inner(Ref, Ref),
    /// Number of leaves, and where in the cache they are.
    Bucket(usize, Option<u32>),
}

impl Node {
    /// Of two children with their hashes.
    pub(super) fn inner(left: Top, right: Top) -> Self {
        Self { hash: sparse::node(&left.1, &right.1), words: (left.0.0, right.0.0) }
    }

    /// Of so many leaves, at most some dozen, which hash to `hash`.
    pub(super) fn bucket(leaves: usize, hash: [u8; 32]) -> Self {
        Self { hash, words: (BUCKET | u32::try_from(leaves).unwrap_or(NONE), NONE) }
    }

    pub(super) fn kind(&self) -> Kind {
        let (first, second) = self.words;
        if first & BUCKET == 0 {
            return Kind::Inner(Ref(first), Ref(second));
        }
        let slot = Some(second).filter(|slot| *slot != NONE);
        Kind::Bucket(usize::try_from(first & !BUCKET).unwrap_or(usize::MAX), slot)
    }

    /// The same node with other names for its children.
    pub(super) const fn with_children(self, left: Ref, right: Ref) -> Self {
        Self { words: (left.0, right.0), ..self }
    }
}

/// All nodes.
#[derive(Debug, Default)]
pub(super) struct Arena {
    chunks: Vec<Vec<Node>>,
    free: Vec<u32>,
    used: usize,
}

impl Arena {
    /// A node.
    pub(super) fn get(&self, at: Ref) -> Result<&Node, StoreError> {
        let (chunk, place) = place(at);
        self.chunks.get(chunk).and_then(|chunk| chunk.get(place)).ok_or_else(|| corrupt("a node is missing"))
    }

    /// Has a node fetched; the answer says nothing.
    pub(super) fn touch(&self, at: Ref) -> u32 {
        let (chunk, place) = place(at);
        self.chunks.get(chunk).and_then(|chunk| chunk.get(place)).map_or(0, |node| node.words.1)
    }

    /// Adds a node.
    pub(super) fn put(&mut self, node: Node) -> Result<Ref, StoreError> {
        if let Some(at) = self.free.pop() {
            *self.get_mut(Ref(at))? = node;
            return Ok(Ref(at));
        }
        let at = u32::try_from(self.used).ok().filter(|at| *at < DRAFT - 1).ok_or_else(full)?;
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(node);
        }
        self.used = self.used.saturating_add(1);
        Ok(Ref(at))
    }

    /// Gives nodes' places to later ones. Nothing may name them any more.
    pub(super) fn free(&mut self, nodes: &[Ref]) {
        self.free.extend(nodes.iter().map(|node| node.0));
    }

    /// Notes where in the cache a bucket's leaves are.
    pub(super) fn set_slot(&mut self, at: Ref, slot: Option<u32>) -> Result<(), StoreError> {
        self.get_mut(at)?.words.1 = slot.unwrap_or(NONE);
        Ok(())
    }

    /// Nodes in use.
    pub(super) fn len(&self) -> usize {
        self.used.saturating_sub(self.free.len())
    }

    fn get_mut(&mut self, at: Ref) -> Result<&mut Node, StoreError> {
        let (chunk, place) = place(at);
        let chunk = self.chunks.get_mut(chunk);
        chunk.and_then(|chunk| chunk.get_mut(place)).ok_or_else(|| corrupt("a node is missing"))
    }
}

fn place(at: Ref) -> (usize, usize) {
    let at = usize::try_from(at.0).unwrap_or(usize::MAX);
    (at / CHUNK, at % CHUNK)
}

/// Not before a billion nodes, 40 GB.
fn full() -> StoreError {
    StoreError::Engine("the state has more entries than the tree can name".to_owned())
}
