//! `dure bench`: what the ledger does in how long, all of it in one run on one machine. One JSON object comes out;
//! nothing is judged here.
//!
//! - `contract`: the contract alone, on one core, without network, disk or consensus;
//! - `node`: four validators as processes asked over HTTP, a browser that checks a proof, the auditor, and a ledger
//!   of many accounts that is joined, and copied while blocks are applied.

mod browser;
mod contract;
mod network;
mod sample;

use std::{io::Write as _, path::Path};

use ledger_node::audit::bench::{Imported, Size, bench_audit, bench_snapshot};
use serde_json::json;

use crate::{console::say, error::DureError, process::Guard};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Payments of the contract alone.
    pub payments: u32,
    /// Accounts of the large ledger.
    pub accounts: u32,
}

/// Measures everything and prints one JSON line. `web` is the repository, for the browser's part; without it that
/// figure is null.
pub async fn run(
    scale: Scale,
    city: &Path,
    repository: Option<&Path>,
    guard: &Guard,
) -> Result<(), DureError> {
    say("the contract alone");
    let contract = contract::measure(scale.payments)?;
    say("four validators: previews and proofs over HTTP");
    let answers = network::measure(city, guard).await?;
    say("a browser checks a proof");
    let proof_verify_p50_ms = repository.map(|folder| browser::measure(folder, &answers)).transpose()?;
    say("the auditor re-applies full blocks of payments");
    let audit = audit()?;
    say(&format!("a ledger of {} accounts: join it, then copy it while payments go on", scale.accounts));
    let crowd = crowd(scale.accounts)?;
    let ratio = per(crowd.beside.busy_p99_us, crowd.beside.idle_p99_us);
    let line = json!({
        "contract": contract,
        "node": {
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
            "snapshot_p99_vs_idle": ratio,
            "audit_payments_per_s": audit,
        },
        "cpus": std::thread::available_parallelism().map_or(0, usize::from),
        "profile": if cfg!(debug_assertions) { "dev" } else { "release" },
        "commit": commit(),
        "command": std::env::args().collect::<Vec<_>>().join(" "),
    });
    writeln!(std::io::stdout(), "{line}")
        .map_err(|source| DureError::io("write to", Path::new("output"), source))
}

/// Payments a second of an audit of full blocks.
fn audit() -> Result<u64, DureError> {
    let folder = Scratch::new("audit")?;
    // 1,000 payments fill a block; a hundred blocks take a few seconds.
    let size = Size { citizens: 2_000, shops: 20, blocks: 100, payments: 1_000 };
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

/// The commit that is checked out, if git can tell.
fn commit() -> Option<String> {
    let output = std::process::Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A folder that goes when it is dropped.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Result<Self, DureError> {
        let path = std::env::temp_dir().join(format!("dure-bench-{name}-{}", std::process::id()));
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(|source| DureError::io("empty", &path, source))?;
        }
        std::fs::create_dir_all(&path).map_err(|source| DureError::io("make", &path, source))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a measuring folder stays");
        }
    }
}
