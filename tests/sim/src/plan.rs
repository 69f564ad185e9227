//! What goes wrong, decided by the seed before anything starts: links, partitions, crashes, clocks, disks, traitors.
//!
//! Three acts: the town settles undisturbed; then the storm; then everything heals, and the ledger has [`PATIENCE`]
//! to get going everywhere. At most `f` of `3f + 1` validators are traitors, from the start to the end. Any number
//! may crash or be cut off meanwhile: that may stop the chain, never damage it.

use std::time::Duration;

use dure_consensus::simulation::{Action, Link, Role, StorageFaults};

use crate::{evil::Evil, rng::Rng};

/// The storm begins.
pub const STORM: Duration = Duration::from_millis(1_200);

/// After everything healed: each honest validator applies [`FRESH_BLOCKS`] more blocks, and all that waits is final.
/// Generous beside the seconds it takes: views given up in turn by dead leaders, lost blocks fetched again.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Blocks that show that they flow again.
pub const FRESH_BLOCKS: u64 = 5;

/// Clients go on for so long after everything healed.
pub const ENCORE: Duration = Duration::from_millis(700);

/// A process that has ended by itself is started again after this.
pub const SUPERVISOR: Duration = Duration::from_millis(250);

/// Ten minutes: as far as a clock may be off.
const MAX_SKEW_MS: i64 = 600_000;

/// How a validator is unfaithful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treason {
    /// In what it sends.
    Wire(Role),
    /// In what it proposes.
    Blocks(Evil),
    /// Its clock is ten minutes ahead, so that its blocks are from the future.
    Future,
}

/// A seed's faults.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Validators.
    pub validators: usize,
    /// Blocks of an epoch.
    pub epoch_blocks: u64,
    /// Links while the town settles and after everything healed.
    pub calm: Link,
    /// Traitors and what they do.
    pub traitors: Vec<(usize, Treason)>,
    /// What happens when, in order of time, up to the healing.
    pub events: Vec<(Duration, Event)>,
    /// When everything heals.
    pub heal: Duration,
}

/// One thing that goes wrong, or right.
#[derive(Clone, Debug)]
pub enum Event {
    /// Something happens to machines or network.
    World(Action),
    /// A process dies and comes back after a while.
    Crash(usize, Duration),
    /// The disks of the ledgers begin or cease to fail.
    Disks(bool),
}

impl Plan {
    /// Of a seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed, 1);
        let validators = if rng.percent(85) { 4 } else { 7 };
        let latency = Duration::from_millis(rng.within(2..25));
        let jitter = Duration::from_millis(rng.below(latency.as_millis() as u64 / 2 + 2));
        let calm = Link { latency, jitter, loss_percent: 0 };
        let heal = STORM + Duration::from_millis(rng.within(2_500..5_500));
        let mut plan = Self {
            validators,
            epoch_blocks: rng.within(8..40),
            calm,
            traitors: Vec::new(),
            events: Vec::new(),
            heal,
        };
        plan.choose_traitors(&mut rng);
        plan.choose_links(&mut rng);
        plan.choose_cuts(&mut rng);
        plan.choose_crashes(&mut rng);
        plan.choose_clock(&mut rng);
        plan.choose_disks(&mut rng);
        plan.events.sort_by_key(|(at, _)| *at);
        plan
    }

    /// Whether a validator keeps to the protocol.
    pub fn is_honest(&self, node: usize) -> bool {
        self.traitors.iter().all(|(traitor, _)| *traitor != node)
    }

    /// What ends the storm, beside starting whoever is down.
    pub fn healing(&self) -> Vec<Action> {
        let mut actions = vec![Action::Storage(StorageFaults::default())];
        for from in 0..self.validators {
            for to in (0..self.validators).filter(|to| *to != from) {
                actions.push(Action::Link { from, to, link: self.calm });
            }
            if !self.traitors.contains(&(from, Treason::Future)) {
                actions.push(Action::Skew { node: from, ms: 0 });
            }
        }
        actions
    }

    fn moment(&self, rng: &mut Rng) -> Duration {
        let (from, to) = (STORM.as_millis() as u64, self.heal.as_millis() as u64 - 200);
        Duration::from_millis(rng.within(from..to))
    }

    fn later(&self, from: Duration, rng: &mut Rng, at_most_ms: u64) -> Duration {
        (from + Duration::from_millis(rng.within(50..at_most_ms))).min(self.heal)
    }

    fn choose_traitors(&mut self, rng: &mut Rng) {
        let bound = (self.validators - 1) / 3;
        for _ in 0..bound {
            if rng.percent(35) {
                continue;
            }
            let node = rng.index(self.validators);
            let treason = match rng.below(10) {
                0 => Treason::Wire(Role::Silent),
                1..=3 => Treason::Wire(Role::Equivocating),
                4 => Treason::Wire(Role::Garbling),
                5 => Treason::Future,
                _ => Treason::Blocks(Evil::ALL[rng.index(Evil::ALL.len())]),
            };
            if self.is_honest(node) {
                self.traitors.push((node, treason));
            }
        }
    }

    fn choose_links(&mut self, rng: &mut Rng) {
        if rng.percent(30) {
            return;
        }
        let loss_percent = rng.below(31) as u8;
        let latency = Duration::from_millis(rng.within(5..60));
        let jitter = Duration::from_millis(rng.below(30));
        for from in 0..self.validators {
            for to in (0..self.validators).filter(|to| *to != from) {
                let link = Link { latency, jitter, loss_percent };
                self.events.push((STORM, Event::World(Action::Link { from, to, link })));
            }
        }
    }

    /// One-way partitions: of one direction, or of all that one validator sends or gets.
    fn choose_cuts(&mut self, rng: &mut Rng) {
        for _ in 0..rng.below(4) {
            let (one, other) = (rng.index(self.validators), rng.index(self.validators));
            let (kind, from) = (rng.below(3), self.moment(rng));
            let to = self.later(from, rng, 2_500);
            for peer in (0..self.validators).filter(|peer| *peer != one) {
                let (from_node, to_node) = match kind {
                    0 if peer != other => continue,
                    0 | 1 => (one, peer),
                    _ => (peer, one),
                };
                let cut = |link| Event::World(Action::Link { from: from_node, to: to_node, link });
                self.events.push((from, cut(Link { loss_percent: 100, ..self.calm })));
                self.events.push((to, cut(self.calm)));
            }
        }
    }

    fn choose_crashes(&mut self, rng: &mut Rng) {
        for _ in 0..rng.below(6) {
            let (at, node) = (self.moment(rng), rng.index(self.validators));
            let most = if rng.percent(50) { 250 } else { 2_000 };
            let down = Duration::from_millis(rng.within(15..most));
            self.events.push((at, Event::Crash(node, down)));
        }
        if rng.percent(12) {
            let (at, down) = (self.moment(rng), Duration::from_millis(rng.within(50..1_500)));
            for node in 0..self.validators {
                self.events.push((at, Event::Crash(node, down)));
            }
        }
    }

    /// A clock that was set wrong stays so until all heals: for 200 ms at least, twice as long as a validator needs to see it.
    fn choose_clock(&mut self, rng: &mut Rng) {
        if rng.percent(40) {
            let node = rng.index(self.validators);
            let far = rng.percent(60);
            let most = if far { MAX_SKEW_MS } else { 3_000 };
            let ms = rng.below(2 * most as u64 + 1) as i64 - most;
            if self.is_honest(node) {
                self.events.push((self.moment(rng), Event::World(Action::Skew { node, ms })));
            }
        }
        for (node, treason) in &self.traitors {
            if *treason == Treason::Future {
                let skew = Action::Skew { node: *node, ms: MAX_SKEW_MS };
                self.events.push((Duration::ZERO, Event::World(skew)));
            }
        }
    }

    fn choose_disks(&mut self, rng: &mut Rng) {
        if !rng.percent(35) {
            return;
        }
        let from = self.moment(rng);
        let to = self.later(from, rng, 1_500);
        let mut rate = || rng.below(25) as u16;
        let faults = StorageFaults { open: rate(), write: rate(), sync: rate() };
        self.events.push((from, Event::World(Action::Storage(faults))));
        self.events.push((from, Event::Disks(true)));
        self.events.push((to, Event::World(Action::Storage(StorageFaults::default()))));
        self.events.push((to, Event::Disks(false)));
    }
}
