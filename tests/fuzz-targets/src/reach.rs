//! How far seeds get: an input that is turned away at the door says nothing of what is behind it.

use crate::{http, node, seeds};

/// Seeds of a target that the product takes, and all of them.
pub fn taken(target: &str) -> (usize, usize) {
    let seeds = seeds::of(target);
    let good = |seed: &&Vec<u8>| match target {
        "node_sync" => node::synced(seed) > 0,
        "node_verdict" => node::accepted(seed),
        _ => http::status(target, seed).is_some_and(|status| (200..300).contains(&status)),
    };
    (seeds.iter().filter(good).count(), seeds.len())
}
