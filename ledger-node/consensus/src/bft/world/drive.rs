//! Runs a world: asks the scenario step by step what happens, and makes it happen.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_cryptography::Signer as _;
use commonware_p2p::{Manager as _, simulated};
use commonware_runtime::deterministic::{FaultConfig, PartialWriteMode, WriteConfig};
use commonware_runtime::{Clock as _, Runner as _, Storage as _, Supervisor as _, deterministic};
use commonware_utils::ordered::Set;
use commonware_utils::{NZUsize, Probability, probability};

use super::gate::Memory;
use super::machine::Machine;
use super::node::{Oracle, Seat, prefix};
use super::wire::Owner;
use super::{Action, Config, Link, Report, Scenario, StorageFaults, WorldError};
use crate::bft::block::PublicKey;
use crate::bft::bounds::message_limit;
use crate::bft::voting::vote_partition;
use crate::{ConsensusError, keys};

/// Runs a world to its end on the calling thread. Fails on keys that cannot be a validator set, and if the world
/// itself, as opposed to what happens in it, cannot go on.
pub fn run(config: &Config, scenario: Arc<dyn Scenario>) -> Result<Report, WorldError> {
    let start = UNIX_EPOCH.checked_add(Duration::from_millis(config.start_ms)).unwrap_or(UNIX_EPOCH);
    let runtime = deterministic::Config::new().with_seed(config.seed).with_start_time(start);
    deterministic::Runner::new(runtime).start(|context| async move {
        let mut world = World::new(&context, config, scenario).await?;
        let stopped = world.live(&context).await?;
        let elapsed = context.current().duration_since(start).unwrap_or_default();
        drop(world);
        Ok(Report { trace: context.auditor().state(), elapsed, stopped })
    })
}

struct World<'a> {
    config: &'a Config,
    scenario: Arc<dyn Scenario>,
    oracle: Oracle,
    everybody: Arc<Vec<PublicKey>>,
    seats: Vec<Seat>,
}

impl<'a> World<'a> {
    async fn new(
        context: &deterministic::Context,
        config: &'a Config,
        scenario: Arc<dyn Scenario>,
    ) -> Result<Self, WorldError> {
        let unusable = ConsensusError::Validators("a key is not usable");
        let private: Option<Vec<_>> = config.secrets.iter().map(keys::private).collect();
        let private = private.ok_or(unusable)?;
        let public: Vec<PublicKey> = private.iter().map(|key| key.public_key()).collect();
        let set: Set<PublicKey> = Set::from_iter_dedup(public.iter().cloned());
        let peers = NZUsize!(keys::MAX_VALIDATORS);
        let network = simulated::Config {
            max_size: message_limit(),
            max_peers_per_set: peers,
            disconnect_on_block: true,
            tracked_peer_sets: NZUsize!(1),
        };
        let (network, oracle) = simulated::Network::new(context.child("network"), network);
        network.start();
        oracle.manager().track(0, set.clone());

        let mut seats = Vec::new();
        for (index, key) in private.into_iter().enumerate() {
            let machine = Arc::new(Machine::default());
            let namespace = keys::vote_namespace(&config.chain);
            let scheme = Scheme::signer(&namespace, set.clone(), key.clone());
            let scheme = scheme.ok_or(ConsensusError::NotAValidator)?;
            let owner = Owner {
                node: index,
                key: key.public_key(),
                scheme,
                machine: Arc::clone(&machine),
                scenario: Arc::clone(&scenario),
            };
            let (owner, gate) = (Arc::new(owner), Memory::default());
            seats.push(Seat { index, key, owner, machine, gate, lives: 0, life: None });
        }
        let world = Self { config, scenario, oracle, everybody: Arc::new(public), seats };
        for from in 0..world.seats.len() {
            for to in 0..world.seats.len() {
                world.link(from, to, config.link).await?;
            }
        }
        Ok(world)
    }

    /// True if the scenario ended the world.
    async fn live(&mut self, context: &deterministic::Context) -> Result<bool, WorldError> {
        let start = context.current();
        loop {
            self.bury();
            let now = context.current().duration_since(start).unwrap_or_default();
            for action in self.scenario.step(now) {
                if matches!(action, Action::Stop) {
                    return Ok(true);
                }
                self.act(context, action).await?;
            }
            if now >= self.config.limit {
                return Ok(false);
            }
            context.sleep(self.config.step).await;
        }
    }

    /// Removes processes that have ended by themselves.
    fn bury(&mut self) {
        for seat in &mut self.seats {
            if let Some(reason) = seat.machine.take_end()
                && seat.life.take().is_some()
            {
                self.scenario.ended(seat.index, &reason);
            }
        }
    }

    async fn act(&mut self, context: &deterministic::Context, action: Action) -> Result<(), WorldError> {
        match action {
            Action::Start(node) => self.start(context, node).await,
            Action::Crash(node) => self.with(node, |seat| seat.life = None),
            Action::Link { from, to, link } => self.link(from, to, link).await?,
            Action::Skew { node, ms } => self.with(node, |seat| seat.machine.set_skew(ms)),
            Action::Role { node, role } => self.with(node, |seat| seat.machine.set_role(role)),
            Action::Storage(faults) => *context.storage_fault_config().write() = fault_config(faults),
            Action::ForgetVotes(node) => self.forget(context, node).await,
            Action::Send { from, to, message } => {
                if let Some(to) = self.everybody.get(to).cloned() {
                    self.with(from, |seat| {
                        if let Some(life) = &mut seat.life {
                            life.send(to, message);
                        }
                    });
                }
            }
            Action::Stop => {}
        }
        Ok(())
    }

    fn with(&mut self, node: usize, act: impl FnOnce(&mut Seat)) {
        if let Some(seat) = self.seats.get_mut(node) {
            act(seat);
        }
    }

    async fn start(&mut self, context: &deterministic::Context, node: usize) {
        let Some(seat) = self.seats.get_mut(node).filter(|seat| seat.life.is_none()) else { return };
        // What the life before still had to say is of no interest any more.
        drop(seat.machine.take_end());
        if let Err(reason) = seat.start(context, &self.oracle, self.config, &self.everybody).await {
            self.scenario.ended(node, &reason);
        }
    }

    async fn forget(&mut self, context: &deterministic::Context, node: usize) {
        let Some(seat) = self.seats.get_mut(node) else { return };
        for epoch in 0..=seat.gate.voted().unwrap_or(0) {
            // Epochs long past have no files any more.
            let removed = context.remove(&vote_partition(&prefix(node), epoch), None).await;
            tracing::trace!(node, epoch, removed = removed.is_ok(), "votes forgotten");
        }
        seat.gate.forget();
    }

    async fn link(&self, from: usize, to: usize, link: Link) -> Result<(), WorldError> {
        let (Some(sender), Some(receiver)) = (self.everybody.get(from), self.everybody.get(to)) else {
            return Ok(());
        };
        if from == to {
            return Ok(());
        }
        // There is none before the first call: nothing to remove then.
        let removed = self.oracle.remove_link(sender.clone(), receiver.clone()).await;
        tracing::trace!(from, to, removed = removed.is_ok(), "link replaced");
        if link.loss_percent >= 100 {
            return Ok(());
        }
        let arrive = 100u64.saturating_sub(link.loss_percent.into());
        let settings =
            simulated::Link { latency: link.latency, jitter: link.jitter, success_rate: chance(arrive, 100) };
        let added = self.oracle.add_link(sender.clone(), receiver.clone(), settings).await;
        added.map_err(|error| WorldError::Network(error.to_string()))
    }
}

fn chance(part: u64, of: u64) -> Probability {
    Probability::new(part.min(of), of).unwrap_or(probability!(0.0))
}

fn fault_config(faults: StorageFaults) -> FaultConfig {
    let rate = |per_mille: u16| (per_mille > 0).then(|| chance(per_mille.into(), 1_000));
    let write = rate(faults.write).map(|failure_rate| WriteConfig {
        failure_rate,
        retention_rate: chance(1, 2),
        mode: PartialWriteMode::Subset,
    });
    FaultConfig {
        open_rate: rate(faults.open),
        write_rate: write,
        sync_rate: rate(faults.sync),
        ..FaultConfig::default()
    }
}
