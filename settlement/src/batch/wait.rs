//! *answered*: waits, for a bounded time, until the bank has booked or refused every payout.

use super::Batcher;
use crate::error::SettlementError;
use crate::ingest::take_files;
use crate::ledger::Ledger;
use crate::repo::batches::{Batch, BatchState};
use crate::repo::payouts::{self, PayoutState};
use std::time::{Duration, Instant};

/// How often somebody who watches is told that we still wait.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

impl<L: Ledger> Batcher<L> {
    pub(super) async fn wait(&self, batch: &Batch) -> Result<(), SettlementError> {
        let limit = Duration::from_secs(self.config.wait_seconds);
        let started = Instant::now();
        let mut told = Duration::ZERO;
        loop {
            // The gateway may read the same files; both only write rows, so it does not matter who does.
            take_files(self.db(), &self.outbox, &self.config.debtor_account).await?;
            let id = batch.id.clone();
            let missing =
                self.db().run(move |c| payouts::in_state(c, &id, PayoutState::Escrowed)).await?.len();
            if missing == 0 {
                return self.advance(batch, BatchState::Answered, |_| Ok(())).await;
            }
            let waited = started.elapsed();
            if waited >= limit {
                return Err(SettlementError::BankTimeout { batch: batch.id.clone(), missing });
            }
            if waited.saturating_sub(told) >= PROGRESS_EVERY {
                told = waited;
                tracing::info!(batch = batch.id, missing, seconds = waited.as_secs(), "waiting for the bank");
            }
            tokio::time::sleep(Duration::from_millis(self.config.poll_ms)).await;
        }
    }
}
