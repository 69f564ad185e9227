//! What the state tree costs for each changed record: CPU time and disk, on RocksDB, for trees of several sizes.
//!
//! `cargo run -p ledger-node --example tree_cost -- 1000 1000000`: one JSON line for each number of leaves. A block is 2,000
//! payments of five records: two that everybody has (drawn from all leaves), one new, two of a few hundred busy ones.
#![allow(clippy::unwrap_used, clippy::as_conversions)]

use std::{fs, path::Path, time::Instant};

use dure_score::{Hash32, state::Changes};
use ledger_node::{
    state::tree::{CACHE_BYTES, StateTree},
    store::{Batch, RocksStore, Store as _},
};

const PAYMENTS: u64 = 2_000;
const BUSY: u64 = 300;
const BLOCKS: u64 = 30;
const LOAD: u64 = 50_000;

fn main() {
    for leaves in std::env::args().skip(1) {
        let dir = tempfile::tempdir().unwrap();
        measure(dir.path(), leaves.parse().unwrap());
    }
}

/// CPU time of this thread, and of the process with RocksDB's own threads, µs.
fn cpu() -> (u64, u64) {
    let thread = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let all = fs::read_dir("/proc/self/task").unwrap().map(|task| {
        let stat = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
        stat.split(' ').next().unwrap().parse::<u64>().unwrap()
    });
    (thread.split(' ').next().unwrap().parse::<u64>().unwrap() / 1_000, all.sum::<u64>() / 1_000)
}

fn disk(dir: &Path) -> u64 {
    fs::read_dir(dir).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

fn record(number: u64, version: u64) -> (Vec<u8>, Option<Vec<u8>>) {
    (number.to_be_bytes().to_vec(), Some([version; 8].map(u64::to_be_bytes).concat()))
}

fn measure(dir: &Path, leaves: u64) {
    let store = RocksStore::open(dir).unwrap();
    let cache =
        std::env::var("CACHE_MB").map_or(CACHE_BYTES, |megabytes| megabytes.parse::<usize>().unwrap() << 20);
    let tree = StateTree::empty(cache);
    let (mut version, mut root) = (0, Hash32::default());
    let mut apply = |changes: &Changes| {
        let mut batch = Batch::default();
        let prepared = tree.prepare(&*store.view(), version, changes).unwrap();
        root = prepared.root();
        prepared.put_rows(&mut batch);
        store.write(batch).unwrap();
        tree.commit(prepared).unwrap();
        version += 1;
    };
    let begun = Instant::now();
    for first in (0..leaves).step_by(LOAD as usize) {
        apply(&(first..leaves.min(first + LOAD)).map(|number| record(number, 0)).collect());
    }
    let loaded = begun.elapsed();
    let mut random = 7u64;
    let mut any = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 20) % below
    };
    let mut next = leaves;
    let (mut changed, mut spent, mut bytes) = (0, (0, 0), 0);
    for block in 0..BLOCKS {
        let mut changes = Vec::new();
        for _ in 0..PAYMENTS {
            changes.extend([record(any(leaves), block + 1), record(any(leaves), block + 1)]);
            changes
                .extend([record(any(BUSY.min(leaves)), block + 1), record(any(BUSY.min(leaves)), block + 1)]);
            changes.extend([record(next, block + 1)]);
            next += 1;
        }
        let changes: Changes = changes.into_iter().collect();
        changed += changes.len() as u64;
        let (before, size) = (cpu(), disk(dir));
        apply(&changes);
        let after = cpu();
        bytes += disk(dir).saturating_sub(size);
        spent = (spent.0 + after.0 - before.0, spent.1 + after.1 - before.1);
    }
    let (size, before) = (tree.size(), cpu().0);
    let opened = StateTree::open(&store, version - 1, root, cache).unwrap();
    let open = cpu().0 - before;
    println!(
        "{{\"leaves\":{leaves},\"changed\":{changed},\"us_per_key\":{:.2},\"us_per_key_with_engine\":{:.2},\"bytes_per_key\":{},\"load_s\":{:.1},\"open_us_per_leaf\":{:.2},\"nodes\":{},\"nodes_after_open\":{},\"cached_mb\":{}}}",
        spent.0 as f64 / changed as f64,
        spent.1 as f64 / changed as f64,
        bytes / changed,
        loaded.as_secs_f64(),
        open as f64 / size.leaves as f64,
        size.nodes,
        opened.size().nodes,
        size.cached >> 20
    );
}
