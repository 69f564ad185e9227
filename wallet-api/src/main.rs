//! `wallet-api`: reads the settings, starts the service, stops it on SIGTERM or SIGINT.

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use wallet_api::{Config, Overrides, StartError};

/// The citizens' wallet: pages, API, ledger follower, mail.
#[derive(Parser)]
#[command(name = "wallet-api", version, about)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
}

fn main() -> ExitCode {
    let Arguments { overrides } = Arguments::parse();
    start_log();
    match serve(overrides) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(code = error.code(), "{error}");
            eprintln!("wallet-api: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().init();
    }
}

#[tokio::main]
async fn serve(overrides: Overrides) -> Result<(), StartError> {
    let config = Config::load(overrides)?;
    let mut term = signal(SignalKind::terminate()).map_err(StartError::Io)?;
    let mut int = signal(SignalKind::interrupt()).map_err(StartError::Io)?;
    wallet_api::run(config, async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    })
    .await
}
