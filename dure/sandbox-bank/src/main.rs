//! The `sandbox-bank` process: reads its configuration, then runs until it is told to stop.

use clap::Parser;
use sandbox_bank::{BankError, Config, Overrides};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[actix_web::main]
async fn main() -> ExitCode {
    let overrides = Overrides::parse();
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

async fn start(overrides: Overrides) -> Result<(), BankError> {
    sandbox_bank::run(Config::load(overrides)?).await
}
