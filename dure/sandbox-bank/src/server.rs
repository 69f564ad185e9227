//! The running process: the page and the endpoints, and beside them the watch over the inbox.

use crate::bank::Bank;
use crate::config::Config;
use crate::error::BankError;
use crate::http::routes;
use actix_web::{App, HttpServer, web};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How often the inbox is looked at: short against a person's patience, long against the cost of listing a folder.
const SWEEP_EVERY: Duration = Duration::from_millis(300);

/// How long to wait after a failed pass (a full disk, say), so that the log stays readable.
const SWEEP_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Two threads serve the page; the bank has few visitors and shares the machine with others.
const HTTP_WORKERS: usize = 2;

/// How long open requests may take when the process is asked to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 2;

/// Opens the bank, serves until SIGINT or SIGTERM, then returns. Fails when the folder is in use or not readable, when
/// the book does not add up, or when the address is taken.
pub async fn run(config: Config) -> Result<(), BankError> {
    let bank = {
        let config = config.clone();
        let opened = web::block(move || Bank::open(&config)).await;
        Arc::new(opened.map_err(|_| BankError::Stopping)??)
    };
    let shared = web::Data::from(Arc::clone(&bank));
    let socket_error = |error| BankError::io("listen on", &PathBuf::from(config.listen.to_string()), error);
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(routes))
        .workers(HTTP_WORKERS)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .bind(config.listen)
        .map_err(socket_error)?;
    for address in server.addrs() {
        tracing::info!(dir = %config.dir.display(), "the bank is open at http://{address}/");
    }
    let watch = tokio::spawn(watch(bank));
    let served = server.run().await.map_err(socket_error);
    watch.abort();
    served
}

async fn watch(bank: Arc<Bank>) {
    loop {
        let pass = Arc::clone(&bank);
        let pause = match tokio::task::spawn_blocking(move || pass.sweep()).await {
            Ok(Ok(_)) => SWEEP_EVERY,
            Ok(Err(error)) => {
                tracing::error!(code = error.code(), "the inbox could not be worked off: {error}");
                SWEEP_AFTER_FAILURE
            }
            Err(error) => {
                tracing::error!("a pass over the inbox broke off: {error}");
                SWEEP_AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
