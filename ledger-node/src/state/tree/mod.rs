//! The authenticated state: a sparse Merkle tree over SHA-256 whose root every block commits to ([`dure_chain::sparse`] has its rules).
//!
//! On disk there are leaves alone, 64 bytes each. The tree above them is in memory, without the leaves of its small subtrees
//! ([`branch`]), and is built of the leaves in one pass when the ledger is opened, which also proves every one of them.
//!
//! A block comes in two steps, so that a write that fails leaves the tree as it was: [`StateTree::prepare`] says the new root and
//! rows, and [`StateTree::commit`] makes it the newest version once they are durable. One writer; proofs of the last versions
//! ([`StateTree::path`]) are made beside it.

mod arena;
mod branch;
mod build;
mod cache;
mod damage;
mod division;
mod history;
mod leaf;
mod path;
mod prefix;
mod survey;
#[cfg(test)]
mod tests;
mod update;

use dure_score::{Hash32, ids::sha256, state::Changes};
use parking_lot::RwLock;

use self::{
    arena::{Arena, Kind, Ref, Top},
    branch::Most,
    build::{Built, Stored},
    cache::Cache,
    damage::corrupt,
    history::{History, Version},
    leaf::Change,
    update::{Draft, Update},
};
use crate::store::{Batch, Read, StoreError};

pub use build::root_on_disk;
pub use leaf::Leaf;
pub use path::Path;

/// Memory for leaves of touched subtrees, bytes, if nobody says otherwise: those of the last three million that changed.
pub const CACHE_BYTES: usize = 256 * 1024 * 1024;

/// The tree of a ledger.
#[derive(Debug)]
pub struct StateTree(RwLock<Inner>);

#[derive(Debug)]
struct Inner {
    stored: Stored,
    history: History,
}

/// The tree after a block that is not durable yet.
#[derive(Debug)]
#[must_use = "the tree stays as it was until this is committed"]
pub struct Prepared {
    height: u64,
    root: Top,
    leaves: u64,
    changes: Vec<Change>,
    draft: Draft,
}

impl Prepared {
    /// The root after the block.
    pub const fn root(&self) -> Hash32 {
        Hash32::new(self.root.1)
    }

    /// Puts the block's changes of the leaves into `batch`.
    pub fn put_rows(&self, batch: &mut Batch) {
        leaf::put_rows(&self.changes, batch);
    }
}

/// How large a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeSize {
    /// Entries of the state.
    pub leaves: u64,
    /// Nodes in memory, those of the kept versions among them; 40 bytes each.
    pub nodes: usize,
    /// Bytes of cached leaves.
    pub cached: usize,
}

impl StateTree {
    /// The tree before any block, which caches so many bytes of leaves.
    pub fn empty(cache_bytes: usize) -> Self {
        let stored = Stored { arena: Arena::default(), cache: Cache::new(cache_bytes) };
        Self(RwLock::new(Inner { stored, history: History::default() }))
    }

    /// The tree after block `height`, of the leaves in `read`. Fails if their root is not `root`: something on disk was lost or
    /// changed.
    pub fn open(read: &dyn Read, height: u64, root: Hash32, cache_bytes: usize) -> Result<Self, StoreError> {
        Self::open_by(read, height, root, cache_bytes, branch::most)
    }

    fn open_by(
        read: &dyn Read,
        height: u64,
        root: Hash32,
        cache_bytes: usize,
        most: Most,
    ) -> Result<Self, StoreError> {
        let Built { root: found, leaves, sink } = build::build(read, cache_bytes, most)?;
        if Hash32::new(found.1) != root {
            return Err(corrupt("the leaves on disk do not have the state root of the last block"));
        }
        let mut history = History::default();
        history.add(Version { height, root: found, leaves, replaced: Vec::new() });
        Ok(Self(RwLock::new(Inner { stored: sink, history })))
    }

    /// What `changes`, those of block `height`, make of the newest version. `read` has that version's leaves.
    pub fn prepare(
        &self,
        read: &(dyn Read + Sync),
        height: u64,
        changes: &Changes,
    ) -> Result<Prepared, StoreError> {
        let shares = division::shares(changes.len());
        self.prepare_by(read, height, changes, (branch::most, shares))
    }

    fn prepare_by(
        &self,
        read: &(dyn Read + Sync),
        height: u64,
        changes: &Changes,
        (most, shares): (Most, usize),
    ) -> Result<Prepared, StoreError> {
        let hashed =
            |(key, value): &(&[u8], Option<&[u8]>)| (sha256(&[key]), value.map(|value| sha256(&[value])));
        let entries: Vec<(&[u8], Option<&[u8]>)> = changes.iter().collect();
        let share = |entries: &[_]| entries.iter().map(hashed).collect::<Vec<Change>>();
        let mut changes = division::shared(&entries, shares, share)?.concat();
        changes.sort_unstable();
        let inner = self.0.read();
        let newest = inner.history.newest();
        if newest.is_some_and(|newest| newest.height.checked_add(1) != Some(height)) {
            return Err(out_of_order());
        }
        let (root, leaves) = newest.map_or((Ref::EMPTY, 0), |newest| (newest.root.0, newest.leaves));
        let (root, draft) = Update::new(&inner.stored, read, most(leaves)).run(root, &changes, shares)?;
        drop(inner);
        let leaves =
            draft.before.iter().zip(&changes).fold(leaves, |leaves, ((_, before), (_, after))| {
                match (before, after) {
                    (None, Some(_)) => leaves.saturating_add(1),
                    (Some(_), None) => leaves.saturating_sub(1),
                    _ => leaves,
                }
            });
        self.0.write().history.note(height, draft.before.as_slice().into());
        Ok(Prepared { height, root, leaves, changes, draft })
    }

    /// Makes a block the newest version: its rows are durable.
    pub fn commit(&self, prepared: Prepared) -> Result<(), StoreError> {
        let mut inner = self.0.write();
        if inner.history.newest().is_some_and(|newest| newest.height.checked_add(1) != Some(prepared.height))
        {
            return Err(out_of_order());
        }
        inner.commit(prepared)
    }

    /// The way from `key` to the root of the version after block `height`. `read` is the ledger after block `head`, which is the same
    /// or a later one. `None` if that version is not here: not applied yet, or too long ago.
    pub fn path(
        &self,
        read: &dyn Read,
        head: u64,
        height: u64,
        key: &[u8],
    ) -> Result<Option<Path>, StoreError> {
        let key = sha256(&[key]);
        let inner = self.0.read();
        let found = inner.history.root(height).zip(inner.history.between(height, head));
        let Some((root, before)) = found else { return Ok(None) };
        let upper = path::descend(&inner.stored.arena, root, &key)?;
        drop(inner);
        upper.complete(read, &before, &key).map(Some)
    }

    /// How large it is.
    pub fn size(&self) -> TreeSize {
        let inner = self.0.read();
        TreeSize {
            leaves: inner.history.newest().map_or(0, |newest| newest.leaves),
            nodes: inner.stored.arena.len(),
            cached: inner.stored.cache.bytes(),
        }
    }
}

impl Inner {
    fn commit(&mut self, prepared: Prepared) -> Result<(), StoreError> {
        let Prepared { height, root, leaves, draft, .. } = prepared;
        let Stored { arena, cache } = &mut self.stored;
        for at in &draft.replaced {
            // Older versions read leaves from disk.
            if let Kind::Bucket(_, Some(slot)) = arena.get(*at)?.kind() {
                cache.remove(slot);
                arena.set_slot(*at, None)?;
            }
        }
        let mut names: Vec<Ref> = Vec::with_capacity(draft.nodes.len());
        for node in &draft.nodes {
            let node = match node.kind() {
                Kind::Inner(left, right) => node.with_children(named(left, &names)?, named(right, &names)?),
                Kind::Bucket(..) => *node,
            };
            names.push(arena.put(node)?);
        }
        for (at, leaves) in draft.leaves {
            let owner = *names.get(at).ok_or_else(|| corrupt("a new node is missing"))?;
            let slot = cache.put(owner, leaves);
            arena.set_slot(owner, slot)?;
        }
        while let Some(owner) = cache.shrink() {
            arena.set_slot(owner, None)?;
        }
        let root = (named(root.0, &names)?, root.1);
        let unused = self.history.add(Version { height, root, leaves, replaced: draft.replaced });
        arena.free(&unused);
        Ok(())
    }
}

/// The node's name in the arena, where the new ones are `names`.
fn named(at: Ref, names: &[Ref]) -> Result<Ref, StoreError> {
    match at.in_draft() {
        None => Ok(at),
        Some(new) => names.get(new).copied().ok_or_else(|| corrupt("a new node is missing")),
    }
}

fn out_of_order() -> StoreError {
    corrupt("a block does not follow the one before")
}
