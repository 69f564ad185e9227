//! *redeemed*: each payout's coin moves into escrow on the ledger.
//!
//! A shop may have refunded between netting and escrow. Then its takings do not suffice, the payout is lowered to what
//! is there and tried again; what cannot be redeemed is brought forward to the next batch.

use super::net::parse_bid;
use super::open::{CATCH_UP_PAUSE, CATCH_UP_TRIES};
use super::{Batcher, batch_id, payout_id};
use crate::error::SettlementError;
use crate::ledger::{Ledger, release};
use crate::money::{from_db, to_db, total};
use crate::repo::batches::{self, Batch, BatchState};
use crate::repo::payouts::{self, Payout, PayoutState};
use dure_score::call::SettlementRedeem;
use dure_score::{Amount, Call, Receipt, Refusal};

/// Times that a payout is lowered before it waits for the next batch.
const LOWERINGS: usize = 3;

impl<L: Ledger> Batcher<L> {
    pub(super) async fn redeem(&self, batch: &Batch) -> Result<(), SettlementError> {
        let id = batch.id.clone();
        let planned = self.db().run(move |c| payouts::in_state(c, &id, PayoutState::Planned)).await?;
        for payout in planned {
            self.redeem_one(payout).await?;
        }
        let id = batch.id.clone();
        self.advance(batch, BatchState::Redeemed, move |c| {
            let escrowed = payouts::in_state(c, &id, PayoutState::Escrowed)?;
            let sum = to_db(total(escrowed.iter().map(|payout| payout.amount))?)?;
            let count = i64::try_from(escrowed.len()).unwrap_or(i64::MAX);
            Ok(batches::set_totals(c, &id, count, sum)?)
        })
        .await
    }

    async fn redeem_one(&self, mut payout: Payout) -> Result<(), SettlementError> {
        let purpose = format!("settlement.redeem:{}", payout.id);
        for _ in 0..=LOWERINGS {
            if self.is_escrowed(&payout).await? {
                return self.note(&payout, PayoutState::Escrowed).await;
            }
            let receipt = self.officer.act(&purpose, &Self::request(&payout)?).await?;
            match receipt.refusal() {
                None => return self.note(&payout, PayoutState::Escrowed).await,
                Some(refusal @ Refusal::PayoutExists) => {
                    // It is in escrow. To put it off now would pay it twice.
                    if self.becomes_escrowed(&payout).await? {
                        return self.note(&payout, PayoutState::Escrowed).await;
                    }
                    return Err(SettlementError::Refused { purpose, refusal: refusal.clone() });
                }
                Some(Refusal::TakingsTooLow { available }) if !available.is_zero() => {
                    payout.amount = payout.amount.min(to_db(available.get())?);
                    self.lower(&payout, &purpose, receipt).await?;
                }
                Some(
                    refusal @ (Refusal::TakingsTooLow { .. }
                    | Refusal::MemberNotActive
                    | Refusal::UnknownMember
                    | Refusal::NotAMerchant),
                ) => return self.defer(&payout, refusal.code()).await,
                Some(refusal) => {
                    return Err(SettlementError::Refused { purpose, refusal: refusal.clone() });
                }
            }
        }
        self.defer(&payout, "TAKINGS_TOO_LOW").await
    }

    /// [`Self::is_escrowed`] of a payout that the ledger says it has: asks again for a while, because the node that
    /// answers may be some blocks behind the one that said so.
    async fn becomes_escrowed(&self, payout: &Payout) -> Result<bool, SettlementError> {
        for _ in 0..CATCH_UP_TRIES {
            if self.is_escrowed(payout).await? {
                return Ok(true);
            }
            tokio::time::sleep(CATCH_UP_PAUSE).await;
        }
        Ok(false)
    }

    /// True if the ledger holds the payout as we want it.
    async fn is_escrowed(&self, payout: &Payout) -> Result<bool, SettlementError> {
        let Some(record) = self.officer.ledger.payout(&payout_id(&payout.id)?).await? else {
            return Ok(false);
        };
        let same =
            record.merchant == parse_bid(&payout.merchant)? && to_db(record.amount.get())? == payout.amount;
        match same && record.batch.as_str() == payout.batch {
            true => Ok(true),
            false => {
                Err(SettlementError::Stored(format!("payout {} is another one on the ledger", payout.id)))
            }
        }
    }

    fn request(payout: &Payout) -> Result<Call, SettlementError> {
        Ok(Call::SettlementRedeem(SettlementRedeem {
            batch: batch_id(&payout.batch)?,
            payout: payout_id(&payout.id)?,
            merchant: parse_bid(&payout.merchant)?,
            amount: Amount::new(from_db(payout.amount)?),
        }))
    }

    pub(super) async fn note(&self, payout: &Payout, state: PayoutState) -> Result<(), SettlementError> {
        let id = payout.id.clone();
        Ok(self.db().run(move |c| payouts::set_state(c, &id, state)).await?)
    }

    async fn lower(&self, payout: &Payout, purpose: &str, receipt: Receipt) -> Result<(), SettlementError> {
        tracing::warn!(
            payout = payout.id,
            amount = payout.amount,
            "a shop refunded after the cut-off; its payout is lowered"
        );
        let (id, amount, purpose) = (payout.id.clone(), payout.amount, purpose.to_owned());
        self.db()
            .transaction(move |c| {
                payouts::set_amount(c, &id, amount)?;
                Ok(release(c, &purpose, &receipt)?)
            })
            .await
    }

    async fn defer(&self, payout: &Payout, reason: &'static str) -> Result<(), SettlementError> {
        tracing::warn!(payout = payout.id, reason, "a payout waits for the next batch");
        let id = payout.id.clone();
        Ok(self.db().run(move |c| payouts::defer(c, &id, reason)).await?)
    }
}
