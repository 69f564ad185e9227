//! Builds a whole tree of the leaves on disk, in one pass in order of key: when a ledger is opened, and to prove one that was imported.

use dure_chain::sparse;
use dure_score::Hash32;

use super::{
    arena::{Arena, Node, Ref, Top},
    branch::{self, Branch, Most, Sink, grow, inner, settle},
    cache::Cache,
    leaf::Leaf,
};
use crate::store::{Read, Run, StoreError, Table};

/// Leaves that are read at once.
const PAGE: usize = 65_536;
/// Depth at which leaves are grouped: a group of the largest ledger is some hundred leaves.
const DEPTH: usize = 16;
/// Number of groups.
const GROUPS: usize = 1 << DEPTH;

/// The root over all leaves on disk, and their number. Takes no memory to speak of.
pub fn root_on_disk(read: &dyn Read) -> Result<(Hash32, u64), StoreError> {
    let mut builder = Builder::new(Roots, branch::most);
    each_leaf(read, &mut |leaf| builder.leaf(leaf))?;
    let built = builder.finish()?;
    Ok((Hash32::new(built.root.1), built.leaves))
}

/// A tree that was built.
pub(super) struct Built<S> {
    pub(super) root: Top,
    /// Number of its leaves.
    pub(super) leaves: u64,
    /// What took the nodes.
    pub(super) sink: S,
}

/// Builds the tree over all leaves on disk, and keeps as many of them as the cache holds.
pub(super) fn build(read: &dyn Read, budget: usize, most: Most) -> Result<Built<Stored>, StoreError> {
    let stored = Stored { arena: Arena::default(), cache: Cache::new(budget) };
    let mut builder = Builder::new(stored, most);
    each_leaf(read, &mut |leaf| builder.leaf(leaf))?;
    builder.finish()
}

fn each_leaf(
    read: &dyn Read,
    take: &mut dyn FnMut(Leaf) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut from = Vec::new();
    loop {
        let (mut found, mut failed) = (0usize, None);
        let mut last = Vec::new();
        read.runs(Table::Leaves, &[Run { from: &from, limit: PAGE }], &mut |_, key, value| {
            found = found.saturating_add(1);
            if found == PAGE {
                last = key.to_vec();
            }
            let taken = Leaf::from_row(key, value).and_then(&mut *take);
            failed = failed.take().or(taken.err());
        })?;
        match failed {
            Some(error) => return Err(error),
            None if found < PAGE => return Ok(()),
            // The very next key.
            None => from = [last.as_slice(), &[0]].concat(),
        }
    }
}

/// Nodes and cached leaves of a tree that is being built.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) arena: Arena,
    pub(super) cache: Cache,
}

impl Sink for Stored {
    fn put(&mut self, node: Node, leaves: Option<Vec<Leaf>>) -> Result<Ref, StoreError> {
        let at = self.arena.put(node)?;
        if let Some(leaves) = leaves.filter(|leaves| self.cache.has_room(leaves.capacity())) {
            let slot = self.cache.put(at, leaves);
            self.arena.set_slot(at, slot)?;
        }
        Ok(at)
    }
}

/// Keeps no node: the root is all that is wanted.
struct Roots;

impl Sink for Roots {
    fn put(&mut self, _: Node, _: Option<Vec<Leaf>>) -> Result<Ref, StoreError> {
        Ok(Ref::EMPTY)
    }
}

/// Takes leaves in order of key.
struct Builder<S> {
    sink: S,
    most: Most,
    leaves: u64,
    /// The group that is being filled, and the leaves in it.
    group: usize,
    filling: Vec<Leaf>,
    /// Finished subtrees from left to right with their depths: at most one of each but the deepest.
    stack: Vec<(usize, Branch)>,
}

impl<S: Sink> Builder<S> {
    const fn new(sink: S, most: Most) -> Self {
        Self { sink, most, leaves: 0, group: 0, filling: Vec::new(), stack: Vec::new() }
    }

    fn leaf(&mut self, leaf: Leaf) -> Result<(), StoreError> {
        let [high, low, ..] = leaf.key;
        let group = usize::from(u16::from_be_bytes([high, low]));
        while self.group < group {
            self.close()?;
        }
        self.filling.push(leaf);
        self.leaves = self.leaves.saturating_add(1);
        Ok(())
    }

    /// How many leaves a bucket may have: keys are hashes, so that what has come so far tells how many come in all.
    fn bucket(&self) -> usize {
        let seen = u64::try_from(self.group).unwrap_or(0).saturating_add(1);
        (self.most)(self.leaves.saturating_mul(u64::try_from(GROUPS).unwrap_or(1)) / seen)
    }

    /// Finishes the group, and all larger subtrees that end with it.
    fn close(&mut self) -> Result<(), StoreError> {
        let most = self.bucket();
        let mut branch = grow(std::mem::take(&mut self.filling), DEPTH, most, &mut self.sink)?;
        let mut depth = DEPTH;
        while let Some((_, left)) = self.stack.pop_if(|(other, _)| *other == depth) {
            depth = depth.saturating_sub(1);
            branch = join(left, branch, depth, most, &mut self.sink)?;
        }
        self.stack.push((depth, branch));
        self.group = self.group.saturating_add(1);
        Ok(())
    }

    fn finish(mut self) -> Result<Built<S>, StoreError> {
        while self.group < GROUPS {
            self.close()?;
        }
        let root = match self.stack.pop() {
            Some((_, branch)) => settle(branch, 0, &mut self.sink)?,
            None => (Ref::EMPTY, sparse::EMPTY),
        };
        Ok(Built { root, leaves: self.leaves, sink: self.sink })
    }
}

fn join(
    left: Branch,
    right: Branch,
    depth: usize,
    most: usize,
    sink: &mut impl Sink,
) -> Result<Branch, StoreError> {
    match (left, right) {
        (Branch::Leaves(mut left), Branch::Leaves(right))
            if left.len().saturating_add(right.len()) <= most =>
        {
            left.extend(right);
            Ok(Branch::Leaves(left))
        }
        (left, right) => inner(left, right, depth, sink),
    }
}
