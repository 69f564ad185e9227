//! Seeds that must pass in every build. `dure-sim run` plays more of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{sync::Arc, thread};

use dure_sim::{
    campaign::{Campaign, Planting, explain, play_safely, quiet_panics},
    seams::Product,
};

/// A seed that once failed.
fn check_one(seed: u64) {
    quiet_panics();
    let planting: Planting = Arc::new(|| Arc::new(Product));
    let outcome = play_safely(seed, &planting, false);
    assert_eq!(outcome.violation, None, "{:#?}", outcome.events);
}

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

/// One certificate is lost on its way to one validator while a traitor is cut off: the next block needs that
/// validator's vote, its vote needs the state of the block before, and nobody sent the certificate again.
#[test]
fn a_validator_that_missed_a_certificate_asks_for_it() {
    check_one(11);
}

/// The disk fails while a validator boots: its process ends, the others go on.
#[test]
fn a_disk_that_fails_at_boot_ends_one_process_only() {
    check_one(35);
}

/// A clock runs ahead for a moment and is set back: the engine's times are far ahead then, and the validator would wait for them.
#[test]
fn a_clock_that_was_set_back_holds_up_nobody() {
    check_one(402);
    check_one(526);
}
