//! `dure bench --quick` runs every part of the bench for a moment: the figures say little, but each is there and was measured.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use dure_tests::program::program;
use serde_json::Value;

/// The figures that a result must name.
const FIGURES: [&str; 15] = [
    "signature_bound_per_s",
    "pay_finalized_per_s",
    "pay_vs_bound",
    "pay_vs_postgres_spread",
    "hot_vs_postgres_hot",
    "half_load_p50_ms",
    "half_load_p99_ms",
    "high_load_p99_ms",
    "accounts_10m_vs_10k",
    "after_5m_vs_first",
    "rss_10m_mb",
    "disk_bytes_per_payment",
    "score_pay_per_s",
    "catch_up_s",
    "leader_death_ms",
];

#[test]
fn every_figure_is_measured_and_no_payment_is_lost() {
    let output = program("dure").args(["bench", "--quick"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["failures"].as_array().unwrap().len(), 0);
    for name in FIGURES {
        let value = result["ledger"][name].as_f64().unwrap_or_else(|| panic!("no {name}: {said}"));
        assert!(value.is_finite() && (value > 0.0 || name == "leader_death_ms"), "{name} is {value}");
    }
    // Whatever the nodes turn away is either sent again or told; on a healthy ledger nothing is refused for good.
    let raw = &result["ledger"]["raw"];
    for run in ["spread", "hot"].into_iter().flat_map(|kind| raw[kind].as_array().unwrap()) {
        assert_eq!(run["refused"].as_object().unwrap().len(), 0, "{run}");
        assert_eq!(run["without_effect"], 0, "{run}");
        assert_eq!(run["node_cpu_us_per_payment"].as_array().unwrap().len(), 4, "{run}");
    }
    assert!(raw["half_load"]["latency"]["samples"].as_u64().unwrap() > 0);
    for name in ["commit", "command", "cpus", "kernel", "profile", "date", "seeds"] {
        assert!(!result[name].is_null(), "no {name}");
    }
}
