//! *filed* and *sent*: the payment file, written first for us, then for the bank.
//!
//! The file is made of stored values only. Its digest is recorded when it is first written; from then on only bytes
//! with that digest ever go to the bank.

use super::Batcher;
use crate::bank::{PaymentFile, Transfer, write_atomically};
use crate::error::SettlementError;
use crate::ledger::Ledger;
use crate::money::from_db;
use crate::repo::batches::{self, Batch, BatchState};
use crate::repo::payouts::{self, Payout};
use dure_score::ids::sha256;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use std::path::PathBuf;

impl<L: Ledger> Batcher<L> {
    pub(super) async fn file(&self, batch: &Batch) -> Result<(), SettlementError> {
        if batch.payout_count == 0 {
            // Nothing to pay: no file, no answer to wait for.
            return self.advance(batch, BatchState::Decided, |_| Ok(())).await;
        }
        let bytes = self.compose(batch).await?;
        let name = format!("{}.xml", batch.id);
        write_atomically(&self.copy_path(batch, &name), &bytes)?;
        let (id, digest) = (batch.id.clone(), hex::encode(sha256(&[&bytes])));
        tracing::info!(batch = batch.id, sha256 = digest, "the payment file is written");
        self.advance(batch, BatchState::Filed, move |c| Ok(batches::set_file(c, &id, &name, &digest)?)).await
    }

    pub(super) async fn send(&self, batch: &Batch) -> Result<(), SettlementError> {
        if let Some((name, bytes)) = self.filed(batch).await? {
            // A second time is harmless: the bank knows the message id and answers DUPL.
            write_atomically(&self.config.bank_inbox.join(&name), &bytes)?;
        }
        self.advance(batch, BatchState::Sent, |_| Ok(())).await
    }

    /// The recorded file: our copy, or, should that be lost, the same bytes written again.
    pub(super) async fn filed(&self, batch: &Batch) -> Result<Option<(String, Vec<u8>)>, SettlementError> {
        let (Some(name), Some(recorded)) = (&batch.file_name, &batch.file_sha256) else { return Ok(None) };
        let path = self.copy_path(batch, name);
        let is_it = |bytes: &[u8]| hex::encode(sha256(&[bytes])) == *recorded;
        if let Ok(bytes) = std::fs::read(&path)
            && is_it(&bytes)
        {
            return Ok(Some((name.clone(), bytes)));
        }
        let bytes = self.compose(batch).await?;
        if !is_it(&bytes) {
            let (batch, recorded) = (batch.id.clone(), recorded.clone());
            return Err(SettlementError::FileChanged { batch, recorded });
        }
        write_atomically(&path, &bytes)?;
        Ok(Some((name.clone(), bytes)))
    }

    /// Where our copy lies.
    pub(super) fn copy_path(&self, batch: &Batch, name: &str) -> PathBuf {
        self.config.dir.join(&batch.business_date).join(name)
    }

    async fn compose(&self, batch: &Batch) -> Result<Vec<u8>, SettlementError> {
        let id = batch.id.clone();
        let rows = self.db().run(move |c| payouts::of_batch(c, &id)).await?;
        let mut transfers = Vec::with_capacity(rows.len());
        for row in &rows {
            if row.state()?.is_ordered() {
                transfers.push(transfer(batch, row)?);
            }
        }
        let date: Date = batch
            .business_date
            .parse()
            .map_err(|error| SettlementError::Stored(format!("date of {}: {error}", batch.id)))?;
        let file = PaymentFile {
            message_id: batch.id.clone(),
            created: self.local_time(batch.file_time)?,
            execute_on: self.calendar.business_day_from(date)?.to_string(),
            debtor: self.config.debtor.clone(),
            debtor_account: self.config.debtor_account.clone(),
            debtor_bank: self.config.debtor_bank.clone(),
            control_sum: from_db(batch.control_sum)?,
            transfers,
        };
        file.to_bytes()
    }

    /// Civil time of the channel with its offset, whole seconds.
    fn local_time(&self, time_ms: i64) -> Result<String, SettlementError> {
        Ok(self.civil(time_ms)?.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    /// Civil time of the channel.
    pub(super) fn civil(&self, time_ms: i64) -> Result<Zoned, SettlementError> {
        let bad = || SettlementError::Stored(format!("{time_ms} is not a moment"));
        let seconds = i32::try_from(self.config.utc_offset_minutes.saturating_mul(60)).map_err(|_| bad())?;
        let offset = Offset::from_seconds(seconds).map_err(|_| bad())?;
        Ok(Timestamp::from_millisecond(time_ms).map_err(|_| bad())?.to_zoned(TimeZone::fixed(offset)))
    }
}

fn transfer(batch: &Batch, payout: &Payout) -> Result<Transfer, SettlementError> {
    let shop = payout.id.strip_prefix(&format!("{}-", batch.id)).unwrap_or(&payout.id);
    Ok(Transfer {
        payout: payout.id.clone(),
        uetr: payout.uetr.clone(),
        amount: from_db(payout.amount)?,
        bank: payout.bank_code.clone(),
        creditor: payout.creditor_name.clone(),
        account: payout.bank_account.clone(),
        remittance: format!("Dure settlement {} {shop}", batch.business_date),
    })
}
