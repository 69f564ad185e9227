//! The state tree in memory: roots alone, quickly.
//!
//! A second implementation of the published format ([`dure_chain::sparse`]), independent of the node's own. A block's changes are
//! applied together, so that shared nodes are hashed once.

use dure_score::{Hash32, ids::sha256, state::Changes};

use dure_chain::sparse::{self, EMPTY};

/// The tree.
#[derive(Debug, Default)]
pub struct Tree {
    root: Node,
}

#[derive(Debug, Default)]
enum Node {
    #[default]
    Empty,
    Leaf(Box<Leaf>),
    Inner(Box<Inner>),
}

#[derive(Clone, Copy, Debug)]
struct Leaf {
    key: [u8; 32],
    hash: [u8; 32],
}

#[derive(Debug)]
struct Inner {
    hash: [u8; 32],
    left: Node,
    right: Node,
}

/// SHA-256 of a key with the new leaf's hash, or `None` for removal.
type Change = ([u8; 32], Option<[u8; 32]>);

impl Tree {
    /// Applies changes and returns the new root.
    pub fn update(&mut self, changes: &Changes) -> Hash32 {
        let leaf = |(key, value): (&[u8], Option<&[u8]>)| {
            let key = sha256(&[key]);
            (key, value.map(|value| sparse::leaf(&key, &sha256(&[value]))))
        };
        let mut leaves: Vec<Change> = changes.iter().map(leaf).collect();
        leaves.sort_unstable_by_key(|(key, _)| *key);
        self.root = update(std::mem::take(&mut self.root), &leaves, 0);
        self.root()
    }

    /// The root.
    pub fn root(&self) -> Hash32 {
        Hash32::new(self.root.hash())
    }
}

impl Node {
    const fn hash(&self) -> [u8; 32] {
        match self {
            Self::Empty => EMPTY,
            Self::Leaf(leaf) => leaf.hash,
            Self::Inner(inner) => inner.hash,
        }
    }
}

/// The node at `depth` after `changes`, all of which belong below it, in order of key.
fn update(node: Node, changes: &[Change], depth: usize) -> Node {
    if changes.is_empty() {
        return node;
    }
    match node {
        Node::Empty => build(&put(changes), depth),
        Node::Leaf(old) => {
            let mut leaves = put(changes);
            if let Err(at) = changes.binary_search_by_key(&old.key, |(key, _)| *key) {
                let at = changes
                    .get(..at)
                    .map_or(0, |before| before.iter().filter(|(_, leaf)| leaf.is_some()).count());
                leaves.insert(at, *old);
            }
            build(&leaves, depth)
        }
        Node::Inner(inner) => {
            let (left, right) = sparse::halves(changes, depth, |(key, _)| key);
            let below = depth.saturating_add(1);
            join(update(inner.left, left, below), update(inner.right, right, below))
        }
    }
}

fn put(changes: &[Change]) -> Vec<Leaf> {
    changes.iter().filter_map(|(key, hash)| Some(Leaf { key: *key, hash: (*hash)? })).collect()
}

/// The node over `leaves`, in order of key.
fn build(leaves: &[Leaf], depth: usize) -> Node {
    match leaves {
        [] => Node::Empty,
        [leaf] => Node::Leaf(Box::new(*leaf)),
        _ => {
            let (left, right) = sparse::halves(leaves, depth, |leaf| &leaf.key);
            let below = depth.saturating_add(1);
            join(build(left, below), build(right, below))
        }
    }
}

/// A leaf that is alone under a node stands for it.
fn join(left: Node, right: Node) -> Node {
    match (left, right) {
        (Node::Empty, Node::Empty) => Node::Empty,
        (leaf @ Node::Leaf(_), Node::Empty) | (Node::Empty, leaf @ Node::Leaf(_)) => leaf,
        (left, right) => {
            let hash = sparse::node(&left.hash(), &right.hash());
            Node::Inner(Box::new(Inner { hash, left, right }))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        state::tree::StateTree,
        store::{Batch, MemoryStore, Store as _},
    };
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

    /// Random puts, replacements and removals give the node's own roots.
    #[test]
    fn roots_are_those_of_the_nodes_tree() {
        let mut random = StdRng::seed_from_u64(7);
        let (store, node, mut fast) = (MemoryStore::default(), StateTree::empty(0), Tree::default());
        for version in 0..300u64 {
            let size = random.random_range(0..40);
            let changes: Changes = (0..size)
                .map(|_| {
                    let key = random.random_range(0..200u32).to_be_bytes().to_vec();
                    (key, random.random_bool(0.6).then(|| random.random::<[u8; 9]>().to_vec()))
                })
                .collect();
            let prepared = node.prepare(&store, version, &changes).unwrap();
            let mut batch = Batch::default();
            prepared.put_rows(&mut batch);
            store.write(batch).unwrap();
            assert_eq!(fast.update(&changes), prepared.root(), "version {version}");
            node.commit(prepared).unwrap();
        }
    }
}
