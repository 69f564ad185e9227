//! SIGKILL of validators at random moments, under load, on one network. Longer: `dure-kill --cycles 2000 --seed 7`.
#![allow(clippy::unwrap_used)]

use dure_tests::chaos::run::run;

/// What fits into the tests that run before every merge.
const CYCLES: u64 = 40;
const SEED: u64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_random_moments_lose_nothing_that_was_acknowledged() {
    let report = run(CYCLES, SEED, |_| {})
        .await
        .unwrap_or_else(|failure| panic!("{failure}\nagain: dure-kill --cycles {CYCLES} --seed {SEED}"));
    assert!(report.kills > CYCLES, "{report:?}");
    assert!(report.counts.applied > 100 && report.counts.refused > 0, "{report:?}");
    eprintln!("{report:?}");
}
