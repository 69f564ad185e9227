//! Three of the planted bugs, found quickly; `dure-sim canary` looks for all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{sync::Arc, thread};

use dure_sim::{
    campaign::{Campaign, quiet_panics},
    planted::Bug,
};

fn found(bug: Bug) -> &'static str {
    quiet_panics();
    let threads = thread::available_parallelism().unwrap().get();
    let planting = Arc::new(move || bug.plant());
    let campaign = Campaign { from: 1, seeds: 1_000, threads, twice: false, planting, progress: false };
    let failure = campaign.run().failure.expect("a planted bug is found");
    failure.violation.unwrap().invariant
}

/// A validator that was started again has forgotten them, the others remember what they read: their states differ at once.
#[test]
fn a_forgotten_nonce_is_found() {
    assert_eq!(found(Bug::NonceForgotten), "I4 equal state at equal heights");
}

#[test]
fn a_forgotten_journal_is_found() {
    assert_eq!(found(Bug::JournalForgotten), "I7 one vote a view");
}

#[test]
fn an_acknowledgement_before_durability_is_found() {
    assert_eq!(found(Bug::AcknowledgedEarly), "I6 acknowledged survives");
}
