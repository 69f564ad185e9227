//! The `merchant-pos` process: reads its configuration, then runs until SIGTERM or SIGINT.

use std::process::ExitCode;

use clap::Parser;
use merchant_pos::{Config, Overrides, PosError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The till: orders, QR codes, live payments, refunds.
#[derive(Parser)]
#[command(name = "merchant-pos", version, about)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let Arguments { overrides } = Arguments::parse();
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match start(overrides).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(code = error.code(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn start(overrides: Overrides) -> Result<(), PosError> {
    let config = Config::load(overrides)?;
    let failed =
        |error: std::io::Error| PosError::Startup { action: "listen for signals", reason: error.to_string() };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    merchant_pos::run(config, shutdown).await
}
