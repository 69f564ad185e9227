//! A block's changes, carried down the tree in one pass, and the new nodes carried up.
//!
//! Nothing that exists is changed: new nodes go into a [`Draft`], which becomes part of the tree once the block is durable, or is
//! dropped. Each touched bucket is read once, all of them that are not cached in one run over the table; each node is hashed once.
//! A large block is divided among threads ([`division`]).

use dure_chain::sparse;
use std::vec::IntoIter;

use super::{
    arena::{Arena, Kind, Node, Ref, Top},
    branch::{Branch, Sink, few, grow, inner, settle},
    build::Stored,
    damage::corrupt,
    division::{self, Part},
    leaf::{self, Change, Leaf},
    prefix::Prefix,
    survey::survey,
};
use crate::store::{Read, Run, StoreError, Table};

/// What a block makes of the tree.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// New nodes, children before parents.
    pub(super) nodes: Vec<Node>,
    /// Leaves of new buckets, by place in `nodes`.
    pub(super) leaves: Vec<(usize, Vec<Leaf>)>,
    /// Nodes that are no part of the new tree.
    pub(super) replaced: Vec<Ref>,
    /// What each change replaces, in order of key.
    pub(super) before: Vec<Change>,
}

impl Sink for Draft {
    fn put(&mut self, node: Node, leaves: Option<Vec<Leaf>>) -> Result<Ref, StoreError> {
        let at = Ref::draft(self.nodes.len())?;
        if let Some(leaves) = leaves {
            self.leaves.push((self.nodes.len(), leaves));
        }
        self.nodes.push(node);
        Ok(at)
    }
}

impl Draft {
    /// Takes over the next subtrees with the draft that they are in, whose nodes get other names here.
    fn take_over(
        &mut self,
        (mut branches, other): (Vec<Branch>, Self),
        done: &mut Vec<Branch>,
    ) -> Result<(), StoreError> {
        let base = self.nodes.len();
        let moved = |at: Ref| at.in_draft().map_or(Ok(at), |new| Ref::draft(new.saturating_add(base)));
        for node in other.nodes {
            self.nodes.push(match node.kind() {
                Kind::Inner(left, right) => node.with_children(moved(left)?, moved(right)?),
                Kind::Bucket(..) => node,
            });
        }
        let leaves = other.leaves.into_iter();
        self.leaves.extend(leaves.map(|(at, leaves)| (at.saturating_add(base), leaves)));
        self.replaced.extend(other.replaced);
        self.before.extend(other.before);
        for branch in &mut branches {
            if let Branch::Stored(at, ..) = branch {
                *at = moved(*at)?;
            }
        }
        done.append(&mut branches);
        Ok(())
    }
}

/// The tree that is changed, and the table in which its leaves are.
pub(super) struct Update<'a> {
    pub(super) stored: &'a Stored,
    pub(super) read: &'a (dyn Read + Sync),
    pub(super) most: usize,
    draft: Draft,
    loaded: IntoIter<Vec<Leaf>>,
    /// Where subtrees are done already, and those in order of key.
    depth: Option<usize>,
    done: IntoIter<Branch>,
}

impl<'a> Update<'a> {
    pub(super) fn new(stored: &'a Stored, read: &'a (dyn Read + Sync), most: usize) -> Self {
        let (draft, loaded, done) = (Draft::default(), Vec::new().into_iter(), Vec::new().into_iter());
        Self { stored, read, most, draft, loaded, depth: None, done }
    }

    /// Applies `changes`, in order of key and each key once, to the tree below `root`, in so many `shares` at once.
    pub(super) fn run(
        mut self,
        root: Ref,
        changes: &[Change],
        shares: usize,
    ) -> Result<(Top, Draft), StoreError> {
        let parts = division::parts(self.stored, root, changes, shares)?;
        let (stored, read, most) = (self.stored, self.read, self.most);
        let share = |parts: &[Part<'_>]| Update::new(stored, read, most).share(parts);
        let mut done = Vec::with_capacity(parts.len());
        for share in division::shared(&parts, shares, share)? {
            self.draft.take_over(share?, &mut done)?;
        }
        self.depth = parts.first().map(|(_, place, _)| place.depth());
        self.done = done.into_iter();
        let branch = self.subtree(root, Prefix::default(), changes)?;
        let root = settle(branch, 0, &mut self.draft)?;
        Ok((root, self.draft))
    }

    /// Applies the changes of some subtrees, which are in order of key.
    fn share(mut self, parts: &[Part<'_>]) -> Result<(Vec<Branch>, Draft), StoreError> {
        let wanted = survey(self.stored, parts.to_vec())?;
        if !wanted.is_empty() {
            self.loaded = load(self.read, &self.stored.arena, &wanted)?.into_iter();
        }
        let subtrees = parts.iter().map(|(at, place, changes)| self.subtree(*at, *place, changes));
        let branches = subtrees.collect::<Result<_, _>>()?;
        Ok((branches, self.draft))
    }

    fn subtree(&mut self, at: Ref, place: Prefix, changes: &[Change]) -> Result<Branch, StoreError> {
        if self.depth == Some(place.depth()) && !changes.is_empty() {
            return self.done.next().ok_or_else(|| corrupt("a subtree is missing"));
        }
        if at == Ref::EMPTY {
            let leaves = leaf::merge(&[], changes, &mut self.draft.before);
            return grow(leaves, place.depth(), self.most, &mut self.draft);
        }
        let node = self.stored.arena.get(at)?;
        if changes.is_empty() {
            let leaves = match node.kind() {
                Kind::Bucket(leaves, _) => Some(leaves),
                Kind::Inner(..) => None,
            };
            return Ok(Branch::Stored(at, node.hash, leaves));
        }
        self.draft.replaced.push(at);
        match node.kind() {
            Kind::Inner(left, right) => {
                let (low, high) = sparse::halves(changes, place.depth(), |(key, _)| key);
                let left = self.subtree(left, place.left(), low)?;
                let right = self.subtree(right, place.right(), high)?;
                self.join((left, place.left()), (right, place.right()), place.depth())
            }
            Kind::Bucket(_, slot) => {
                let missing = || corrupt("a bucket was not read");
                let leaves = match slot.and_then(|slot| self.stored.cache.get(slot)) {
                    Some(cached) => leaf::merge(cached, changes, &mut self.draft.before),
                    None => {
                        let loaded = self.loaded.next().ok_or_else(missing)?;
                        leaf::merge(&loaded, changes, &mut self.draft.before)
                    }
                };
                grow(leaves, place.depth(), self.most, &mut self.draft)
            }
        }
    }

    /// Two halves, at least one of them changed: one bucket if they are small enough by now, else an inner node.
    fn join(
        &mut self,
        left: (Branch, Prefix),
        right: (Branch, Prefix),
        depth: usize,
    ) -> Result<Branch, StoreError> {
        let together = left.0.small().zip(right.0.small()).map(|(left, right)| left.saturating_add(right));
        if together.is_none_or(|leaves| leaves > few(self.most)) {
            return inner(left.0, right.0, depth, &mut self.draft);
        }
        let mut leaves = self.leaves_of(left.0, left.1)?;
        leaves.extend(self.leaves_of(right.0, right.1)?);
        Ok(Branch::Leaves(leaves))
    }

    fn leaves_of(&mut self, branch: Branch, place: Prefix) -> Result<Vec<Leaf>, StoreError> {
        let at = match branch {
            Branch::Leaves(leaves) => return Ok(leaves),
            Branch::Stored(at, ..) => at,
        };
        self.draft.replaced.push(at);
        if let Kind::Bucket(_, Some(slot)) = self.stored.arena.get(at)?.kind()
            && let Some(cached) = self.stored.cache.get(slot)
        {
            return Ok(cached.to_vec());
        }
        Ok(load(self.read, &self.stored.arena, &[(at, place)])?.pop().unwrap_or_default())
    }
}

/// Reads the leaves of buckets, which are in order of key, and compares them with what the tree has of them.
fn load(read: &dyn Read, arena: &Arena, wanted: &[(Ref, Prefix)]) -> Result<Vec<Vec<Leaf>>, StoreError> {
    let mut loaded: Vec<Vec<Leaf>> = Vec::with_capacity(wanted.len());
    let mut runs = Vec::with_capacity(wanted.len());
    for (at, place) in wanted {
        let Kind::Bucket(leaves, _) = arena.get(*at)?.kind() else { return Err(corrupt("no bucket")) };
        runs.push(Run { from: place.first(), limit: leaves });
        loaded.push(Vec::with_capacity(leaves));
    }
    let mut failed = None;
    read.runs(Table::Leaves, &runs, &mut |run, key, value| match (
        loaded.get_mut(run),
        Leaf::from_row(key, value),
    ) {
        (Some(leaves), Ok(leaf)) => leaves.push(leaf),
        (_, row) => failed = failed.take().or(row.err()),
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    for ((at, place), leaves) in wanted.iter().zip(&loaded) {
        // Leaves of another subtree may be alike in all bits from here on: they have no hash here.
        let strange = leaves.iter().any(|leaf| !place.covers(&leaf.key));
        if strange || leaf::hash(leaves, place.depth()) != arena.get(*at)?.hash {
            return Err(corrupt("leaves on disk are not those of the tree"));
        }
    }
    Ok(loaded)
}
