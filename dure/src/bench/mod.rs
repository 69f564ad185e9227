//! `dure bench`: what the ledger does in how long, all of it in one run on one machine. One JSON object comes out;
//! nothing is judged here.
//!
//! - `contract`: the contract alone, on one core, without network, disk or consensus;
//! - `ledger`: payments through four validators as processes, held against PostgreSQL and against themselves when larger,
//!   older, or with a dead node;
//! - `node`: previews and proofs over HTTP, a browser that checks a proof, the auditor, and a ledger of many accounts that
//!   is joined, and copied while blocks are applied;
//! - `wallet`: a payment from the PIN on, the weight of a page, what the service adds, Lighthouse's scores, what streams cost.

mod browser;
mod environment;
mod figures;
mod goals;
mod ledger;
mod machine;
mod network;
pub mod page;
mod part;
mod postgres;
mod scale;

use std::{io::Write as _, path::Path, time::Instant};

use dure_ledger_bench::{Imported, Size, bench_audit, bench_snapshot};
use serde_json::{Map, Value, json};

use machine::Scratch;

use crate::{console::say, error::DureError, process::Guard};

pub use part::Part;
pub use scale::Scale;

/// Measures everything, or one part, and prints one JSON line. `web` is the repository, for the browser's part; without
/// it that figure is null.
pub async fn run(
    scale: Scale,
    only: Option<Part>,
    city: &Path,
    repository: Option<&Path>,
    guard: &Guard,
) -> Result<(), DureError> {
    let begun = Instant::now();
    let wanted = |part| only.is_none_or(|only| only == part);
    let (mut result, mut figures) = (Map::new(), figures::Figures::default());
    if wanted(Part::Contract) {
        say("the contract alone");
        let rate = dure_load::contract_rate(scale.payments)?;
        say(&format!("  {:.0} payments/s on one core", rate.apply_per_s));
        figures.set("score_pay_per_s", rate.apply_per_s);
        result.insert("contract".to_owned(), json!(rate));
    }
    ledger::measure(&scale, &wanted, guard, &mut figures).await;
    if wanted(Part::Node) {
        let found = node(&scale, city, repository, guard).await;
        figures.note("node", found.map(|found| drop(result.insert("node".to_owned(), found))));
    }
    if let Some(folder) = repository.filter(|_| wanted(Part::Wallet)) {
        say("the wallet in a phone's browser");
        let found = browser::wallet(folder, scale.wallet_payments);
        figures.note("wallet", found.map(|found| drop(result.insert("wallet".to_owned(), found))));
    }
    let failures = figures.failures().to_vec();
    result.insert("failures".to_owned(), json!(failures));
    let mut measured = figures.into_value();
    let binds = goals::bounds(&measured);
    if let Value::Object(measured) = &mut measured {
        measured.insert("binds".to_owned(), binds);
    }
    result.insert("ledger".to_owned(), measured);
    environment::describe(&mut result, begun.elapsed());
    let line = Value::Object(result);
    writeln!(std::io::stdout(), "{line}")
        .map_err(|source| DureError::io("write to", Path::new("output"), source))?;
    if failures.is_empty() { Ok(()) } else { Err(DureError::Data(failures.join("; "))) }
}

async fn node(
    scale: &Scale,
    city: &Path,
    repository: Option<&Path>,
    guard: &Guard,
) -> Result<Value, DureError> {
    say("four validators: previews and proofs over HTTP");
    let answers = network::measure(city, guard).await?;
    say("a browser checks a proof");
    let proof_verify_p50_ms = repository.map(|folder| browser::measure(folder, &answers)).transpose()?;
    say("the auditor re-applies full blocks of payments");
    let audit = audit(scale.audited)?;
    say(&format!("a ledger of {} accounts: join it, then copy it while payments go on", scale.accounts));
    let crowd = crowd(scale.accounts)?;
    Ok(json!({
        "dry_run_p50_ms": answers.dry_run.p50(),
        "dry_run_p99_ms": answers.dry_run.p99(),
        "proof_p50_ms": answers.proof.p50(),
        "proof_p99_ms": answers.proof.p99(),
        "proof_verify_p50_ms": proof_verify_p50_ms,
        "accounts": crowd.accounts,
        "join_s": per(crowd.import_ms, 1_000),
        "snapshot_s": per(crowd.beside.snapshot_ms, 1_000),
        "block_idle_p99_ms": per(crowd.beside.idle_p99_us, 1_000),
        "block_beside_snapshot_p99_ms": per(crowd.beside.busy_p99_us, 1_000),
        "snapshot_p99_vs_idle": per(crowd.beside.busy_p99_us, crowd.beside.idle_p99_us),
        "audit_payments_per_s": audit,
    }))
}

/// Payments a second of an audit of full blocks.
fn audit(blocks: u32) -> Result<u64, DureError> {
    let folder = Scratch::new("audit")?;
    let size = Size { citizens: 2_000, shops: 20, blocks, payments: 1_000 };
    Ok(bench_audit(&folder.0.join("copy"), size)?.payments_per_s)
}

/// A ledger of many accounts: joined, then copied while blocks of payments are applied at a steady pace.
fn crowd(accounts: u32) -> Result<Imported, DureError> {
    let folder = Scratch::new("crowd")?;
    Ok(bench_snapshot(&folder.0, accounts)?)
}

/// One count in units of another.
fn per(count: u64, unit: u64) -> f64 {
    // Times of a bench fit 32 bits: at most an hour in microseconds.
    let small = |value: u64| f64::from(u32::try_from(value).unwrap_or(u32::MAX));
    small(count) / small(unit.max(1))
}

/// The generator's process: reads what to send from the input, prints what came of it.
pub async fn generate() -> Result<(), DureError> {
    let input = std::io::read_to_string(std::io::stdin());
    let input = input.map_err(|source| DureError::io("read", Path::new("input"), source))?;
    let spec: dure_load::Spec =
        serde_json::from_str(&input).map_err(|error| DureError::file(Path::new("input"), error))?;
    // A thread of its own: the generator brings a runtime that needs nobody else's threads.
    let report = tokio::task::spawn_blocking(move || dure_load::run(&spec)).await;
    let report = report.map_err(|error| DureError::Data(error.to_string()))??;
    let line = serde_json::to_string(&report).map_err(|error| DureError::Data(error.to_string()))?;
    writeln!(std::io::stdout(), "{line}")
        .map_err(|source| DureError::io("write to", Path::new("output"), source))
}
