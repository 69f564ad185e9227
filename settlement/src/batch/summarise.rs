//! Puts a batch into its one line.

use super::Batcher;
use super::summary::Summary;
use crate::error::SettlementError;
use crate::ledger::Ledger;
use crate::repo::batches::{Batch, BatchState};

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
