//! Plays one seed to its end and says what came of it.

use std::{sync::Arc, time::Duration};

use dure_consensus::{
    Timing,
    simulation::{Config, WorldError, run},
};

use crate::{Violation, plan::PATIENCE, scene::Scene, seams::Seams, town::START_MS};

/// How often clients and faults get their turn.
const STEP: Duration = Duration::from_millis(10);

/// A seed's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub seed: u64,
    /// What broke, if anything.
    pub violation: Option<Violation>,
    /// Hash over everything that happened: machines, network, and what was seen of the ledger.
    pub trace: String,
    /// The last events, oldest first.
    pub events: Vec<String>,
    /// Blocks.
    pub blocks: u64,
    /// Transactions in them.
    pub transactions: usize,
    /// Simulated time.
    pub elapsed: Duration,
}

/// Plays `seed` on this thread.
pub fn play(seed: u64, seams: Arc<dyn Seams>) -> Result<Outcome, WorldError> {
    let scene = Scene::new(seed, seams);
    let config = Config {
        seed,
        chain: scene.town.genesis.network().into_bytes(),
        secrets: scene.town.validators.clone(),
        epoch_blocks: scene.town.genesis.epoch_blocks,
        timing: timing(),
        start_ms: START_MS,
        link: scene.plan.calm,
        step: STEP,
        limit: scene.plan.heal + 2 * PATIENCE,
    };
    let report = run(&config, Arc::<Scene>::clone(&scene))?;
    let (violation, events, trace, blocks, transactions) = scene.conclude();
    let trace = format!("{}-{trace}", report.trace);
    Ok(Outcome { seed, violation, trace, events, blocks, transactions, elapsed: report.elapsed })
}

/// The product's clocks, three times as fast: more happens in a simulated second.
fn timing() -> Timing {
    let quick = Duration::from_millis;
    Timing {
        leader: quick(400),
        certification: quick(600),
        retry: quick(300),
        skip: quick(1_000),
        heartbeat: quick(200),
        min_interval: quick(90),
        busy_interval: quick(150),
    }
}
