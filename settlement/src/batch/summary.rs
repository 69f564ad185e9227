//! What a run says at its end: one line of JSON, the same however often a closed date is run.

use super::Batcher;
use crate::error::SettlementError;
use crate::ledger::Ledger;
use crate::repo::batches::{Batch, BatchState};
use serde::Serialize;

/// A batch in one line. Money is decimal strings of won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub batch: String,
    /// Business date.
    pub date: String,
    /// Where it stands.
    pub state: String,
    /// Payouts in the payment file.
    pub payouts: i64,
    /// Moved into escrow on the ledger.
    pub redeemed: String,
    /// Burned: the bank has paid.
    pub burned: String,
    /// Given back: the bank has refused.
    pub returned: String,
    /// Path of our copy of the payment file; null when there was nothing to pay.
    pub file: Option<String>,
    /// SHA-256 of its bytes, hex.
    pub file_sha256: Option<String>,
    /// Its control sum.
    pub control_sum: String,
    /// The first difference between ledger, file, bank and statements; `"0"` in a closed batch.
    pub difference: String,
}

impl<L: Ledger> Batcher<L> {
    pub(super) async fn summary(&self, batch: &Batch) -> Result<Summary, SettlementError> {
        let totals = match batch.state()? {
            BatchState::Closed => self.settled_totals(batch).await?,
            _ => self.totals(batch).await?,
        };
        let file = batch.file_name.as_ref().map(|name| self.copy_path(batch, name).display().to_string());
        Ok(Summary {
            batch: batch.id.clone(),
            date: batch.business_date.clone(),
            state: batch.state.clone(),
            payouts: batch.payout_count,
            redeemed: totals.redeemed.to_string(),
            burned: totals.burned.to_string(),
            returned: totals.returned.to_string(),
            file,
            file_sha256: batch.file_sha256.clone(),
            control_sum: totals.file.to_string(),
            difference: totals.difference().to_string(),
        })
    }
}
