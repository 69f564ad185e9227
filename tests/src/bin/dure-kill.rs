//! Kills validators of a running network again and again, and says with which seed it went wrong.
#![allow(clippy::unwrap_used)]

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Parser;
use dure_tests::chaos::run::{Report, run};

/// Four real validators, clients that pay, SIGKILL at random moments; checks every answer, every block, every node.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Cycles of kills
    #[arg(long, default_value_t = 100)]
    cycles: u64,
    /// Seed of the plan and of the clients' choices
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { cycles, seed } = Arguments::parse();
    eprintln!("four validators, {cycles} cycles, seed {seed}");
    match run(cycles, seed, |report| progress(report, cycles)).await {
        Ok(report) => {
            summary(&report, seed);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("\n{failure}\nagain: dure-kill --cycles {cycles} --seed {seed}");
            ExitCode::FAILURE
        }
    }
}

fn progress(report: &Report, cycles: u64) {
    let line = format!(
        "cycle {}/{cycles}: {} kills, {} requests applied, {} blocks, {:.1} s",
        report.cycles,
        report.kills,
        report.counts.applied,
        report.blocks,
        report.took.0.as_secs_f64()
    );
    if std::io::stderr().is_terminal() {
        eprint!("\r{line}\x1b[K");
        std::io::stderr().flush().unwrap();
    } else if report.cycles.is_multiple_of(10) || report.cycles == cycles {
        eprintln!("{line}");
    }
}

/// One JSON line, the last one.
fn summary(report: &Report, seed: u64) {
    let counts = report.counts;
    eprintln!();
    println!(
        "{}",
        serde_json::json!({
            "seed": seed, "cycles": report.cycles, "kills": report.kills, "blocks": report.blocks,
            "applied": counts.applied, "refused": counts.refused, "turned_away": counts.turned_away,
            "open_then_final": counts.found, "open_then_void": counts.void, "balances_read": counts.seen,
            "seconds": report.took.0.as_secs(), "last_check_seconds": report.took.1.as_secs(), "ok": true,
        })
    );
}
