//! Seeds that must pass in every build. `dure-sim run` plays more of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{sync::Arc, thread};

use dure_sim::{
    campaign::{Campaign, Planting, explain, quiet_panics},
    seams::Product,
};

fn check(from: u64, seeds: u64, twice: bool) {
    quiet_panics();
    let planting: Planting = Arc::new(|| Arc::new(Product));
    let threads = thread::available_parallelism().unwrap().get();
    let summary = Campaign { from, seeds, threads, twice, planting, progress: false }.run();
    if let Some(outcome) = &summary.failure {
        let mut text = Vec::new();
        explain(outcome, None, &mut text).unwrap();
        println!("{}", String::from_utf8(text).unwrap());
        std::process::exit(1);
    }
    assert_eq!(summary.seeds, seeds);
    assert!(summary.blocks > 20 * seeds && summary.transactions > 20 * seeds, "{summary:?}");
}

#[test]
fn two_hundred_seeds_hold_every_invariant() {
    check(1, 200, false);
}

#[test]
fn the_same_seed_goes_the_same_way() {
    check(9_001, 6, true);
}
