//! The last versions of the tree: their roots, the nodes that only they use, and what leaves were before.
//!
//! A header names a state that is some blocks old, and a proof is of that state. Its nodes are all still here; of its leaves, the
//! table has the newest, and each block's list leads back from there.

use std::{collections::VecDeque, sync::Arc};

use super::{
    arena::{Ref, Top},
    leaf::Change,
};

/// Versions that are kept, as many as accounts' former values: headers are some blocks behind at most. Few, so that a new block's
/// nodes take places that were in use a moment ago; full blocks of random payments replace about 100,000 each in the largest tree,
/// 4 MB.
pub(super) const MOST_VERSIONS: usize = 16;

/// A version of the tree.
#[derive(Debug)]
pub(super) struct Version {
    /// Height of the block after which it is.
    pub(super) height: u64,
    /// Its root, with the root's hash.
    pub(super) root: Top,
    /// Its leaves.
    pub(super) leaves: u64,
    /// Nodes of the version before that are no part of it.
    pub(super) replaced: Vec<Ref>,
}

/// What a block replaced, in order of key.
pub(super) type Before = Arc<[Change]>;

/// Versions, newest last.
#[derive(Debug, Default)]
pub(super) struct History {
    versions: VecDeque<Version>,
    before: VecDeque<(u64, Before)>,
}

impl History {
    /// The newest version.
    pub(super) fn newest(&self) -> Option<&Version> {
        self.versions.back()
    }

    /// The root of a version that is still here.
    pub(super) fn root(&self, height: u64) -> Option<Ref> {
        self.versions.iter().rev().find(|version| version.height == height).map(|version| version.root.0)
    }

    /// Notes what block `height` replaces. Comes before the block is written, so that whoever can see the block finds it; of a block
    /// that could not be written nobody asks, and the next attempt takes its place.
    pub(super) fn note(&mut self, height: u64, before: Before) {
        while self.before.pop_back_if(|(other, _)| *other >= height).is_some() {}
        self.before.push_back((height, before));
    }

    /// Adds a version; returns the nodes that nothing uses any more.
    pub(super) fn add(&mut self, version: Version) -> Vec<Ref> {
        self.versions.push_back(version);
        let mut unused = Vec::new();
        while self.versions.len() > MOST_VERSIONS {
            self.versions.pop_front();
            if let Some(oldest) = self.versions.front_mut() {
                unused.append(&mut oldest.replaced);
            }
        }
        if let Some(oldest) = self.versions.front().map(|version| version.height) {
            while self.before.pop_front_if(|(height, _)| *height <= oldest).is_some() {}
        }
        unused
    }

    /// What the blocks after `from` up to `to` replaced, newest first; `None` if that is not known any more, or not yet.
    pub(super) fn between(&self, from: u64, to: u64) -> Option<Vec<Before>> {
        let mut lists = Vec::new();
        let mut wanted = to;
        for (height, before) in self.before.iter().rev().skip_while(|(height, _)| *height > to) {
            if wanted <= from {
                break;
            }
            if *height != wanted {
                return None;
            }
            lists.push(Arc::clone(before));
            wanted = wanted.checked_sub(1)?;
        }
        (wanted == from).then_some(lists)
    }
}
