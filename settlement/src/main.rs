//! The `settlement` command.

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use settlement::{Config, Overrides, SettlementError};
use std::process::ExitCode;

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
    dure_service::process::start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail("RUNTIME", &error),
    };
    match runtime.block_on(execute(arguments)) {
        Ok(code) => code,
        Err(error) => fail(error.code(), &error),
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
            let stop = dure_service::process::stop_signal()
                .map_err(|error| SettlementError::Config(format!("signals cannot be watched: {error}")))?;
            settlement::gateway(config, stop).await?;
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
