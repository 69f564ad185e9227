//! Five nodes of one chain on simulated disks: validators run the product's wiring, the others copy final blocks.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use commonware_glue::simulate::engine::{EngineDefinition, InitContext};
use commonware_glue::simulate::processed::ProcessedHeight;
use commonware_glue::simulate::reporter::MonitorReporter;
use commonware_runtime::{Clock as _, Handle, Quota, Spawner as _, Supervisor as _, deterministic};
use commonware_utils::NZU32;
use futures::channel::mpsc;
use parking_lot::Mutex;

use crate::bft::Timing;
use crate::bft::block::{EngineBlock, PublicKey};
use crate::bft::bounds::message_limit;
use crate::bft::delivery::Queue;
use crate::bft::epochs::Tracker;
use crate::bft::peer_blocking::Counted;
use crate::bft::setup::{Channels, Setup};
use crate::bft::wiring::run;
use crate::engine::Stopped;
use crate::journal::{Admission, Gate};
use crate::{
    Application, Block, BlockHeader, ConsensusError, Content, Finalized, Hash, Validator, Verdict,
    genesis_header, keys, verify_certificate,
};
use dure_chain::epoch::epoch_of;

pub const CHAIN: &[u8] = b"simulated";
pub const NODES: u8 = 5;
/// Short, so that a minute of simulation crosses many borders.
pub const EPOCH_BLOCKS: u64 = 8;
/// From this epoch on node 0 is out and node 4 is in.
pub const CHANGE: u64 = 3;

fn key(node: u8) -> [u8; 32] {
    keys::public_key(&[node + 1; 32]).unwrap()
}

fn keys_of(epoch: u64) -> Vec<[u8; 32]> {
    let nodes = if epoch < CHANGE { 0..4 } else { 1..5 };
    nodes.map(key).collect()
}

fn genesis() -> BlockHeader {
    genesis_header(CHAIN, &keys_of(0))
}

/// A node's disk: outlives its crashes.
#[derive(Default)]
pub struct Disk {
    chain: Mutex<Vec<Finalized>>,
    voted: Mutex<Option<u64>>,
}

impl Disk {
    pub fn digests(&self) -> Vec<Hash> {
        self.chain.lock().iter().map(|block| block.digest).collect()
    }

    /// The newest epoch in which the node may have voted.
    pub fn voted(&self) -> Option<u64> {
        *self.voted.lock()
    }

    fn height(&self) -> u64 {
        self.chain.lock().len() as u64
    }

    fn next_epoch(&self) -> u64 {
        epoch_of(self.height() + 1, EPOCH_BLOCKS)
    }
}

/// Every validator always has one item, named by the validator; blocks of other shape are invalid.
#[derive(Clone)]
pub struct Ledger {
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
        let epoch = epoch_of(header.height, EPOCH_BLOCKS);
        let mut chain = self.disk.chain.lock();
        assert_eq!(header.height, chain.len() as u64 + 1, "in order, exactly once");
        assert_eq!((finalized.digest, header.epoch), (header.digest(), epoch));
        assert!(keys_of(epoch).contains(&header.proposer), "a validator of the epoch proposed it");
        if let Some(certificate) = &finalized.certificate {
            assert!(verify_certificate(CHAIN, &keys_of(epoch), header, certificate));
        }
        chain.push(finalized);
        Ok(())
    }

    fn applied_height(&self) -> u64 {
        self.disk.height()
    }

    fn validators(&self, epoch: u64) -> Option<Vec<Validator>> {
        let settled = epoch <= self.disk.next_epoch() + 1;
        let validator = |public_key| Validator { public_key, address: None };
        settled.then(|| keys_of(epoch).into_iter().map(validator).collect())
    }

    fn header(&self, height: u64) -> Option<BlockHeader> {
        let Some(index) = height.checked_sub(1) else { return Some(genesis()) };
        self.disk.chain.lock().get(index as usize).map(|finalized| finalized.block.header.clone())
    }

    fn certified(&self) -> Option<Finalized> {
        self.disk.chain.lock().iter().rev().find(|finalized| finalized.certificate.is_some()).cloned()
    }

    fn peer_blocked(&self, key: &[u8; 32]) {
        panic!("{} blocks {}, which is honest", self.me, hex::encode(key));
    }
}

impl ProcessedHeight for Ledger {
    async fn processed_height(&self) -> u64 {
        self.applied_height()
    }
}

impl Gate for Ledger {
    fn admit(&mut self, epoch: u64, _: u64) -> Result<Admission, ConsensusError> {
        let mut voted = self.disk.voted.lock();
        let previous = *voted;
        assert!(previous.is_none_or(|previous| previous <= epoch), "never back into an epoch left behind");
        *voted = Some(epoch);
        Ok(Admission { first: previous != Some(epoch), previous })
    }
}

/// In the simulation everybody is linked to everybody.
struct Everybody;

impl Tracker for Everybody {
    fn track(&mut self, _: u64, _: &[Validator], _: &[Validator]) {}
}

#[derive(Clone, Default)]
pub struct World(Arc<Mutex<BTreeMap<u8, Arc<Disk>>>>);

impl World {
    pub fn disk(&self, node: u8) -> Arc<Disk> {
        Arc::clone(self.0.lock().entry(node).or_default())
    }

    /// Copies final blocks from whoever has them, as an observer does over HTTP, while `still` holds.
    async fn observe(&self, clock: &deterministic::Context, ledger: &Ledger, still: impl Fn(&Disk) -> bool) {
        while still(&ledger.disk) {
            let height = ledger.disk.height() as usize;
            let disks: Vec<Arc<Disk>> = self.0.lock().values().cloned().collect();
            let next = disks.iter().find_map(|disk| disk.chain.lock().get(height).cloned());
            match next {
                Some(next) => ledger.finalized(next).unwrap(),
                None => clock.sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

impl EngineDefinition for World {
    type PublicKey = PublicKey;
    type Engine = Handle<()>;
    type State = Ledger;

    fn participants(&self) -> Vec<PublicKey> {
        (0..NODES).map(|node| keys::public(&key(node)).unwrap()).collect()
    }

    fn channels(&self) -> Vec<(u64, Quota)> {
        (0..5).map(|channel| (channel, Quota::per_second(NZU32!(1024)))).collect()
    }

    fn max_message_size(&self) -> u32 {
        message_limit()
    }

    async fn init(&self, init: InitContext<'_, PublicKey>) -> (Handle<()>, Ledger) {
        let me = u8::try_from(init.index).unwrap();
        let ledger = Ledger { me, disk: self.disk(me) };
        let mut channels = init.channels.into_iter();
        let channels = Channels {
            vote: channels.next().unwrap(),
            certificate: channels.next().unwrap(),
            resolver: channels.next().unwrap(),
            backfill: channels.next().unwrap(),
            broadcast: channels.next().unwrap(),
        };
        let app: Arc<dyn Application> = Arc::new(ledger.clone());
        let setup = Setup {
            chain: CHAIN.to_vec(),
            key: keys::private(&[me + 1; 32]).unwrap(),
            genesis: EngineBlock::new(Block { header: genesis(), items: Vec::new() }).unwrap(),
            epoch_blocks: NonZeroU64::new(EPOCH_BLOCKS).unwrap(),
            peers: init.oracle.manager(),
            blocker: Counted::new(init.oracle.control(init.public_key.clone()), &app),
            tracker: Everybody,
            gate: ledger.clone(),
            app,
            shared: Arc::default(),
            timing: Timing { min_interval: Duration::from_millis(20), ..Timing::default() },
            prefix: format!("v{me}"),
        };
        let (sender, queue) = mpsc::unbounded();
        let reporter = MonitorReporter::new(init.public_key.clone(), init.monitor, Queue(sender));
        let (world, own) = (self.clone(), ledger.clone());
        let life = init.context.child("life").spawn(move |context| async move {
            let outside = |disk: &Disk| !keys_of(disk.next_epoch()).contains(&key(me));
            world.observe(&context, &own, outside).await;
            let ended = run(context.child("engine"), setup, channels, reporter, queue).await;
            assert_eq!(ended, Stopped::Retired { epoch: CHANGE });
            world.observe(&context, &own, |_| true).await;
        });
        (life, ledger)
    }

    fn start(engine: Handle<()>) -> Handle<()> {
        engine
    }
}
