//! The commands and what each is made of.

use std::{
    io::{BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use dure_db::Db;
use dure_ledger_client::LedgerClient;
use dure_score::CampaignId;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    audit, backup, bench,
    city::City,
    console::{say, won},
    demo,
    error::DureError,
    grant, once,
    process::{Guard, Ports, guard_until_end_of_input},
    setup::{Deployment, Layout},
    status, unfreeze,
};

/// The launcher and operator's tool of Dure.
#[derive(Debug, Parser)]
#[command(name = "dure", version, about)]
pub struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make keys, ids, genesis and configuration files from a city's data files
    Init {
        #[command(flatten)]
        place: Place,
    },
    /// Start the whole product on this machine; Ctrl-C stops it
    Demo {
        #[command(flatten)]
        place: Place,
        /// Play the main job once in a fresh folder below the data folder, print the summary as JSON, stop
        #[arg(long)]
        once: bool,
        /// Use any free ports instead of the published ones
        #[arg(long)]
        free_ports: bool,
        /// Let phones in the same network in, by HTTPS with a certificate made here
        #[arg(long)]
        lan: bool,
        /// With --lan: the wallet's port there, the till's is one above [default: 8443]
        #[arg(long, requires = "lan")]
        lan_port: Option<u16>,
    },
    /// Tell how the processes of a deployment are
    Status {
        #[command(flatten)]
        place: Place,
    },
    /// Grant vouchers to everybody on a list (columns: email,amount); the same list grants once
    Grant {
        #[command(flatten)]
        place: Place,
        /// The list
        #[arg(long)]
        csv: PathBuf,
        /// The campaign that pays
        #[arg(long)]
        campaign: u32,
        /// Name of the officer's key file
        #[arg(long, default_value = "city-hall-1")]
        key: String,
    },
    /// Let a frozen account go on, with the signatures of as many officers of the registrar as its quorum asks for
    Unfreeze {
        #[command(flatten)]
        place: Place,
        /// The person's e-mail address
        #[arg(long)]
        email: String,
    },
    /// Measure: payments through four validators, beside PostgreSQL, with many accounts, with dead nodes; proofs, audit, copies
    Bench {
        /// The repository, whose browser tools check a proof; left out without it
        #[arg(long)]
        repository: Option<PathBuf>,
        /// Folder of the city's data files
        #[arg(long, env = "DURE_CITY", default_value_os_t = City::demo_folder())]
        city: PathBuf,
        /// Measure one part only
        #[arg(long, value_enum)]
        only: Option<bench::Part>,
        /// Everything, but so briefly that the figures say little: to see that it works
        #[arg(long)]
        quick: bool,
    },
    /// Write the page about a result of `bench`, with its charts
    BenchPage {
        /// The result
        result: PathBuf,
        /// Folder of the page
        #[arg(long, default_value = "docs/benchmarks")]
        folder: PathBuf,
    },
    /// Send payments to nodes as a JSON document on the input says; prints what came of it (started by `bench`)
    #[command(hide = true)]
    Load,
    /// Copy a node's ledger into files that prove themselves; the node may be running
    Backup(backup::Backup),
    /// Make a node's data folder of a copy, after a full audit
    Restore(backup::Restore),
    /// Re-apply every block of a copy, or of the deployment's own first node, and check all of it
    Audit(audit::Audit),
    /// End the processes listed on the input when the input ends (started by `demo`)
    #[command(hide = true)]
    Guard,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// Data folder
    #[arg(long, env = "DURE_DATA", default_value = "data")]
    data: PathBuf,
    /// Folder of the city's data files
    #[arg(long, env = "DURE_CITY", default_value_os_t = City::demo_folder())]
    city: PathBuf,
}

/// Runs a command; the code is the process's.
pub async fn run(command: Command) -> Result<ExitCode, DureError> {
    match command.action {
        Action::Init { place } => {
            let deployment = Deployment::init(&place.data, &place.city, Ports::published())?;
            say(&format!("{} is ready in {}", deployment.chain, deployment.layout.root().display()));
            Ok(ExitCode::SUCCESS)
        }
        Action::Demo { place, once: true, .. } => play_once(&place).await,
        Action::Demo { place, once: false, free_ports, lan, lan_port } => {
            let ports = if free_ports { Ports::free()? } else { Ports::published() };
            let guard = start_guard()?;
            let network =
                if lan { demo::Network::Lan { port: lan_port } } else { demo::Network::ThisMachine };
            demo::run(&place.data, &place.city, ports, network, &guard, stopped()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Status { place } => status::tell(&open(&place.data)?).await,
        Action::Grant { place, csv, campaign, key } => give(&place.data, &csv, campaign, &key).await,
        Action::Unfreeze { place, email } => let_go_on(&place.data, &email).await,
        Action::Bench { repository, city, only, quick } => {
            let guard = start_guard()?;
            let scale = if quick { bench::Scale::QUICK } else { bench::Scale::FULL };
            bench::run(scale, only, &city, repository.as_deref(), &guard).await?;
            Ok(ExitCode::SUCCESS)
        }
        Action::BenchPage { result, folder } => {
            bench::page::write(&result, &folder)?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Load => {
            bench::generate().await?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Backup(backup) => {
            backup.run()?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Restore(restore) => {
            restore.run()?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Audit(audit) => audit.run(),
        Action::Guard => {
            guard_until_end_of_input(BufReader::new(std::io::stdin()));
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn play_once(place: &Place) -> Result<ExitCode, DureError> {
    let guard = start_guard()?;
    let root = place.data.join("once");
    // A signal drops the play; the guard then stops what it had started.
    let summary = tokio::select! {
        summary = once::run(&root, &place.city, &guard) => summary?,
        () = stopped() => return Err(DureError::Stopped),
    };
    let line = serde_json::to_string(&summary).map_err(|error| DureError::Data(error.to_string()))?;
    writeln!(std::io::stdout(), "{line}")
        .map_err(|source| DureError::io("write to", Path::new("output"), source))?;
    Ok(if summary.checks.all_hold() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn give(data: &Path, csv: &Path, campaign: u32, key: &str) -> Result<ExitCode, DureError> {
    let deployment = open(data)?;
    let client = LedgerClient::new(deployment.ports.node_urls());
    let db = Db::connect(&deployment.database_url).map_err(|error| DureError::Database(error.to_string()))?;
    let officer = deployment.key(key, &client)?;
    let granted = grant::grant(csv, CampaignId(campaign), &officer, &client, &db).await?;
    let (people, total) = (granted.people, won(granted.total));
    if granted.new {
        say(&format!("granted {total} to {people} people"));
    } else {
        say(&format!("this list was granted before ({total}, {people} people); nothing happened now"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn let_go_on(data: &Path, email: &str) -> Result<ExitCode, DureError> {
    let deployment = open(data)?;
    let client = LedgerClient::new(deployment.ports.node_urls());
    let db = Db::connect(&deployment.database_url).map_err(|error| DureError::Database(error.to_string()))?;
    let name = unfreeze::unfreeze(&deployment, &client, &db, email).await?;
    say(&format!("the account of {name} goes on"));
    Ok(ExitCode::SUCCESS)
}

fn open(data: &Path) -> Result<Deployment, DureError> {
    let layout = Layout::new(data)?;
    if !layout.is_initialised() {
        return Err(DureError::file(layout.root(), "nothing is set up here; run `dure init` or `dure demo`"));
    }
    Deployment::reopen(layout)
}

fn start_guard() -> Result<Guard, DureError> {
    let own = std::env::current_exe().map_err(|source| DureError::io("find", Path::new("dure"), source))?;
    Guard::start(&own)
}

/// Completes at Ctrl-C or SIGTERM.
async fn stopped() {
    let wait = async |kind| {
        match signal(kind) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            // Without a handler the signal ends the process at once, and the guard does the rest.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => {}
        () = wait(SignalKind::terminate()) => {}
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_consistent() {
        super::Command::command().debug_assert();
    }
}
