//! A block whose signatures are good, and the few of them that are not applied yet.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use dure_consensus::Hash;
use dure_score::{TxId, VerifiedTx};

use crate::state::hashed::HashSet;

/// Most blocks that are remembered: twice as many as may wait to be applied.
const MAX_BLOCKS: usize = 128;

/// Most transactions of remembered blocks, about 50 MB: ten full blocks. What falls out is found again one by one.
const MAX_TRANSACTIONS: usize = 40_000;

/// A block's transactions, decoded and verified, with their ids at hand.
pub struct VerifiedBlock {
    digest: Hash,
    items: Vec<Bytes>,
    txs: Vec<Arc<VerifiedTx>>,
    ids: HashSet<TxId>,
}

impl VerifiedBlock {
    /// Of a block with that digest and these items, whose transactions were verified.
    pub fn new(digest: Hash, items: Vec<Bytes>, txs: Vec<Arc<VerifiedTx>>) -> Self {
        let ids = txs.iter().map(|tx| tx.signed().id()).collect();
        Self { digest, items, txs, ids }
    }

    /// Digest of the header.
    pub const fn digest(&self) -> &Hash {
        &self.digest
    }

    /// The transactions in order.
    pub fn txs(&self) -> &[Arc<VerifiedTx>] {
        &self.txs
    }

    /// Their ids in order.
    pub fn ids(&self) -> impl Iterator<Item = TxId> + '_ {
        self.txs.iter().map(|tx| tx.signed().id())
    }

    /// Whether it holds that transaction.
    pub fn contains(&self, id: &TxId) -> bool {
        self.ids.contains(id)
    }

    /// Whether it holds a transaction more than once.
    pub fn repeats(&self) -> bool {
        self.ids.len() < self.txs.len()
    }

    /// Whether these are its items: a digest covers them, but only if somebody has checked that. Mostly they are the very same
    /// bytes in memory; else they are compared.
    pub(super) fn is_of(&self, items: &[Bytes]) -> bool {
        let same = |one: &Bytes, other: &Bytes| {
            one.len() == other.len() && (one.as_ptr() == other.as_ptr() || one == other)
        };
        items.len() == self.items.len() && items.iter().zip(&self.items).all(|(one, other)| same(one, other))
    }
}

/// Remembered blocks, oldest first.
#[derive(Default)]
pub(super) struct Blocks {
    newest_last: VecDeque<Arc<VerifiedBlock>>,
    transactions: usize,
}

impl Blocks {
    pub(super) fn get(&self, digest: &Hash) -> Option<Arc<VerifiedBlock>> {
        self.newest_last.iter().rev().find(|block| block.digest == *digest).map(Arc::clone)
    }

    pub(super) fn insert(&mut self, block: &Arc<VerifiedBlock>) {
        self.remove(&block.digest);
        self.transactions = self.transactions.saturating_add(block.txs.len());
        self.newest_last.push_back(Arc::clone(block));
        while self.newest_last.len() > MAX_BLOCKS || self.transactions > MAX_TRANSACTIONS {
            let Some(gone) = self.newest_last.pop_front() else { break };
            self.transactions = self.transactions.saturating_sub(gone.txs.len());
        }
    }

    pub(super) fn remove(&mut self, digest: &Hash) {
        let place = self.newest_last.iter().position(|block| block.digest == *digest);
        if let Some(gone) = place.and_then(|place| self.newest_last.remove(place)) {
            self.transactions = self.transactions.saturating_sub(gone.txs.len());
        }
    }
}
