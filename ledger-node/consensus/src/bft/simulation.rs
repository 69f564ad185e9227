//! The same wiring in a seeded, deterministic world: loss, a crash with restart, isolation, healing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_cryptography::ed25519;
use commonware_glue::simulate::action::{Action, Crash, Schedule};
use commonware_glue::simulate::engine::{EngineDefinition, InitContext};
use commonware_glue::simulate::exit::ProcessedHeightAtLeast;
use commonware_glue::simulate::plan::PlanBuilder;
use commonware_glue::simulate::processed::ProcessedHeight;
use commonware_glue::simulate::property::Property;
use commonware_glue::simulate::reporter::MonitorReporter;
use commonware_glue::simulate::tracker::ProgressTracker;
use commonware_p2p::simulated::Link;
use commonware_runtime::{Handle, Quota, Spawner as _, Supervisor as _};
use commonware_utils::{NZU32, probability};
use futures::channel::mpsc;
use parking_lot::Mutex;

use super::Timing;
use super::block::{EngineBlock, PublicKey};
use super::delivery::{Queue, deliver};
use super::wiring::{Channels, Setup, message_limit, start};
use crate::{Application, Block, BlockHeader, Content, Finalized, Hash, Verdict, genesis_header, keys};

const CHAIN: &[u8] = b"simulated";
const VALIDATORS: u8 = 4;

/// A validator's ledger disk: outlives its crashes.
#[derive(Default)]
struct Disk(Mutex<Vec<Hash>>);

/// Every validator always has one item, named by height and validator; blocks of other shape are invalid.
struct Ledger {
    me: u8,
    disk: Arc<Disk>,
}

impl Application for Ledger {
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], _: u64) -> Content {
        let above = parent.height.saturating_sub(self.applied_height());
        assert_eq!(pending.len() as u64, above, "every unapplied ancestor, no other");
        Content { app: vec![self.me], items: vec![Bytes::from(vec![self.me; 200])] }
    }

    fn has_work(&self) -> bool {
        true
    }

    fn verify(&self, block: &Block, pending: &[Arc<Block>]) -> Verdict {
        let contiguous = pending.last().is_none_or(|last| last.header.digest() == block.header.parent);
        assert!(contiguous, "the last ancestor is the parent");
        // As a node does whose header names the state of a height two below.
        if self.applied_height() + 2 < block.header.height {
            return Verdict::NotYet;
        }
        if block.items.len() == 1 { Verdict::Accept } else { Verdict::Reject }
    }

    fn finalized(&self, finalized: Finalized) -> Result<(), String> {
        let header = &finalized.block.header;
        let mut chain = self.disk.0.lock();
        assert_eq!(header.height, chain.len() as u64 + 1, "in order, exactly once");
        assert_eq!(finalized.digest, header.digest());
        if let Some(certificate) = &finalized.certificate {
            assert!(crate::verify_certificate(CHAIN, &public_keys(), header, certificate));
        }
        chain.push(finalized.digest);
        Ok(())
    }

    fn applied_height(&self) -> u64 {
        self.disk.0.lock().len() as u64
    }
}

impl ProcessedHeight for Ledger {
    async fn processed_height(&self) -> u64 {
        self.applied_height()
    }
}

fn public_keys() -> Vec<[u8; 32]> {
    (0..VALIDATORS).map(|i| keys::public_key(&[i + 1; 32]).unwrap()).collect()
}

#[derive(Clone, Default)]
struct World(Arc<Mutex<BTreeMap<usize, Arc<Disk>>>>);

impl World {
    fn disk(&self, index: usize) -> Arc<Disk> {
        Arc::clone(self.0.lock().entry(index).or_default())
    }
}

impl EngineDefinition for World {
    type PublicKey = PublicKey;
    type Engine = Handle<()>;
    type State = Ledger;

    fn participants(&self) -> Vec<PublicKey> {
        public_keys().iter().map(|key| keys::public(key).unwrap()).collect()
    }

    fn channels(&self) -> Vec<(u64, Quota)> {
        (0..5).map(|channel| (channel, Quota::per_second(NZU32!(1024)))).collect()
    }

    fn max_message_size(&self) -> u32 {
        message_limit(u32::from(VALIDATORS))
    }

    async fn init(&self, init: InitContext<'_, PublicKey>) -> (Handle<()>, Ledger) {
        let me = u8::try_from(init.index).unwrap();
        let key: ed25519::PrivateKey = keys::private(&[me + 1; 32]).unwrap();
        let participants = keys::participants(&public_keys()).unwrap();
        let mut channels = init.channels.into_iter();
        let channels = Channels {
            vote: channels.next().unwrap(),
            certificate: channels.next().unwrap(),
            resolver: channels.next().unwrap(),
            backfill: channels.next().unwrap(),
            broadcast: channels.next().unwrap(),
        };
        let disk = self.disk(init.index);
        let app: Arc<dyn Application> = Arc::new(Ledger { me, disk: Arc::clone(&disk) });
        let genesis = Block { header: genesis_header(CHAIN, &public_keys()), items: Vec::new() };
        let setup = Setup {
            me: init.public_key.clone(),
            scheme: Scheme::signer(&keys::vote_namespace(CHAIN), participants, key).unwrap(),
            genesis: EngineBlock::new(genesis).unwrap(),
            peers: init.oracle.manager(),
            blocker: init.oracle.control(init.public_key.clone()),
            app: Arc::clone(&app),
            shared: Arc::default(),
            timing: Timing { min_interval: Duration::from_millis(20), ..Timing::default() },
            prefix: format!("v{me}"),
        };
        let (sender, queue) = mpsc::unbounded();
        let reporter = MonitorReporter::new(init.public_key.clone(), init.monitor, Queue(sender));
        let (engine, marshal) = start(init.context.child("engine"), setup, channels, reporter).await.unwrap();
        init.context.child("delivery").spawn(move |_| deliver(queue, marshal, app));
        (engine, Ledger { me, disk })
    }

    fn start(engine: Handle<()>) -> Handle<()> {
        engine
    }
}

/// Safety: at every height at which two validators have a block, it is the same block.
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
            let chains: Vec<Vec<Hash>> = self.0.0.lock().values().map(|disk| disk.0.lock().clone()).collect();
            let longest = chains.iter().max_by_key(|chain| chain.len()).unwrap();
            let fork = chains.iter().position(|chain| chain[..] != longest[..chain.len()]);
            fork.map_or(Ok(()), |index| Err(format!("validator {index} is on another chain")))
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

/// One run: validator 0 crashes at 3 s and returns at 8 s; nothing that validator 1 sends arrives from 10 s
/// to 15 s; one message in twenty is lost throughout. Returns a fingerprint of the whole execution.
fn run(seed: u64) -> (String, Vec<Hash>) {
    let world = World::default();
    let keys = world.participants();
    let dead = Link { success_rate: probability!(0.0), ..lossy() };
    let mut schedule = Schedule::new()
        .at(Duration::from_secs(3), Action::Crash(keys[0].clone()))
        .at(Duration::from_secs(8), Action::Restart(keys[0].clone()));
    for to in [0, 2, 3] {
        let cut = Action::UpdateLink { from: keys[1].clone(), to: keys[to].clone(), link: dead.clone() };
        schedule = schedule.at(Duration::from_secs(10), cut);
    }
    schedule = schedule.at(Duration::from_secs(15), Action::Heal(lossy()));
    let results = PlanBuilder::new(world.clone())
        .seed(seed)
        .link(lossy())
        .crash(Crash::Schedule(schedule))
        .exit_condition(ProcessedHeightAtLeast::new(120))
        .timeout(Duration::from_secs(300))
        .property(OneChain(world.clone()))
        .run()
        .expect("every validator reaches the height in time");
    assert!(results[0].crashes >= 1);
    let chain = world.disk(0).0.lock().clone();
    (results[0].state.clone(), chain)
}

#[test]
fn survives_loss_crash_and_isolation_and_repeats_exactly() {
    let first = run(1);
    assert_eq!(first, run(1), "one seed, one execution");
    let second = run(2);
    assert_ne!(first.0, second.0, "another seed, another execution");
    assert!(first.1.len() >= 120 && second.1.len() >= 120);
}
