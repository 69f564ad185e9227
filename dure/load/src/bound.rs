//! How many signatures one core checks a second: no ledger on this machine can be faster than all cores together, divided
//! by the validators that each check every payment.

use std::time::{Duration, Instant};

use dure_score::{SignedTx, VerifiedTx};
use serde::{Deserialize, Serialize};

use crate::{
    Crowd, LoadError,
    payments::{payment, signed},
};

/// Payments that are checked over and over; all payers are different people.
const PAYMENTS: u32 = 4_000;

/// Payments checked at once.
const BATCHES: [usize; 4] = [256, 512, 1_000, 2_000];

/// How long each size is measured.
const SPAN: Duration = Duration::from_millis(1_500);

/// What one core checks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignatureRate {
    /// Signatures a second, by size of the batch.
    pub by_batch: Vec<(usize, f64)>,
    /// The best of them.
    pub best_per_s: f64,
}

/// Measures on one core, while nothing else should run.
pub fn signature_rate(crowd: &Crowd) -> Result<SignatureRate, LoadError> {
    let crowd = Crowd { payers: PAYMENTS, ..crowd.clone() };
    let chain = crowd.chain()?;
    let txs = signed(&crowd, 0, PAYMENTS, |chain, number| payment(&crowd, chain, number, false, 1))?;
    let mut found = SignatureRate::default();
    for size in BATCHES {
        let (mut checked, mut took) = (0u32, Duration::ZERO);
        while took < SPAN {
            for batch in txs.chunks_exact(size) {
                let batch: Vec<SignedTx> = batch.to_vec();
                let begun = Instant::now();
                let good = VerifiedTx::batch(batch, &chain, rand::rng());
                took = took.saturating_add(begun.elapsed());
                good.ok_or_else(|| LoadError::crowd("a good batch was refused"))?;
                checked = checked.saturating_add(u32::try_from(size).unwrap_or(0));
            }
        }
        let rate = f64::from(checked) / took.as_secs_f64();
        found.by_batch.push((size, rate));
        found.best_per_s = found.best_per_s.max(rate);
    }
    Ok(found)
}
