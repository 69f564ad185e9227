//! Signatures are checked once per node: at admission one by one, in others' blocks all at once. What was verified is
//! remembered by the hash of its wire bytes until two generations of newer transactions have pushed it out.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use dure_score::{ChainId, Refusal, SignedTx, VerifiedTx, limits::MAX_TX_BYTES};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

/// Transactions of one generation. Two generations of small ones take about 40 MB.
const GENERATION: usize = 16_384;

/// Wire bytes of one generation, so that large transactions do not take more.
const GENERATION_BYTES: usize = 8 * 1024 * 1024;

type WireHash = [u8; 32];

/// Verifies and remembers.
pub struct Signatures {
    chain: ChainId,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    young: HashMap<WireHash, Arc<VerifiedTx>>,
    old: HashMap<WireHash, Arc<VerifiedTx>>,
    young_bytes: usize,
}

impl Signatures {
    /// For the transactions of `chain`.
    pub fn new(chain: ChainId) -> Self {
        Self { chain, known: Mutex::default() }
    }

    /// Verifies one transaction.
    pub fn verify(&self, tx: SignedTx) -> Result<Arc<VerifiedTx>, Refusal> {
        let hash = wire_hash(tx.wire());
        if let Some(known) = self.known.lock().get(&hash) {
            return Ok(known);
        }
        let verified = Arc::new(tx.verify(&self.chain)?);
        self.known.lock().insert(hash, &verified);
        Ok(verified)
    }

    /// Verifies a block's items: all of them, in order, or `None` if one is not a transaction of this chain with a good signature.
    pub fn verify_block(&self, items: &[Bytes]) -> Option<Vec<Arc<VerifiedTx>>> {
        let hashes: Vec<WireHash> = items.iter().map(|item| wire_hash(item)).collect();
        let mut found: Vec<Option<Arc<VerifiedTx>>> = {
            let known = self.known.lock();
            hashes.iter().map(|hash| known.get(hash)).collect()
        };
        let mut unknown = Vec::new();
        for (item, slot) in items.iter().zip(&found) {
            if slot.is_none() {
                if item.len() > MAX_TX_BYTES {
                    return None;
                }
                unknown.push(SignedTx::from_wire(item).ok()?);
            }
        }
        let mut fresh = VerifiedTx::batch(unknown, &self.chain, rand::rng())?.into_iter().map(Arc::new);
        let mut known = self.known.lock();
        for (hash, slot) in hashes.into_iter().zip(&mut found) {
            if slot.is_none() {
                let verified = fresh.next()?;
                known.insert(hash, &verified);
                *slot = Some(verified);
            }
        }
        found.into_iter().collect()
    }
}

impl Known {
    fn get(&self, hash: &WireHash) -> Option<Arc<VerifiedTx>> {
        self.young.get(hash).or_else(|| self.old.get(hash)).cloned()
    }

    fn insert(&mut self, hash: WireHash, tx: &Arc<VerifiedTx>) {
        if self.young.len() >= GENERATION || self.young_bytes >= GENERATION_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes = self.young_bytes.saturating_add(tx.signed().wire().len());
        self.young.insert(hash, Arc::clone(tx));
    }
}

fn wire_hash(wire: &[u8]) -> WireHash {
    Sha256::digest(wire).into()
}
