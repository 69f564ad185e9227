//! Signatures are checked once per node and in batches, whichever way a transaction comes: from a client, from a peer, in
//! another's block. What was verified is remembered under its wire bytes, and each block under its digest, so that admission,
//! judging, proposing and applying share one decoded transaction and one id.

mod block;
mod known;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use dure_consensus::Block;
use dure_score::{ChainId, Refusal, SignedTx, VerifiedTx, limits::MAX_TX_BYTES};
use parking_lot::Mutex;

pub use block::VerifiedBlock;

use block::Blocks;
use known::Known;

/// When a batch holds a bad signature its parts of so many are tried as batches, and only bad parts one by one: one bad
/// signature among hundreds costs about as much again as the batch, and only its sender's share of the next.
const PART: usize = 32;

/// Verifies and remembers.
pub struct Signatures {
    chain: ChainId,
    known: Mutex<Known>,
    blocks: Mutex<Blocks>,
    checked: AtomicU64,
}

impl Signatures {
    /// For the transactions of `chain`.
    pub fn new(chain: ChainId) -> Self {
        Self { chain, known: Mutex::default(), blocks: Mutex::default(), checked: AtomicU64::new(0) }
    }

    /// How many signatures were checked since the start. A transaction that is met again is not checked again; only those in the
    /// company of a bad one are, once or twice.
    pub fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }

    /// Those of `wires` that were verified before, each in its place.
    pub fn known<'a>(&self, wires: impl IntoIterator<Item = &'a [u8]>) -> Vec<Option<Arc<VerifiedTx>>> {
        let known = self.known.lock();
        wires.into_iter().map(|wire| known.get(wire)).collect()
    }

    /// Verifies one transaction.
    pub fn verify(&self, tx: SignedTx) -> Result<Arc<VerifiedTx>, Refusal> {
        if let Some(known) = self.known.lock().get(tx.wire()) {
            return Ok(known);
        }
        let verified = self.alone(tx)?;
        self.known.lock().insert(&verified);
        Ok(verified)
    }

    /// Verifies many that are not known yet, decoded and each with its wire bytes, in one batch; each gets its own answer in its
    /// place.
    pub fn verify_each(&self, txs: Vec<(Bytes, SignedTx)>) -> Vec<Result<Arc<VerifiedTx>, Refusal>> {
        let answers = self.each(txs);
        let mut known = self.known.lock();
        for verified in answers.iter().flatten() {
            known.insert(verified);
        }
        answers
    }

    fn each(&self, txs: Vec<(Bytes, SignedTx)>) -> Vec<Result<Arc<VerifiedTx>, Refusal>> {
        if txs.len() <= 1 {
            return txs.into_iter().map(|(_, tx)| self.alone(tx)).collect();
        }
        let (wires, txs): (Vec<Bytes>, Vec<SignedTx>) = txs.into_iter().unzip();
        self.count(txs.len());
        if let Some(good) = VerifiedTx::batch(txs, &self.chain, rand::rng()) {
            return good.into_iter().map(|tx| Ok(Arc::new(tx))).collect();
        }
        let part = if wires.len() > PART { PART } else { 1 };
        wires.chunks(part).flat_map(|part| self.again(part)).collect()
    }

    /// A batch that failed has used its transactions up: they are decoded once more, which is cheap beside checking.
    fn again(&self, wires: &[Bytes]) -> Vec<Result<Arc<VerifiedTx>, Refusal>> {
        let decoded: Vec<Option<SignedTx>> =
            wires.iter().map(|wire| SignedTx::from_wire(wire).ok()).collect();
        if decoded.iter().any(Option::is_none) {
            return wires.iter().map(|_| Err(Refusal::BadSignature)).collect();
        }
        self.each(wires.iter().cloned().zip(decoded.into_iter().flatten()).collect())
    }

    fn alone(&self, tx: SignedTx) -> Result<Arc<VerifiedTx>, Refusal> {
        self.count(1);
        tx.verify(&self.chain).map(Arc::new)
    }

    fn count(&self, checked: usize) {
        self.checked.fetch_add(u64::try_from(checked).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The block's transactions, all of them, in order; `None` if one is not a transaction of this chain with a good signature.
    pub fn block(&self, block: &Block) -> Option<Arc<VerifiedBlock>> {
        let digest = block.header.digest();
        if let Some(found) = self.blocks.lock().get(&digest)
            && found.is_of(&block.items)
        {
            return Some(found);
        }
        let txs = self.verify_block(&block.items)?;
        let verified = Arc::new(VerifiedBlock::new(digest, block.items.clone(), txs));
        self.blocks.lock().insert(&verified);
        Some(verified)
    }

    /// Forgets a block that was applied; its transactions stay known, since peers may still bring them.
    pub fn forget(&self, block: &VerifiedBlock) {
        self.blocks.lock().remove(block.digest());
    }

    /// Verifies a block's items: all of them, in order, or `None` if one is not a transaction of this chain with a good signature.
    pub fn verify_block(&self, items: &[Bytes]) -> Option<Vec<Arc<VerifiedTx>>> {
        let mut found = self.known(items.iter().map(|item| &**item));
        let mut unknown = Vec::new();
        for (item, slot) in items.iter().zip(&found) {
            if slot.is_none() {
                if item.len() > MAX_TX_BYTES {
                    return None;
                }
                unknown.push(SignedTx::from_wire(item).ok()?);
            }
        }
        if !unknown.is_empty() {
            self.count(unknown.len());
            let fresh = VerifiedTx::batch(unknown, &self.chain, rand::rng())?;
            let mut fresh = fresh.into_iter().map(Arc::new);
            let mut known = self.known.lock();
            for slot in found.iter_mut().filter(|slot| slot.is_none()) {
                let verified = fresh.next()?;
                known.insert(&verified);
                *slot = Some(verified);
            }
        }
        found.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use dure_score::Signature;
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::ingress::pool::testing::payment;

    fn signed(signer: u8, nonce: u64, forged: bool) -> (Bytes, SignedTx) {
        let good = payment(signer, nonce, 500).signed().clone();
        let body = dure_score::codec::encode(good.transaction());
        let signature = if forged { Signature::new([7; 64]) } else { good.signature() };
        let tx = SignedTx::from_parts(&body, good.key(), signature).unwrap();
        (Bytes::copy_from_slice(tx.wire()), tx)
    }

    #[test]
    fn in_a_batch_each_gets_the_answer_that_it_gets_alone() {
        let mut random = StdRng::seed_from_u64(1);
        for (count, bad) in [(1, 0.5), (2, 0.5), (31, 0.1), (33, 0.03), (100, 0.0), (100, 0.02), (70, 0.9)] {
            let forged: Vec<bool> = (0..count).map(|_| random.random_bool(bad)).collect();
            let txs = forged.iter().zip(1..).map(|(forged, nonce)| signed(3, nonce, *forged)).collect();
            let signatures = Signatures::new(ChainId::new("test-1").unwrap());
            let answers = signatures.verify_each(txs);
            assert_eq!(answers.len(), forged.len());
            for (answer, (forged, nonce)) in answers.iter().zip(forged.iter().zip(1..)) {
                let (wire, alone) = signed(3, nonce, *forged);
                let alone = alone.verify(&signatures.chain).map(Arc::new);
                assert_eq!(*answer, alone);
                assert_eq!(answer.is_err(), *forged);
                // What is bad is not remembered; what is good is met again for nothing.
                let known = signatures.known([&*wire]);
                assert_eq!(known, [alone.ok()]);
            }
            if !forged.contains(&true) {
                assert_eq!(signatures.checked(), count);
            }
        }
    }
}
