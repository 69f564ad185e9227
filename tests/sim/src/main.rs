//! `dure-sim run` plays seeds; `dure-sim canary` (feature `planted`) proves that planted bugs are found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{io, process::ExitCode, sync::Arc, thread, time::Instant};

use clap::{Parser, Subcommand};
use dure_sim::{
    campaign::{Campaign, Planting, Summary, explain, quiet_panics},
    seams::Product,
};

/// The whole ledger in a seeded, deterministic world.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Plays seeds until one breaks an invariant.
    Run {
        /// The first seed.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// How many.
        #[arg(long, default_value_t = 2_000)]
        seeds: u64,
        /// This one alone.
        #[arg(long)]
        seed: Option<u64>,
        /// Plays each twice: the same seed must go the same way.
        #[arg(long)]
        twice: bool,
        /// Shows the validators' logs, as `RUST_LOG` says.
        #[arg(long)]
        log: bool,
        /// With this bug planted (feature `planted`).
        #[arg(long)]
        bug: Option<String>,
    },
    /// Plants each known bug in turn (feature `planted`): each must be found within so many seeds.
    Canary {
        /// Seeds for each.
        #[arg(long, default_value_t = 1_000)]
        seeds: u64,
    },
}

fn main() -> ExitCode {
    quiet_panics();
    let result = match Arguments::parse().task {
        Task::Run { from, seeds, seed, twice, log, bug } => {
            if log {
                let filter = tracing_subscriber::EnvFilter::from_default_env();
                tracing_subscriber::fmt().with_env_filter(filter).without_time().init();
            }
            let (from, seeds) = seed.map_or((from, seeds), |seed| (seed, 1));
            run(from, seeds, twice, bug.as_deref())
        }
        Task::Canary { seeds } => canary(seeds),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn campaign(from: u64, seeds: u64, twice: bool, planting: Planting) -> Campaign {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Campaign { from, seeds, threads, twice, planting, progress: true }
}

fn run(from: u64, seeds: u64, twice: bool, bug: Option<&str>) -> io::Result<bool> {
    let begun = Instant::now();
    let summary = campaign(from, seeds, twice, planting(bug)?).run();
    let Summary { blocks, transactions, simulated, .. } = summary;
    println!(
        "{} seeds, {blocks} blocks, {transactions} transactions, {} s simulated in {} s",
        summary.seeds,
        simulated.as_secs(),
        begun.elapsed().as_secs()
    );
    match &summary.failure {
        Some(outcome) => explain(outcome, bug, &mut io::stdout()).map(|()| false),
        None => Ok(true),
    }
}

#[cfg(feature = "planted")]
fn planting(bug: Option<&str>) -> io::Result<Planting> {
    use dure_sim::planted::Bug;
    let Some(name) = bug else { return Ok(Arc::new(|| Arc::new(Product))) };
    let bug = Bug::named(name).ok_or_else(|| {
        let names: Vec<_> = Bug::ALL.iter().map(|bug| bug.name()).collect();
        io::Error::other(format!("no such bug; there are: {}", names.join(", ")))
    })?;
    Ok(Arc::new(move || bug.plant()))
}

#[cfg(not(feature = "planted"))]
fn planting(bug: Option<&str>) -> io::Result<Planting> {
    match bug {
        Some(_) => Err(io::Error::other("bugs need the feature `planted`")),
        None => Ok(Arc::new(|| Arc::new(Product))),
    }
}

#[cfg(feature = "planted")]
fn canary(seeds: u64) -> io::Result<bool> {
    let mut found = true;
    for bug in dure_sim::planted::Bug::ALL {
        let summary = campaign(1, seeds, false, Arc::new(move || bug.plant())).run();
        match &summary.failure {
            Some(outcome) => {
                let what = outcome.violation.as_ref().map_or("", |violation| violation.invariant);
                println!("{:<22} found by seed {:>4}: {what}", bug.name(), outcome.seed);
            }
            None => {
                found = false;
                println!("{:<22} NOT FOUND in {seeds} seeds", bug.name());
            }
        }
    }
    Ok(found)
}

#[cfg(not(feature = "planted"))]
fn canary(_: u64) -> io::Result<bool> {
    Err(io::Error::other("the canary needs the feature `planted`"))
}
