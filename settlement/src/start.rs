//! Puts the parts together for the three commands.

use crate::bank::Outbox;
use crate::batch::{Batcher, Summary};
use crate::calendar::Calendar;
use crate::config::Config;
use crate::error::SettlementError;
use crate::gateway::Gateway;
use crate::ledger::{Ledger, Officer};
use crate::repo::batches::BatchState;
use crate::status::Status;
use dure_db::Db;
use dure_ledger_client::{KeyFile, LedgerClient};
use jiff::civil::Date;
use std::fs::{File, TryLockError};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Pause between two tries to reach the ledger while the gateway starts.
const START_PAUSE: Duration = Duration::from_millis(500);

/// Settles `date`: takes its batch to the end, or, when it is closed, says again how it ended. With
/// [`SettlementError::BankTimeout`] the batch waits for the bank and the same call goes on later.
pub async fn run(config: Config, date: Date) -> Result<Summary, SettlementError> {
    let _lock = lock(&config.dir, "run")?;
    batcher(config).await?.run(date).await
}

/// Where the batch of `date` stands, without moving it further than fixing its heights.
pub async fn summary(config: Config, date: Date) -> Result<Summary, SettlementError> {
    batcher(config).await?.run_until(date, BatchState::Fixed).await
}

async fn batcher(config: Config) -> Result<Batcher<impl Ledger>, SettlementError> {
    let calendar = calendar(&config)?;
    let outbox = Outbox::open(&config.bank_outbox)?;
    let officer = officer(&config).await?;
    Ok(Batcher { officer, config, calendar, outbox, clock: dure_db::now_ms })
}

/// The configured holidays, or the list compiled in.
fn calendar(config: &Config) -> Result<Calendar, SettlementError> {
    match &config.holidays {
        Some(path) => Calendar::read(path),
        None => Calendar::korea(),
    }
}

/// Watches the bank's folder until `stop` completes. Waits for the ledger to come up.
pub async fn gateway(config: Config, stop: impl Future<Output = ()>) -> Result<(), SettlementError> {
    let _lock = lock(&config.dir, "gateway")?;
    let outbox = Outbox::open(&config.bank_outbox)?;
    let poll = Duration::from_millis(config.poll_ms);
    let mut stop = std::pin::pin!(stop);
    let officer = loop {
        match officer(&config).await {
            Ok(officer) => break officer,
            Err(error) if error.is_transient() => {
                tracing::warn!(code = error.code(), "the gateway waits for the ledger: {error}");
            }
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = &mut stop => return Ok(()),
            () = tokio::time::sleep(START_PAUSE) => {}
        }
    };
    tracing::info!(outbox = %config.bank_outbox.display(), "the bank gateway is at work");
    Gateway { officer, outbox, account: config.debtor_account, poll }.run(stop).await
}

/// What a person at the bank desk needs to see.
pub async fn status(config: Config) -> Result<Status, SettlementError> {
    crate::status::status(&connect(&config.database_url).await?).await
}

async fn officer(config: &Config) -> Result<Officer<impl Ledger + use<>>, SettlementError> {
    let db = connect(&config.database_url).await?;
    let (path, passphrase) = (config.key_file.clone(), config.key_passphrase.clone());
    // Opening a key file takes a good part of a second on purpose.
    let key = blocking(move || Ok(KeyFile::open(&path, &passphrase)?)).await?;
    Officer::new(LedgerClient::new(config.nodes.clone()), db, Arc::new(key)).await
}

async fn connect(url: &str) -> Result<Db, SettlementError> {
    let url = url.to_owned();
    blocking(move || Ok(Db::connect(&url)?)).await
}

async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, SettlementError> + Send + 'static,
) -> Result<T, SettlementError> {
    match tokio::task::spawn_blocking(job).await {
        Ok(result) => result,
        Err(_) => Err(dure_db::DbError::Interrupted.into()),
    }
}

/// Keeps a second process of the same kind out. The system lets go of the lock however the process ends.
fn lock(dir: &Path, kind: &str) -> Result<File, SettlementError> {
    std::fs::create_dir_all(dir).map_err(|error| SettlementError::io("make the folder", dir, error))?;
    let path = dir.join(format!(".{kind}.lock"));
    let file = File::create(&path).map_err(|error| SettlementError::io("create", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SettlementError::Locked(path)),
        Err(TryLockError::Error(error)) => Err(SettlementError::io("lock", &path, error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn configured_holidays_are_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("days.csv");
        std::fs::write(&path, "date,name\n2026-11-25,x\n").unwrap();
        let day: Date = "2026-11-25".parse().unwrap();
        let config = Config { holidays: Some(path), ..Config::default() };
        assert!(!calendar(&config).unwrap().is_business_day(day));
        assert!(calendar(&Config::default()).unwrap().is_business_day(day));
    }
}
