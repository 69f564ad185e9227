//! The main job through every process, as `make demo ONCE=1` plays it, on SQLite.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{fs, path::Path};

use serde_json::Value;

use dure_tests::{
    program::{last_line, program},
    schema::{PAIN001, assert_valid},
};

#[test]
fn the_main_job_balances_to_one_won_twice_in_a_row() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let summary = last_line(program("dure").args(["demo", "--once", "--data"]).arg(folder.path()));
        assert_eq!(summary["difference"], 0);
        assert_eq!(summary["charged"], 150_000);
        assert_eq!(summary["bonus"], 15_000);
        assert_eq!(summary["granted"], 280_000);
        assert_eq!(summary["transferred"], 20_000);
        assert_eq!(summary["refunded"], 4_500);
        assert_eq!(summary["heights"].as_array().unwrap().len(), 4);
        assert_eq!(summary["proof_verified"], true);
        assert_eq!(summary["audit"]["ok"], true);
        assert!(summary["audit"]["payments"].as_u64().unwrap() >= 40, "{}", summary["audit"]);
        for (name, holds) in summary["checks"].as_object().unwrap() {
            assert_eq!(holds, true, "{name}");
        }
        assert_valid(Path::new(summary["pain001"].as_str().unwrap()), PAIN001);
    }
    the_books_of_the_demo_prove_themselves(&folder.path().join("once"));
}

/// Every validator's ledger is audited; then a copy with one flipped byte, in every file of it in turn.
fn the_books_of_the_demo_prove_themselves(data: &Path) {
    let all = last_line(program("dure").args(["audit", "--json", "--all", "--data"]).arg(data));
    assert_eq!(all["ok"], true, "{all}");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let made =
        program("dure").arg("backup").arg("--node").arg(data.join("node1")).arg("--to").arg(&copy).status();
    assert!(made.unwrap().success());
    let good = last_line(program("dure").args(["audit", "--json"]).arg(&copy));
    assert_eq!((&good["ok"], &good["head"]), (&Value::Bool(true), &all["head"]));
    let mut files: Vec<_> = fs::read_dir(&copy).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut bad = bytes.clone();
            bad[at] ^= 0x10;
            fs::write(&file, &bad).unwrap();
            let output = program("dure").args(["audit", "--json"]).arg(&copy).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let found: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
            assert_eq!(output.status.code(), Some(1), "{}, byte {at}: {text}", file.display());
            assert!(
                found["block"].is_u64() && found["ok"] == false,
                "{}, byte {at}: {found}",
                file.display()
            );
        }
        fs::write(&file, &bytes).unwrap();
    }
}
