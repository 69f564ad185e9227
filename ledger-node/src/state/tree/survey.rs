//! Looks over what a block will change, level by level, before it is changed.
//!
//! It finds the buckets that must be read. And it makes the rest quick: in a large tree nearly every node is far away in memory, and
//! an update that goes down one path after another would wait for each of them in turn. Here a level's nodes are asked for one after
//! another and not waited for, so that the machine fetches many at once.

use dure_chain::sparse;
use std::hint::black_box;

use super::{
    arena::{Kind, Ref},
    build::Stored,
    division::Part,
    prefix::Prefix,
};
use crate::store::StoreError;

/// The touched buckets of these subtrees, all at one depth, that must be read, in order of key.
pub(super) fn survey(stored: &Stored, mut level: Vec<Part<'_>>) -> Result<Vec<(Ref, Prefix)>, StoreError> {
    let mut wanted = Vec::new();
    let mut slots = Vec::new();
    while !level.is_empty() {
        let mut below = Vec::with_capacity(level.len().saturating_mul(2));
        let mut touched = 0;
        for (at, place, changes) in level {
            match stored.arena.get(at)?.kind() {
                Kind::Inner(left, right) => {
                    let (low, high) = sparse::halves(changes, place.depth(), |(key, _)| key);
                    // An unchanged half is asked for its hash.
                    touched ^= stored.arena.touch(left) ^ stored.arena.touch(right);
                    if !low.is_empty() && left != Ref::EMPTY {
                        below.push((left, place.left(), low));
                    }
                    if !high.is_empty() && right != Ref::EMPTY {
                        below.push((right, place.right(), high));
                    }
                }
                Kind::Bucket(_, None) => wanted.push((at, place)),
                Kind::Bucket(_, Some(slot)) => slots.push(slot),
            }
        }
        black_box(touched);
        level = below;
    }
    black_box(slots.iter().fold(0, |touched, slot| touched ^ stored.cache.touch(*slot)));
    // Each level was in order, and a bucket's place is in no other's.
    wanted.sort_unstable_by(|(_, one), (_, other)| one.first().cmp(other.first()));
    Ok(wanted)
}
