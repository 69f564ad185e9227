//! Who is killed when: fixed by seed and cycle.

use std::time::Duration;

use dure::process::NODES;
use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng};

/// What happens to one validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Victim {
    /// Which, from 0.
    pub node: usize,
    /// Pause since the kill before this one.
    pub after: Duration,
    /// How long it stays dead.
    pub down: Duration,
    /// It is killed once more so long after it was started again.
    pub again: Option<Duration>,
}

/// What happens in one cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Load before the first kill.
    pub before: Duration,
    /// Who is killed, in order.
    pub victims: Vec<Victim>,
}

impl Plan {
    /// The plan of that cycle. Half of the cycles kill one, the others two, three or all four; every fourth victim dies again
    /// while it starts.
    pub fn of(seed: u64, cycle: u64) -> Self {
        let mut random = generator(seed, cycle);
        let count = *[1, 1, 1, 1, 2, 2, 3, NODES].get(random.random_range(0..8)).unwrap_or(&1);
        let mut nodes: Vec<usize> = (0..NODES).collect();
        for place in 0..NODES {
            nodes.swap(place, random.random_range(place..NODES));
        }
        let mut victims = Vec::with_capacity(count);
        for node in nodes.into_iter().take(count) {
            victims.push(Victim {
                node,
                after: micros(&mut random, 30_000),
                down: micros(&mut random, 200_000),
                again: random.random_bool(0.25).then(|| micros(&mut random, 600_000)),
            });
        }
        Self { before: micros(&mut random, 300_000), victims }
    }
}

/// Chance that is the same for the same seed and stream.
pub fn generator(seed: u64, stream: u64) -> StdRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&stream.to_be_bytes());
    let mut random = StdRng::from_seed(bytes);
    // Seeds that differ in one bit are far apart from here on.
    random.next_u64();
    random
}

fn micros(random: &mut StdRng, most: u64) -> Duration {
    Duration::from_micros(random.random_range(0..most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_plan_and_every_kind_of_kill_occurs() {
        let plans: Vec<Plan> = (0..200).map(|cycle| Plan::of(7, cycle)).collect();
        assert_eq!(plans, (0..200).map(|cycle| Plan::of(7, cycle)).collect::<Vec<_>>());
        assert_ne!(plans[0], Plan::of(8, 0));
        for count in 1..=NODES {
            assert!(plans.iter().any(|plan| plan.victims.len() == count), "{count} at once");
        }
        assert!(plans.iter().flat_map(|plan| &plan.victims).any(|victim| victim.again.is_some()));
    }
}
