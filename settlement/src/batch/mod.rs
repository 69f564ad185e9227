//! The daily batch: a state machine, persisted step by step.
//!
//! | state | the step that leads there |
//! |---|---|
//! | `fixed` | heights, file time and ids are decided and stored |
//! | `opened` | `settlement.open` is final |
//! | `netted` | every merchant's payout is stored ([`crate::netting`] says by which rule) |
//! | `redeemed` | each payout's coin is in escrow; count and control sum are stored |
//! | `filed` | pain.001 is written under our own folder, its SHA-256 stored |
//! | `sent` | the same bytes are in the bank's folder |
//! | `answered` | the bank has booked (camt.054) or refused (pain.002) every payout |
//! | `decided` | booked payouts are burned, refused ones given back |
//! | `closed` | ledger, file, bank and statements agree to the won; `settlement.close` is final; statements are queued |
//!
//! Each step may be repeated: what it does is keyed by ids that were stored before it. Killed anywhere and run again,
//! a batch goes on where it stood, with the same ids and the same file, byte for byte.

mod close;
mod decide;
mod file;
mod net;
mod open;
mod redeem;
mod statement;
mod summarise;
mod summary;
mod wait;

pub use summary::Summary;

use crate::bank::Outbox;
use crate::calendar::Calendar;
use crate::config::Config;
use crate::error::SettlementError;
use crate::ledger::{Ledger, Officer};
use crate::repo::batches::{self, Batch, BatchState};
use dure_db::{Db, DbConnection};
use dure_score::{BatchId, PayoutId};
use jiff::civil::Date;

/// What a batch works with.
pub struct Batcher<L> {
    /// Who signs.
    pub officer: Officer<L>,
    /// Settings.
    pub config: Config,
    /// Bank holidays.
    pub calendar: Calendar,
    /// The bank's folder.
    pub outbox: Outbox,
    /// Says the time, ms since 1970.
    pub clock: fn() -> i64,
}

impl<L: Ledger> Batcher<L> {
    /// Takes the batch of `date` to its end, from wherever it stands, and says how it ended.
    pub async fn run(&self, date: Date) -> Result<Summary, SettlementError> {
        self.run_until(date, BatchState::Closed).await
    }

    /// Takes the batch of `date` as far as `goal`.
    pub async fn run_until(&self, date: Date, goal: BatchState) -> Result<Summary, SettlementError> {
        let mut batch = self.open_or_resume(date).await?;
        loop {
            let state = batch.state()?;
            tracing::info!(batch = batch.id, state = state.as_str(), "settlement");
            if state >= goal {
                return self.summary(&batch).await;
            }
            match state {
                BatchState::Fixed => self.open(&batch).await?,
                BatchState::Opened => self.net(&batch).await?,
                BatchState::Netted => self.redeem(&batch).await?,
                BatchState::Redeemed => self.file(&batch).await?,
                BatchState::Filed => self.send(&batch).await?,
                BatchState::Sent => self.wait(&batch).await?,
                BatchState::Answered => self.decide(&batch).await?,
                BatchState::Decided => self.close(&batch).await?,
                BatchState::Closed => return self.summary(&batch).await,
            }
            batch = self.reload(&batch.id).await?;
        }
    }

    async fn reload(&self, id: &str) -> Result<Batch, SettlementError> {
        let id = id.to_owned();
        let missing = SettlementError::Stored(format!("batch {id} is gone"));
        self.db().run(move |c| batches::find(c, &id)).await?.ok_or(missing)
    }

    fn db(&self) -> &Db {
        &self.officer.db
    }

    /// Ends a step: its SQL changes and the new state, in one transaction.
    async fn advance(
        &self,
        batch: &Batch,
        to: BatchState,
        changes: impl FnOnce(&mut DbConnection) -> Result<(), SettlementError> + Send + 'static,
    ) -> Result<(), SettlementError> {
        let (id, from) = (batch.id.clone(), batch.state()?);
        self.db()
            .transaction(move |c| {
                changes(c)?;
                batches::advance(c, &id, from, to)
            })
            .await
    }
}

fn batch_id(id: &str) -> Result<BatchId, SettlementError> {
    BatchId::new(id).map_err(|error| SettlementError::Stored(format!("batch {id}: {error}")))
}

fn payout_id(id: &str) -> Result<PayoutId, SettlementError> {
    PayoutId::new(id).map_err(|error| SettlementError::Stored(format!("payout {id}: {error}")))
}
