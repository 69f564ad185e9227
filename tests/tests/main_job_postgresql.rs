//! The main job on PostgreSQL: the same figures as on SQLite.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use dure_db::testing;
use dure_tests::program::{last_line, program};

#[test]
fn the_main_job_runs_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = testing::postgres();
    let mut command = program("dure");
    command.args(["demo", "--once", "--data"]).arg(folder.path()).env("DURE_DATABASE_URL", &database.url);
    let summary = last_line(&mut command);
    assert_eq!(summary["difference"], 0);
    assert_eq!(summary["pain001_ctrl_sum"], summary["redeemed"]);
    assert!(!folder.path().join("once/dure.sqlite").exists());
}
