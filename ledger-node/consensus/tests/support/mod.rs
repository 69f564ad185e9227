//! A small replicated log: an in-memory ledger that outlives the orderers started over it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use dure_chain::epoch::epoch_of;
use dure_consensus::{
    Application, Block, BlockHeader, Content, Finalized, Validator, Verdict, genesis_header,
};

pub const CHAIN: &[u8] = b"campus";
/// Blocks of an epoch: few, so that tests cross borders.
pub const EPOCH_BLOCKS: u64 = 8;

#[derive(Default)]
struct State {
    waiting: VecDeque<Bytes>,
    chain: Vec<Finalized>,
    fail_at: Option<u64>,
    blocked: Vec<[u8; 32]>,
}

/// The validators of each epoch.
type Sets = Box<dyn Fn(u64) -> Vec<Validator> + Send + Sync>;

/// The ledger of one node.
pub struct Ledger {
    state: Mutex<State>,
    sets: Sets,
}

impl Ledger {
    pub fn new(sets: impl Fn(u64) -> Vec<Validator> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), sets: Box::new(sets) })
    }

    pub fn genesis(&self) -> BlockHeader {
        let keys: Vec<_> = (self.sets)(0).iter().map(|validator| validator.public_key).collect();
        genesis_header(CHAIN, &keys)
    }

    /// Takes the next final block from `other`, if it has one.
    pub fn follow(&self, other: &Self) -> bool {
        let height = self.applied_height() as usize;
        let next = other.state.lock().unwrap().chain.get(height).cloned();
        next.is_some_and(|next| self.finalized(next).is_ok())
    }

    pub fn submit(&self, item: &str) {
        self.state.lock().unwrap().waiting.push_back(Bytes::copy_from_slice(item.as_bytes()));
    }

    pub fn fail_at(&self, height: u64) {
        self.state.lock().unwrap().fail_at = Some(height);
    }

    pub fn chain(&self) -> Vec<Finalized> {
        self.state.lock().unwrap().chain.clone()
    }

    /// Whom the orderer has blocked, once for each time.
    pub fn blocked(&self) -> Vec<[u8; 32]> {
        self.state.lock().unwrap().blocked.clone()
    }

    pub fn items(&self) -> Vec<String> {
        let items = self.chain().into_iter().flat_map(|f| f.block.items.clone());
        items.map(|item| String::from_utf8(item.to_vec()).unwrap()).collect()
    }

    /// Forgets the newest blocks, as a restored backup does.
    pub fn truncate(&self, height: usize) {
        self.state.lock().unwrap().chain.truncate(height);
    }
}

impl Application for Ledger {
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], _: u64) -> Content {
        let state = self.state.lock().unwrap();
        let taken = |item: &Bytes| pending.iter().any(|block| block.items.contains(item));
        let items = state.waiting.iter().filter(|item| !taken(item)).cloned().collect();
        Content { app: parent.height.to_be_bytes().to_vec(), items }
    }

    fn has_work(&self) -> bool {
        !self.state.lock().unwrap().waiting.is_empty()
    }

    fn verify(&self, block: &Block, _: &[Arc<Block>]) -> Verdict {
        let expected = block.header.height.saturating_sub(1).to_be_bytes();
        if block.header.app == expected { Verdict::Accept } else { Verdict::Reject }
    }

    fn finalized(&self, finalized: Finalized) -> Result<(), String> {
        let mut state = self.state.lock().unwrap();
        let header = &finalized.block.header;
        assert_eq!(header.height, state.chain.len() as u64 + 1, "in order, exactly once");
        assert_eq!(header.digest(), finalized.digest);
        if let Some(last) = state.chain.last() {
            assert_eq!(header.parent, last.digest);
            assert!(header.time_ms > last.block.header.time_ms, "block time grows");
        }
        if state.fail_at == Some(header.height) {
            return Err("disk full".to_owned());
        }
        let items = finalized.block.items.clone();
        state.waiting.retain(|item| !items.contains(item));
        state.chain.push(finalized);
        Ok(())
    }

    fn applied_height(&self) -> u64 {
        self.state.lock().unwrap().chain.len() as u64
    }

    fn validators(&self, epoch: u64) -> Option<Vec<Validator>> {
        let settled = epoch_of(self.applied_height() + 1, EPOCH_BLOCKS) + 1;
        (epoch <= settled).then(|| (self.sets)(epoch))
    }

    fn header(&self, height: u64) -> Option<BlockHeader> {
        let Some(index) = height.checked_sub(1) else { return Some(self.genesis()) };
        self.state.lock().unwrap().chain.get(index as usize).map(|block| block.block.header.clone())
    }

    fn certified(&self) -> Option<Finalized> {
        self.state.lock().unwrap().chain.iter().rev().find(|block| block.certificate.is_some()).cloned()
    }

    fn peer_blocked(&self, key: &[u8; 32]) {
        self.state.lock().unwrap().blocked.push(*key);
    }
}

/// Waits until `holds`; fails with `what` after `limit`.
pub fn eventually(what: &str, limit: Duration, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
