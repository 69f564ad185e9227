//! *fixed* and *opened*: which blocks the batch nets, decided once.
//!
//! A batch begins after the last block of the batch before and ends with the ledger's newest block when it is first
//! run: that moment is the cut-off. The batch before must be closed, and its closing must lie within this batch's
//! heights, so that whatever it gave back to merchants is seen here.

use super::{Batcher, batch_id};
use crate::error::SettlementError;
use crate::ledger::{Ledger, final_receipt};
use crate::repo::batches::{self, Batch, BatchState};
use dure_score::call::SettlementOpen;
use dure_score::{Call, Refusal};
use jiff::civil::Date;
use std::time::Duration;

/// Looks at the ledger until it shows a block that we know of: a node may be a few blocks behind another.
pub(super) const CATCH_UP_TRIES: usize = 50;
/// Pause between two looks.
pub(super) const CATCH_UP_PAUSE: Duration = Duration::from_millis(100);

pub(super) fn close_purpose(batch: &str) -> String {
    format!("settlement.close:{batch}")
}

impl<L: Ledger> Batcher<L> {
    pub(super) async fn open_or_resume(&self, date: Date) -> Result<Batch, SettlementError> {
        let day = date.to_string();
        let (known, last) = self
            .db()
            .run(move |c| -> Result<_, SettlementError> {
                Ok((batches::of_date(c, &day)?, batches::newest(c, 1)?.into_iter().next()))
            })
            .await?;
        match known {
            Some(batch) => Ok(batch),
            None => self.fix(date, last).await,
        }
    }

    async fn fix(&self, date: Date, last: Option<Batch>) -> Result<Batch, SettlementError> {
        let now = (self.clock)();
        // Batches only go forward: one of a later day would lock out every day before it.
        let today = self.civil(now)?.date();
        if date > today {
            return Err(SettlementError::DateInFuture { date, today });
        }
        // A date that cannot be paid on must not leave a batch behind.
        self.calendar.business_day_from(date)?;
        let (from_height, floor) = match &last {
            None => (1, 1),
            Some(last) => self.after(last, date).await?,
        };
        let to_height = self.height_from(floor).await?;
        if to_height < from_height {
            return Err(SettlementError::NoBlocks);
        }
        let batch = Batch {
            id: format!("DURE-{}", date.strftime("%Y%m%d")),
            business_date: date.to_string(),
            state: BatchState::Fixed.as_str().to_owned(),
            from_height,
            to_height,
            payout_count: 0,
            control_sum: 0,
            file_name: None,
            file_sha256: None,
            file_time: now,
            created_at: now,
            updated_at: now,
        };
        let row = batch.clone();
        self.db().transaction(move |c| batches::insert(c, &row)).await?;
        Ok(batch)
    }

    /// The first height after the batch before, and the height that the ledger must have reached.
    async fn after(&self, last: &Batch, date: Date) -> Result<(i64, i64), SettlementError> {
        if last.business_date > date.to_string() {
            return Err(SettlementError::DateBeforeLast { date: last.business_date.clone() });
        }
        if last.state()? != BatchState::Closed {
            let (date, state) = (last.business_date.clone(), last.state.clone());
            return Err(SettlementError::PreviousOpen { date, state });
        }
        let purpose = close_purpose(&last.id);
        let closed = self.db().run::<_, dure_db::DbError, _>(move |c| final_receipt(c, &purpose)).await?;
        let closed = closed.map_or(Ok(last.to_height), |receipt| crate::money::to_db(receipt.height))?;
        Ok((last.to_height.saturating_add(1), closed))
    }

    /// The ledger's height, once it is at least `floor`.
    pub(super) async fn height_from(&self, floor: i64) -> Result<i64, SettlementError> {
        for _ in 0..CATCH_UP_TRIES {
            let height = crate::money::to_db(self.officer.ledger.head().await?.height)?;
            if height >= floor {
                return Ok(height);
            }
            tokio::time::sleep(CATCH_UP_PAUSE).await;
        }
        Err(SettlementError::NoBlocks)
    }

    pub(super) async fn open(&self, batch: &Batch) -> Result<(), SettlementError> {
        let id = batch_id(&batch.id)?;
        let from_height = crate::money::from_db(batch.from_height)?;
        let to_height = crate::money::from_db(batch.to_height)?;
        if self.officer.ledger.batch(&id).await?.is_none() {
            let purpose = format!("settlement.open:{id}");
            let call = Call::SettlementOpen(SettlementOpen { batch: id.clone(), from_height, to_height });
            let receipt = self.officer.act(&purpose, &call).await?;
            match receipt.refusal() {
                None | Some(Refusal::BatchExists) => {}
                Some(refusal) => return Err(SettlementError::Refused { purpose, refusal: refusal.clone() }),
            }
        }
        self.check_heights(&id, (from_height, to_height)).await?;
        self.advance(batch, BatchState::Opened, |_| Ok(())).await
    }

    async fn check_heights(&self, id: &dure_score::BatchId, ours: (u64, u64)) -> Result<(), SettlementError> {
        match self.officer.ledger.batch(id).await? {
            Some(record) if (record.from_height, record.to_height) != ours => {
                Err(SettlementError::Stored(format!(
                    "batch {id} nets blocks {} to {} on the ledger, {} to {} here",
                    record.from_height, record.to_height, ours.0, ours.1
                )))
            }
            // A node that is a block behind does not know the batch yet; redeeming will tell.
            Some(_) | None => Ok(()),
        }
    }
}
