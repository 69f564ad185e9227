//! Blocks of payments put straight into a ledger: what applying costs without network and consensus, for as many payments as one
//! likes.

use std::{path::Path, sync::Arc, time::Duration, time::Instant};

use bytes::Bytes;
use dure_chain::list::root as items_root;
use dure_consensus::{Block, BlockHeader, Finalized};
use dure_score::{Genesis, Receipt, SignedTx, VerifiedTx, signature::SigningKey};

use crate::{
    certificate,
    town::{VALIDATOR, bad, next_header},
};
use ledger_node::{
    history::{
        archive::{ArchiveError, found, import::origin},
        ledger::Ledger,
    },
    store::RocksStore,
};

/// A ledger on disk whose only validator is we.
pub struct Feeder {
    ledger: Ledger,
    validator: SigningKey,
    parent: BlockHeader,
}

/// A block's transactions, checked.
pub struct Checked {
    items: Vec<Bytes>,
    txs: Vec<Arc<VerifiedTx>>,
}

impl Feeder {
    /// Makes a ledger with these records in the new folder `dir`. The genesis' validator must be that of the seed [`VALIDATOR`].
    pub fn found(
        dir: &Path,
        genesis: Genesis,
        records: &mut dyn Iterator<Item = (Vec<u8>, Vec<u8>)>,
    ) -> Result<Self, ArchiveError> {
        let store = Arc::new(RocksStore::open(dir)?);
        found(&*store, &genesis, records)?;
        let parent = origin(&genesis);
        let ledger = Ledger::open(store, genesis, &parent)?;
        Ok(Self { ledger, validator: SigningKey::from_seed(VALIDATOR), parent })
    }

    /// Checks the signatures of a block to be; for another thread than the one that applies.
    pub fn check(genesis: &Genesis, txs: Vec<SignedTx>) -> Result<Checked, ArchiveError> {
        let items = txs.iter().map(|tx| Bytes::copy_from_slice(tx.wire())).collect();
        let txs = VerifiedTx::batch(txs, &genesis.chain, rand::rng()).ok_or_else(|| bad("signatures"))?;
        Ok(Checked { items, txs: txs.into_iter().map(Arc::new).collect() })
    }

    /// Applies the next block, durably; returns how long that took. A refused payment is a fault.
    pub fn apply(&mut self, checked: Checked) -> Result<Duration, ArchiveError> {
        let head = self.ledger.head();
        let root = items_root(&checked.items);
        let header = next_header(&self.parent, root, head.state_root, &self.validator);
        let certificate = Some(certificate::sign(self.ledger.genesis(), &self.validator, &header));
        let digest = header.digest();
        let block = Arc::new(Block { header: header.clone(), items: checked.items });
        let begun = Instant::now();
        let executed = self.ledger.apply(&Finalized { block, digest, certificate }, &checked.txs)?;
        let took = begun.elapsed();
        if let Some(refusal) = executed.receipts.iter().find_map(Receipt::refusal) {
            return Err(bad(refusal.code()));
        }
        self.parent = header;
        Ok(took)
    }
}
