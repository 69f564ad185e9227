//! The `settlement` command.

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use settlement::{Config, Overrides, SettlementError};
use std::io::IsTerminal;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// The bank gateway and the daily settlement batch.
#[derive(Parser)]
#[command(name = "settlement", version, about)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Settle a business date: pay merchants, burn their coin. May be repeated; ends with one line of JSON.
    Run {
        /// Business date, YYYY-MM-DD
        #[arg(long)]
        date: Date,
    },
    /// Watch the bank's folder and turn deposits into coin, until stopped.
    Gateway,
    /// Show the last batches and the deposits that wait for a person, as JSON.
    Status,
}

/// Exit code when the batch waits for the bank and the same command goes on later.
const EXIT_WAITING: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail("RUNTIME", &error),
    };
    match runtime.block_on(execute(arguments)) {
        Ok(code) => code,
        Err(error) => fail(error.code(), &error),
    }
}

/// Lines for people on a terminal, JSON for machines otherwise; standard output belongs to the result.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().init();
    }
}

async fn execute(arguments: Arguments) -> Result<ExitCode, SettlementError> {
    let config = Config::load(arguments.overrides)?;
    match arguments.command {
        Command::Run { date } => {
            let (summary, code) = match settlement::run(config.clone(), date).await {
                Ok(summary) => (summary, ExitCode::SUCCESS),
                Err(error @ SettlementError::BankTimeout { .. }) => {
                    report(error.code(), &error);
                    (settlement::summary(config, date).await?, ExitCode::from(EXIT_WAITING))
                }
                Err(error) => return Err(error),
            };
            print(&summary)?;
            Ok(code)
        }
        Command::Gateway => {
            settlement::gateway(config, stopped()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Status => {
            print(&settlement::show_status(config).await?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn print(value: &impl serde::Serialize) -> Result<(), SettlementError> {
    let json = serde_json::to_string(value).map_err(|error| SettlementError::Stored(error.to_string()))?;
    println!("{json}");
    Ok(())
}

fn report(code: &str, error: &dyn std::error::Error) {
    eprintln!("settlement: {code}: {error}");
}

fn fail(code: &str, error: &dyn std::error::Error) -> ExitCode {
    report(code, error);
    ExitCode::FAILURE
}

/// Completes on SIGTERM or SIGINT.
async fn stopped() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be watched; stopping");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
