//! One life of a validator: its channels, its process, its end.

use std::num::NonZeroU64;
use std::sync::Arc;

use commonware_cryptography::ed25519;
use commonware_p2p::{Receiver as _, Recipients, Sender as _, simulated};
use commonware_runtime::{Handle, Quota, Spawner as _, Supervisor as _, deterministic};
use commonware_utils::NZU32;
use futures::channel::mpsc;

use super::gate::Memory;
use super::local::Local;
use super::machine::Machine;
use super::wire::{Kind, Owner, RawSender, Tap};
use super::{Config, Scenario};
use crate::bft::block::{EngineBlock, PublicKey};
use crate::bft::delivery::Queue;
use crate::bft::epochs::Tracker;
use crate::bft::peer_blocking::Counted;
use crate::bft::setup::{Channels, Setup};
use crate::bft::wiring::run;
use crate::engine::Stopped;
use crate::{Application, Block, Validator};

/// Messages a second on one channel: above what any of them needs, so that it never decides anything. The engine
/// makes room for as many at every start, so it is not larger than that.
const QUOTA: Quota = Quota::per_second(NZU32!(1_024));

/// The channel of what is not consensus.
const ASIDE: u64 = 5;

pub(super) type Oracle = simulated::Oracle<PublicKey, deterministic::Context>;
type Receiver = simulated::Receiver<PublicKey>;
type Manager = simulated::Manager<PublicKey, deterministic::Context>;
type Control = simulated::Control<PublicKey, deterministic::Context>;
type NodeSetup = Setup<Manager, Counted<Control>, Everybody, Memory>;

/// Everybody is linked to everybody.
struct Everybody;

impl Tracker for Everybody {
    fn track(&mut self, _: u64, _: &[Validator], _: &[Validator]) {}
}

/// What stays while lives come and go.
pub(super) struct Seat {
    pub(super) index: usize,
    pub(super) key: ed25519::PrivateKey,
    pub(super) owner: Arc<Owner>,
    pub(super) machine: Arc<Machine>,
    pub(super) gate: Memory,
    pub(super) lives: u32,
    pub(super) life: Option<Life>,
}

/// A running process.
pub(super) struct Life {
    process: Handle<()>,
    aside: RawSender,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.process.abort();
    }
}

impl Life {
    pub(super) fn send(&mut self, to: PublicKey, message: Vec<u8>) {
        self.aside.send(Recipients::One(to), message, false);
    }
}

/// Prefix of the names of a validator's files.
pub(super) fn prefix(index: usize) -> String {
    format!("v{index}")
}

impl Seat {
    /// Boots the process. What prevents that becomes the end of the life.
    pub(super) async fn start(
        &mut self,
        context: &deterministic::Context,
        oracle: &Oracle,
        config: &Config,
        everybody: &Arc<Vec<PublicKey>>,
    ) -> Result<(), Stopped> {
        let scenario = Arc::clone(&self.owner.scenario);
        let app = scenario
            .boot(self.index)
            .ok_or_else(|| Stopped::Application("the process could not start".to_owned()))?;
        let mut channels = Vec::new();
        for kind in [Kind::Vote, Kind::Certificate, Kind::Resolver, Kind::Backfill, Kind::Broadcast] {
            let (sender, receiver) = self.register(oracle, channels.len()).await?;
            channels.push((Tap { inner: sender, kind, owner: Arc::clone(&self.owner) }, receiver));
        }
        let (aside, heard) = self.register(oracle, channels.len()).await?;
        let setup = self.setup(oracle, config, app)?;
        let channels = five(channels).ok_or_else(|| failed("there are not five channels"))?;

        let life =
            context.child("life").with_attribute("node", self.index).with_attribute("life", self.lives);
        self.lives = self.lives.saturating_add(1);
        let (machine, index) = (Arc::clone(&self.machine), self.index);
        let everybody = Arc::clone(everybody);
        let process = Local::new(life, Arc::clone(&machine)).spawn(move |context| async move {
            context.child("aside").spawn(move |_| listen(heard, everybody, scenario, index));
            let (sender, queue) = mpsc::unbounded();
            machine.end(run(context.child("engine"), setup, channels, Queue(sender), queue).await);
        });
        self.life = Some(Life { process, aside });
        Ok(())
    }

    async fn register(&self, oracle: &Oracle, channel: usize) -> Result<(RawSender, Receiver), Stopped> {
        let channel = u64::try_from(channel).unwrap_or(ASIDE);
        let registered = oracle.control(self.owner.key.clone()).register(channel, QUOTA).await;
        registered.map_err(|error| failed(&format!("channel {channel}: {error}")))
    }

    fn setup(
        &self,
        oracle: &Oracle,
        config: &Config,
        app: Arc<dyn Application>,
    ) -> Result<NodeSetup, Stopped> {
        let header = app.header(0).ok_or_else(|| failed("the genesis block is missing"))?;
        let genesis = EngineBlock::new(Block { header, items: Vec::new() })
            .map_err(|error| failed(&error.to_string()))?;
        let epoch_blocks =
            NonZeroU64::new(config.epoch_blocks).ok_or_else(|| failed("epochs of no length"))?;
        Ok(Setup {
            chain: config.chain.clone(),
            key: self.key.clone(),
            genesis,
            epoch_blocks,
            peers: oracle.manager(),
            blocker: Counted::new(oracle.control(self.owner.key.clone()), &app),
            tracker: Everybody,
            gate: self.gate.clone(),
            app,
            shared: Arc::default(),
            timing: config.timing,
            prefix: prefix(self.index),
        })
    }
}

fn five(channels: Vec<(Tap, Receiver)>) -> Option<Channels<Tap, Receiver>> {
    let mut channels = channels.into_iter();
    Some(Channels {
        vote: channels.next()?,
        certificate: channels.next()?,
        resolver: channels.next()?,
        backfill: channels.next()?,
        broadcast: channels.next()?,
    })
}

async fn listen(
    mut heard: Receiver,
    everybody: Arc<Vec<PublicKey>>,
    scenario: Arc<dyn Scenario>,
    index: usize,
) {
    while let Ok((from, message)) = heard.recv().await {
        if let Some(from) = everybody.iter().position(|key| *key == from) {
            scenario.received(index, from, message.as_ref());
        }
    }
}

pub(super) fn failed(reason: &str) -> Stopped {
    Stopped::Engine(reason.to_owned())
}
