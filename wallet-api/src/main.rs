//! `wallet-api`: reads the settings, starts the service, stops it on SIGTERM or SIGINT.

use std::process::ExitCode;

use clap::Parser;
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
    dure_service::process::run("wallet-api", StartError::code, |stop| async {
        wallet_api::run(Config::load(overrides)?, stop).await
    })
}
