//! `merchant-pos`: reads the settings, starts the till, stops it on SIGTERM or SIGINT.

use std::process::ExitCode;

use clap::Parser;
use merchant_pos::{Config, Overrides, PosError};

/// The till: orders, QR codes, live payments, refunds.
#[derive(Parser)]
#[command(name = "merchant-pos", version, about)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
}

fn main() -> ExitCode {
    let Arguments { overrides } = Arguments::parse();
    dure_service::process::run("merchant-pos", PosError::code, |stop| async {
        merchant_pos::run(Config::load(overrides)?, stop).await
    })
}
