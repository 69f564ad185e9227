//! Figures, on demand: `cargo test -p ledger-node --test archive -- --ignored --nocapture`.

use ledger_node::audit::bench::{Size, bench_audit, bench_snapshot};

#[test]
#[ignore = "a measurement, not a check"]
fn audit_of_full_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let size = Size { citizens: 1_000, shops: 50, blocks: 60, payments: 1_000 };
    let report = bench_audit(&dir.path().join("copy"), size).unwrap();
    println!("{}", serde_json::to_string(&report).unwrap());
}

#[test]
#[ignore = "a measurement, not a check"]
fn snapshot_of_a_million_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let figures = bench_snapshot(dir.path(), 1_000_000).unwrap();
    println!("{}", serde_json::to_string(&figures).unwrap());
}
