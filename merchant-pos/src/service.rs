//! The running process: opens what it needs, starts the follower, the sweep and the revocations, serves, and stops all of it
//! together.

use std::{future::Future, sync::Arc, time::Duration};

use dure_db::Db;
use dure_ledger_client::{KeyFile, LedgerClient};
use dure_score::Genesis;
use dure_service::{follower, http::serve, ledger::Officer};
use dure_web::Web;
use tokio::task::JoinHandle;

use crate::{
    clock::now_ms, config::Config, enrol::keep_revoking, error::PosError, repo, routes::routes, till::Till,
};

/// How long the ledger may take to come up before the till gives up: nodes and till are started together.
const LEDGER_PATIENCE: u32 = 120;
/// Pause between tries, one of the above.
const LEDGER_PAUSE: Duration = Duration::from_secs(1);
/// Longest wait for finality within one request; usual is well under a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often open orders are looked at whose time is over; what people see is exact without it.
const SWEEP_EVERY: Duration = Duration::from_secs(15);
/// Runs the till until `shutdown` is ready, then stops cleanly. Fails when the database, the key file, the web assets or the
/// address cannot be had, or no ledger node answers within two minutes.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), PosError> {
    let till = Arc::new(open(&config).await?);
    let work = [
        tokio::spawn(follow(Arc::clone(&till))),
        tokio::spawn(sweep(Arc::clone(&till))),
        tokio::spawn(keep_revoking(Arc::clone(&till))),
    ];
    let streams = Arc::clone(&till);
    let stop = async move {
        shutdown.await;
        streams.hub.close();
    };
    let served = serve("merchant-pos", config.listen, config.workers, till, routes, stop).await;
    // Each writes in transactions: ending it anywhere leaves nothing half done.
    work.iter().for_each(JoinHandle::abort);
    served.map_err(|error| startup("listen on its address", &error))
}

/// Opens everything that the till works with.
async fn open(config: &Config) -> Result<Till, PosError> {
    let Config { database_url, key_file, key_passphrase, assets_dir, .. } = config.clone();
    let (db, key, web) = tokio::task::spawn_blocking(move || {
        let db = Db::connect(&database_url)?;
        let key = KeyFile::open(&key_file, &key_passphrase)
            .map_err(|error| startup("open its key file", &error))?;
        let web = Web::load(assets_dir.as_deref()).map_err(|error| startup("load its pages", &error))?;
        Ok::<_, PosError>((db, key, web))
    })
    .await
    .map_err(|error| startup("start", &error))??;
    let ledger = LedgerClient::new(config.nodes.clone());
    let genesis = genesis(&ledger).await?;
    let ledger = Arc::new(ledger);
    let known: Arc<dyn dure_service::ledger::Ledger> = ledger.clone();
    let officer = Officer::new(db.clone(), known, Arc::new(key), genesis.chain, PATIENCE);
    if !officer.synchronise().await? {
        return Err(startup("certify devices", &"the key file's officer is not one of this ledger"));
    }
    let web = web.with_place(&config.place.ko, &config.place.en);
    Ok(Till::new(db, ledger, Arc::new(officer), genesis.utc_offset_minutes, web, config))
}

async fn genesis(ledger: &LedgerClient) -> Result<Genesis, PosError> {
    for _ in 1..LEDGER_PATIENCE {
        match ledger.genesis().await {
            Ok(genesis) => return Ok(genesis),
            Err(error) if error.is_transient() => tokio::time::sleep(LEDGER_PAUSE).await,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ledger.genesis().await?)
}

async fn follow(till: Arc<Till>) {
    follower::run(&*till).await;
}

/// Writes down which orders have expired.
async fn sweep(till: Arc<Till>) {
    loop {
        match till.db.run(|connection| repo::orders::expire(connection, now_ms())).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "orders expired"),
            Err(error) => {
                tracing::error!(code = error.code(), "expired orders could not be written down: {error}")
            }
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

fn startup(action: &'static str, error: &dyn std::fmt::Display) -> PosError {
    PosError::Startup { action, reason: error.to_string() }
}
