//! Divides a large block's changes among threads: each takes subtrees of its own, reads their leaves, hashes them, and drafts their
//! nodes. The hashes are the same however it is divided.

use dure_chain::sparse;
use std::{
    num::NonZeroUsize,
    sync::OnceLock,
    thread::{self, available_parallelism},
};

use super::{
    arena::{Kind, Ref},
    build::Stored,
    damage::corrupt,
    leaf::Change,
    prefix::Prefix,
};
use crate::store::StoreError;

/// A subtree and the changes in it, of which there is at least one.
pub(super) type Part<'a> = (Ref, Prefix, &'a [Change]);

/// Depth at which subtrees are handed out: keys are hashes, so that 64 of them make even shares.
const DEPTH: usize = 6;

/// Changes for which another thread is worth its start.
const WORTH: usize = 1_024;

/// Threads at most: the levels above and the writing are one thread's work anyway.
const MOST: usize = 4;

/// Into how many shares so many changes are divided on this machine.
pub(super) fn shares(changes: usize) -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    // Asked once: the system reads files to know.
    let cores = *CORES.get_or_init(|| available_parallelism().map_or(1, NonZeroUsize::get));
    (changes / WORTH).min(cores).clamp(1, MOST)
}

/// The changed subtrees at one depth below `root`, in order of key: as deep as the tree is divided everywhere, down to [`DEPTH`], or
/// the whole tree for one share.
pub(super) fn parts<'a>(
    stored: &Stored,
    root: Ref,
    changes: &'a [Change],
    shares: usize,
) -> Result<Vec<Part<'a>>, StoreError> {
    if changes.is_empty() || root == Ref::EMPTY {
        return Ok(Vec::new());
    }
    let mut level = vec![(root, Prefix::default(), changes)];
    for _ in 0..DEPTH {
        match below(stored, &level)? {
            Some(below) if shares > 1 => level = below,
            _ => break,
        }
    }
    Ok(level)
}

/// The changed halves of subtrees, if each is divided and no changed half is empty.
fn below<'a>(stored: &Stored, level: &[Part<'a>]) -> Result<Option<Vec<Part<'a>>>, StoreError> {
    let mut found = Vec::with_capacity(level.len().saturating_mul(2));
    for (at, place, changes) in level {
        let Kind::Inner(left, right) = stored.arena.get(*at)?.kind() else { return Ok(None) };
        let (low, high) = sparse::halves(changes, place.depth(), |(key, _)| key);
        for (half, place, changes) in [(left, place.left(), low), (right, place.right(), high)] {
            if half == Ref::EMPTY && !changes.is_empty() {
                return Ok(None);
            }
            found.extend((!changes.is_empty()).then_some((half, place, changes)));
        }
    }
    Ok(Some(found))
}

/// Does `work` on so many `shares` of `items` at once, each of neighbours; the results in order.
pub(super) fn shared<T: Sync, R: Send>(
    items: &[T],
    shares: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Result<Vec<R>, StoreError> {
    let each = items.len().div_ceil(shares.max(1)).max(1);
    let mut chunks = items.chunks(each);
    // The first share is ours.
    let Some(own) = chunks.next() else { return Ok(Vec::new()) };
    if own.len() == items.len() {
        return Ok(vec![work(own)]);
    }
    thread::scope(|scope| {
        let work = &work;
        let start = |chunk| {
            (chunk, thread::Builder::new().name("tree".to_owned()).spawn_scoped(scope, move || work(chunk)))
        };
        let others: Vec<_> = chunks.map(start).collect();
        let mut done = vec![work(own)];
        for (chunk, other) in others {
            done.push(match other {
                Ok(other) => other.join().map_err(|_| corrupt("a thread ended early"))?,
                // The system gives no more threads: then this one does it.
                Err(_) => work(chunk),
            });
        }
        Ok(done)
    })
}
