//! One running service: its parts, its workers, its end.

use std::{future::Future, sync::Arc, time::Duration};

use dure_db::{Db, devices::OwnerClass};
use dure_ledger_client::{KeyFile, LedgerClient};
use dure_proof::Pinned;
use dure_service::{
    device::Pins,
    follower::{self, Progress},
    http::serve,
    ledger::Officer,
};
use dure_web::Web;

use crate::{
    app::App,
    config::Config,
    ledger,
    limits::Limits,
    live,
    mail::{self, Post},
    registrar::Registrars,
    routes::routes,
    start::StartError,
};

/// Pause between looks for a ledger that is not up yet.
const LEDGER_PAUSE: Duration = Duration::from_millis(500);
/// Longest wait for finality within one request; usual is well under a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until `shutdown` resolves. Waits for the ledger at start; fails on wrong settings, keys, files.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
    dure_service::metrics::start();
    let mut shutdown = std::pin::pin!(shutdown);
    let post = Post::new(&config.mail)?;
    let app = tokio::select! {
        app = build(&config) => Arc::new(app?),
        () = &mut shutdown => return Ok(()),
    };
    let (follower, mailer, resender) = (app.clone(), app.db.clone(), app.clone());
    let workers = [
        tokio::spawn(async move { follower::run(&*follower).await }),
        tokio::spawn(async move { mail::run(&mailer, &post).await }),
        tokio::spawn(async move { ledger::resend(&resender).await }),
    ];
    let streams = app.clone();
    let stop = async move {
        shutdown.await;
        streams.hub.close();
    };
    let served = serve("wallet-api", config.listen, config.workers, app, routes, stop).await;
    // Each writes in transactions: ending it anywhere leaves nothing half done.
    workers.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(served?)
}

async fn build(config: &Config) -> Result<App, StartError> {
    let registrars = Registrars::read(&config.registrars)?;
    let web = Web::load(config.assets_dir.as_deref())?.with_place(&config.place.ko, &config.place.en);
    let key = KeyFile::open(&config.key_file, &config.key_passphrase)?;
    let db = Db::connect(&config.database_url)?;
    let client = LedgerClient::new(config.nodes.clone());
    let pinned = loop {
        match client.genesis().await {
            Ok(genesis) => break Pinned::new(&genesis),
            Err(error) => tracing::info!(code = error.code(), "waiting for the ledger"),
        }
        tokio::time::sleep(LEDGER_PAUSE).await;
    };
    let chain = pinned.chain.clone();
    let ledger = Arc::new(client.clone());
    let officer = Arc::new(Officer::new(db.clone(), ledger, Arc::new(key), chain.clone(), PATIENCE));
    loop {
        match officer.synchronise().await {
            Ok(true) => break,
            Ok(false) => return Err(StartError::NotAnOfficer(officer.certificate().to_string())),
            Err(error) => tracing::info!(code = error.code(), "waiting for the ledger"),
        }
        tokio::time::sleep(LEDGER_PAUSE).await;
    }
    let pins = Arc::new(Pins::new(db.clone(), officer.clone(), OwnerClass::Person));
    Ok(App {
        db,
        client,
        chain,
        pinned,
        officer,
        pins,
        registrars,
        web,
        hub: live::hub(),
        progress: Progress::default(),
        limits: Limits::new(&config.limits),
        charge: config.charge.clone(),
        public_url: config.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        authority: config.authority_file.as_ref().map(std::fs::read).transpose()?,
        insecure_cookies: config.insecure_cookies,
    })
}
