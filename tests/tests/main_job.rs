//! The main job through every process, as `make demo ONCE=1` plays it, on SQLite.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

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
        for (name, holds) in summary["checks"].as_object().unwrap() {
            assert_eq!(holds, true, "{name}");
        }
        assert_valid(Path::new(summary["pain001"].as_str().unwrap()), PAIN001);
    }
}
