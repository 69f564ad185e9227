//! The `dure` command.

use std::process::ExitCode;

use clap::Parser;
use dure::{cli, console::say};

/// As in the node, whose contract and store this measures, audits and restores.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match cli::run(cli::Command::parse()).await {
        Ok(code) => code,
        Err(error) => {
            say(&format!("dure: {error} [{}]", error.code()));
            ExitCode::FAILURE
        }
    }
}
