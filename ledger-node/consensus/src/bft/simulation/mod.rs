//! The same wiring in a seeded, deterministic world: many epochs, one of which begins with another validator set,
//! under loss, crashes, isolation, healing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod world;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use commonware_glue::simulate::action::{Action, Crash, Schedule};
use commonware_glue::simulate::engine::EngineDefinition as _;
use commonware_glue::simulate::exit::ProcessedHeightAtLeast;
use commonware_glue::simulate::plan::{PlanBuilder, PlanResult};
use commonware_glue::simulate::property::Property;
use commonware_glue::simulate::tracker::ProgressTracker;
use commonware_p2p::simulated::Link;
use commonware_utils::probability;

use super::block::PublicKey;
use crate::Hash;
use world::{CHANGE, EPOCH_BLOCKS, Ledger, NODES, World};

/// Safety: at every height at which two nodes have a block, it is the same block.
#[derive(Clone)]
struct OneChain(World);

impl Property<PublicKey, Ledger> for OneChain {
    fn name(&self) -> &str {
        "one chain"
    }

    fn check<'a>(
        &'a self,
        _: &'a ProgressTracker<PublicKey>,
        _: &'a [&'a Ledger],
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        Box::pin(async move {
            let chains: Vec<Vec<Hash>> = (0..NODES).map(|node| self.0.disk(node).digests()).collect();
            let longest = chains.iter().max_by_key(|chain| chain.len()).unwrap();
            let fork = chains.iter().position(|chain| chain[..] != longest[..chain.len()]);
            fork.map_or(Ok(()), |index| Err(format!("node {index} is on another chain")))
        })
    }
}

fn lossy() -> Link {
    Link {
        latency: Duration::from_millis(20),
        jitter: Duration::from_millis(15),
        success_rate: probability!(0.95),
    }
}

/// Runs until every node has `height` blocks; at the end the new validators have voted in the last epochs and
/// the removed one has not.
fn run(world: &World, seed: u64, height: u64, crashes: Vec<Crash<PublicKey>>) -> PlanResult<World> {
    let mut plan = PlanBuilder::new(world.clone())
        .seed(seed)
        .link(lossy())
        .exit_condition(ProcessedHeightAtLeast::new(height))
        .timeout(Duration::from_secs(300))
        .property(OneChain(world.clone()));
    for crash in crashes {
        plan = plan.crash(crash);
    }
    let result = plan.run().expect("every node reaches the height in time").remove(0);
    assert_eq!(world.disk(0).voted(), Some(CHANGE - 1), "node 0 votes up to the change");
    for node in 1..NODES {
        let voted = world.disk(node).voted().unwrap();
        assert!(voted >= height / EPOCH_BLOCKS - 1, "node {node} voted in epoch {voted} at last");
    }
    result
}

/// Validator 1 crashes at 2 s and returns at 6 s; nothing that validator 2 sends arrives from 8 s to 13 s;
/// validator 3 crashes just when an epoch ends; one message in twenty is lost throughout.
fn troubles(world: &World) -> Vec<Crash<PublicKey>> {
    let keys = world.participants();
    let dead = Link { success_rate: probability!(0.0), ..lossy() };
    let mut schedule = Schedule::new()
        .at(Duration::from_secs(2), Action::Crash(keys[1].clone()))
        .at(Duration::from_secs(6), Action::Restart(keys[1].clone()));
    for to in [0, 1, 3, 4] {
        let cut = Action::UpdateLink { from: keys[2].clone(), to: keys[to].clone(), link: dead.clone() };
        schedule = schedule.at(Duration::from_secs(8), cut);
    }
    schedule = schedule.at(Duration::from_secs(13), Action::Heal(lossy()));
    let last = 8 * EPOCH_BLOCKS - 1;
    let at_a_border = Crash::ProcessedHeight {
        participant: keys[3].clone(),
        heights: last..=last + 2,
        downtime: Duration::from_secs(1),
    };
    vec![Crash::Schedule(schedule), at_a_border]
}

#[test]
fn a_set_change_under_loss_crash_and_isolation_repeats_exactly() {
    let once = |seed| {
        let world = World::default();
        let result = run(&world, seed, 160, troubles(&world));
        assert!(result.crashes >= 2);
        (result.state, world.disk(0).digests())
    };
    let first = once(1);
    assert_eq!(first, once(1), "one seed, one execution");
    assert_ne!(first.0, once(2).0, "another seed, another execution");
}

/// Everybody goes down at once, again and again: in the middle of epochs, at their ends, while a last block waits
/// for its certificate. Each pause is longer than a block's time may differ from the clocks.
#[test]
fn goes_on_after_everybody_was_down_wherever_that_was() {
    let world = World::default();
    let keys = world.participants();
    let mut schedule = Schedule::new();
    let mut now = Duration::ZERO;
    for round in 0..12u64 {
        now += Duration::from_millis(1_400 + 170 * round);
        for key in &keys {
            schedule = schedule.at(now, Action::Crash(key.clone()));
        }
        now += Duration::from_millis(2_600);
        for key in &keys {
            schedule = schedule.at(now, Action::Restart(key.clone()));
        }
    }
    let result = run(&world, 7, 200, vec![Crash::Schedule(schedule)]);
    assert!(result.crashes >= 50, "{} crashes", result.crashes);
}
