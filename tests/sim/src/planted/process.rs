//! Bugs inside a process: in judging, in applying, at the door.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use dure_consensus::{Application, Block, BlockHeader, Content, Finalized, Validator, Verdict};
use dure_score::{ChainId, SignedTx};

use crate::{process::Answer, seams::Seams, town::START_MS};

/// One in so many is lost.
const LOST: u64 = 9;

/// An application whose judgement or applying is something else.
struct Bent {
    inner: Arc<dyn Application>,
    /// Every block is good.
    blind: bool,
    /// What the machine's clock is off goes into the block's time.
    leak: Option<Arc<AtomicI64>>,
}

impl Application for Bent {
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], time_ms: u64) -> Content {
        self.inner.propose(parent, pending, time_ms)
    }

    fn has_work(&self) -> bool {
        self.inner.has_work()
    }

    fn verify(&self, block: &Block, pending: &[Arc<Block>]) -> Verdict {
        if self.blind { Verdict::Accept } else { self.inner.verify(block, pending) }
    }

    fn finalized(&self, mut finalized: Finalized) -> Result<(), String> {
        let skew = self.leak.as_ref().map_or(0, |skew| skew.load(Ordering::Relaxed));
        if skew != 0 {
            let mut block = (*finalized.block).clone();
            block.header.time_ms = block.header.time_ms.saturating_add_signed(skew);
            finalized.block = Arc::new(block);
        }
        self.inner.finalized(finalized)
    }

    fn applied_height(&self) -> u64 {
        self.inner.applied_height()
    }

    fn validators(&self, epoch: u64) -> Option<Vec<Validator>> {
        self.inner.validators(epoch)
    }

    fn header(&self, height: u64) -> Option<BlockHeader> {
        self.inner.header(height)
    }

    fn certified(&self) -> Option<Finalized> {
        self.inner.certified()
    }

    fn peer_blocked(&self, key: &[u8; 32]) {
        self.inner.peer_blocked(key);
    }
}

/// Every block is found good.
pub struct AcceptsEverything;

impl Seams for AcceptsEverything {
    fn application(&self, _: usize, _: &Arc<AtomicI64>, inner: Arc<dyn Application>) -> Arc<dyn Application> {
        Arc::new(Bent { inner, blind: true, leak: None })
    }
}

/// A machine's own clock gets into the state.
pub struct ClockLeaks;

impl Seams for ClockLeaks {
    fn application(
        &self,
        _: usize,
        skew_ms: &Arc<AtomicI64>,
        inner: Arc<dyn Application>,
    ) -> Arc<dyn Application> {
        Arc::new(Bent { inner, blind: false, leak: Some(Arc::clone(skew_ms)) })
    }
}

/// One in so many transactions is said to wait, and is dropped.
#[derive(Default)]
pub struct PoolLoses(AtomicU64);

impl Seams for PoolLoses {
    fn door(&self, _: usize, wire: &[u8]) -> Option<Answer> {
        // Those that a door would let in: what is hopeless anyhow is not lost.
        let tx = SignedTx::from_wire(wire).ok()?;
        let alive = tx.transaction().valid_until > START_MS && tx.transaction().chain.as_str() == "sim-1";
        tx.verify(&ChainId::new("sim-1").ok().filter(|_| alive)?).ok()?;
        let lost = self.0.fetch_add(1, Ordering::Relaxed) % LOST == LOST - 1;
        lost.then_some(Answer::Pending { new: false })
    }
}

/// Transactions of other chains are let in.
pub struct WrongChainAccepted;

impl Seams for WrongChainAccepted {
    fn door(&self, _: usize, wire: &[u8]) -> Option<Answer> {
        let tx = SignedTx::from_wire(wire).ok()?;
        let chain = tx.transaction().chain.clone();
        tx.verify(&chain).ok()?;
        (chain.as_str() == "sim-2").then_some(Answer::Pending { new: true })
    }
}
