//! *decided*: what the bank has booked is burned, what it has refused goes back to the merchant.

use super::{Batcher, payout_id};
use crate::error::SettlementError;
use crate::ledger::Ledger;
use crate::repo::batches::{Batch, BatchState};
use crate::repo::payouts::{self, Payout, PayoutState};
use dure_score::call::{SettlementConfirm, SettlementReject};
use dure_score::ids::Code;
use dure_score::record::PayoutState as OnLedger;
use dure_score::{Call, Refusal};

impl<L: Ledger> Batcher<L> {
    pub(super) async fn decide(&self, batch: &Batch) -> Result<(), SettlementError> {
        let id = batch.id.clone();
        let rows = self.db().run(move |c| payouts::of_batch(c, &id)).await?;
        for row in rows {
            match row.state()? {
                PayoutState::Booked => self.confirm(&row).await?,
                PayoutState::Refused => self.reject(&row).await?,
                _ => {}
            }
        }
        self.advance(batch, BatchState::Decided, |_| Ok(())).await
    }

    async fn confirm(&self, row: &Payout) -> Result<(), SettlementError> {
        let call = Call::SettlementConfirm(SettlementConfirm { payout: payout_id(&row.id)? });
        self.settle(row, format!("settlement.confirm:{}", row.id), &call, OnLedger::Confirmed).await?;
        self.note(row, PayoutState::Paid).await
    }

    async fn reject(&self, row: &Payout) -> Result<(), SettlementError> {
        let reason = row.bank_reason.as_deref().unwrap_or("NARR");
        let reason = Code::new(reason)
            .map_err(|error| SettlementError::Stored(format!("reason of {}: {error}", row.id)))?;
        let call = Call::SettlementReject(SettlementReject { payout: payout_id(&row.id)?, reason });
        self.settle(row, format!("settlement.reject:{}", row.id), &call, OnLedger::Rejected).await?;
        self.note(row, PayoutState::Returned).await
    }

    /// Brings the payout into the `wanted` state, unless it is there already.
    async fn settle(
        &self,
        row: &Payout,
        purpose: String,
        call: &Call,
        wanted: OnLedger,
    ) -> Result<(), SettlementError> {
        let receipt = self.officer.act(&purpose, call).await?;
        let Some(refusal) = receipt.refusal() else { return Ok(()) };
        if *refusal == Refusal::PayoutDecided
            && let Some(record) = self.officer.ledger.payout(&payout_id(&row.id)?).await?
            && record.state == wanted
        {
            return Ok(());
        }
        Err(SettlementError::Refused { purpose, refusal: refusal.clone() })
    }
}
