//! How fast the contract is by itself, on one core, without network, disk or consensus. The figure bounds what a node could
//! reach; it is not what a network reaches.

use std::time::{Duration, Instant};

use dure_score::{
    BlockContext, Overlay, VerifiedTx, apply, begin_block, signature::SigningKey, state::HashedState,
};
use serde::{Deserialize, Serialize};

use crate::{
    Crowd, LoadError,
    payments::{payment, signed},
};

/// Payments of a block: a busy one.
const BLOCK: usize = 2_000;

/// Payments checked at once.
const BATCH: usize = 512;

/// What one core does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContractRate {
    /// Payments measured.
    pub payments: u32,
    /// Signatures checked one by one, a second.
    pub verify_single_per_s: f64,
    /// Signatures checked in batches, a second.
    pub verify_batch_per_s: f64,
    /// Payments applied, a second.
    pub apply_per_s: f64,
}

/// Payments of ten thousand people to twenty shops.
pub fn contract_rate(payments: u32) -> Result<ContractRate, LoadError> {
    let crowd = Crowd {
        chain: "bench-1".to_owned(),
        time_ms: 1_800_000_000_000,
        seed: 1,
        accounts: 10_000,
        payers: 10_000,
        merchants: 20,
    };
    let genesis = crowd.genesis(vec![SigningKey::from_seed([2; 32]).public_key()])?;
    let mut state = HashedState::new(crowd.records(&genesis)?).map_err(LoadError::crowd)?;
    let now = crowd.time_ms.saturating_add(1_000);
    let txs = signed(&crowd, 0, payments, |chain, number| {
        payment(&crowd, chain, number, false, now.saturating_add(60_000))
    })?;
    let chain = genesis.chain;
    let begun = Instant::now();
    for tx in txs.iter().take(BATCH) {
        tx.clone().verify(&chain).map_err(|refusal| LoadError::crowd(refusal.code()))?;
    }
    let single = per_second(txs.len().min(BATCH), begun.elapsed());

    let begun = Instant::now();
    let mut verified = Vec::with_capacity(txs.len());
    for batch in txs.chunks(BATCH) {
        let good = VerifiedTx::batch(batch.to_vec(), &chain, rand::rng());
        verified.extend(good.ok_or_else(|| LoadError::crowd("a good batch was refused"))?);
    }
    let batched = per_second(verified.len(), begun.elapsed());

    let mut applying = Duration::ZERO;
    for (height, block) in (1..).zip(verified.chunks(BLOCK)) {
        let begun = Instant::now();
        run_block(&mut state, block, height, now)?;
        applying = applying.saturating_add(begun.elapsed());
    }
    Ok(ContractRate {
        payments,
        verify_single_per_s: single,
        verify_batch_per_s: batched,
        apply_per_s: per_second(verified.len(), applying),
    })
}

fn run_block(state: &mut HashedState, txs: &[VerifiedTx], height: u64, now: u64) -> Result<(), LoadError> {
    let mut overlay = Overlay::new(&*state);
    begin_block(&mut overlay, height, now).map_err(LoadError::crowd)?;
    for (index, tx) in (0..).zip(txs) {
        let receipt = apply(&mut overlay, tx, &BlockContext { height, time_ms: now, index });
        if let Some(refusal) = receipt.map_err(LoadError::crowd)?.refusal() {
            return Err(LoadError::crowd(refusal.code()));
        }
    }
    let changes = overlay.into_changes();
    state.commit(changes).map_err(LoadError::crowd)
}

fn per_second(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64().max(f64::MIN_POSITIVE)
}
