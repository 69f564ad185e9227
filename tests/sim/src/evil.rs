//! Faulty proposers: a validator whose blocks hold what no block may hold, and which finds every block good.

use std::sync::Arc;

use bytes::Bytes;
use dure_consensus::{Application, Block, BlockHeader, Content, Finalized, Validator, Verdict};
use dure_score::Hash32;
use ledger_node::{history::ledger::Ledger, ingress::pool::MAX_PROPOSED, store::record::AppHeader};

/// What is wrong with the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evil {
    /// They hold no transaction.
    Censoring,
    /// They claim a state root that is not so.
    WrongRoot,
    /// They hold a transaction whose signature is broken.
    BadSignature,
    /// They hold a transaction that is in a block already.
    Repeating,
    /// They hold more transactions than a block may.
    Oversized,
    /// They hold bytes that are no transaction.
    Garbage,
    /// They hold a transaction whose time is over.
    OutOfTime,
    /// They hold a transaction of another chain.
    WrongChain,
}

impl Evil {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Censoring,
        Self::WrongRoot,
        Self::BadSignature,
        Self::Repeating,
        Self::Oversized,
        Self::Garbage,
        Self::OutOfTime,
        Self::WrongChain,
    ];
}

/// The application of a faulty validator.
pub struct Traitor {
    /// What it does.
    pub evil: Evil,
    /// The application that it spoils.
    pub inner: Arc<dyn Application>,
    /// Its ledger.
    pub ledger: Arc<Ledger>,
    /// A transaction whose time was over before the first block.
    pub old: Bytes,
    /// A transaction of another chain.
    pub foreign: Bytes,
}

impl Traitor {
    fn repeated(&self, content: &Content) -> Option<Bytes> {
        let before = self.ledger.head().height;
        let early = (1..=before).find_map(|height| self.ledger.items(height).ok()?.into_iter().next());
        early.or_else(|| content.items.first().cloned())
    }

    fn spoil(&self, content: &mut Content) {
        match self.evil {
            Evil::Censoring => content.items.clear(),
            Evil::WrongRoot => {
                if let Some(claim) = AppHeader::decode(&content.app) {
                    content.app = AppHeader { state_root: Hash32::new([7; 32]), ..claim }.encode();
                }
            }
            Evil::BadSignature => {
                let broken = content.items.first().map(|item| {
                    let mut bytes = item.to_vec();
                    if let Some(last) = bytes.last_mut() {
                        *last ^= 1;
                    }
                    Bytes::from(bytes)
                });
                content.items = broken.into_iter().collect();
            }
            Evil::Repeating => content.items.extend(self.repeated(content)),
            Evil::Oversized => {
                content.items =
                    (0..=MAX_PROPOSED as u32).map(|n| Bytes::from(n.to_be_bytes().to_vec())).collect();
            }
            Evil::Garbage => content.items.push(Bytes::from_static(b"no transaction")),
            Evil::OutOfTime => content.items.push(self.old.clone()),
            Evil::WrongChain => content.items.push(self.foreign.clone()),
        }
    }
}

impl Application for Traitor {
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], time_ms: u64) -> Content {
        let mut content = self.inner.propose(parent, pending, time_ms);
        self.spoil(&mut content);
        content
    }

    fn has_work(&self) -> bool {
        self.inner.has_work()
    }

    fn verify(&self, _: &Block, _: &[Arc<Block>]) -> Verdict {
        Verdict::Accept
    }

    fn finalized(&self, finalized: Finalized) -> Result<(), String> {
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
