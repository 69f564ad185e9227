//! Where and of what a result was made, so that it can be made again.

use std::{fs, process::Command, time::Duration};

use serde_json::{Map, Value, json};

use super::{ledger::crowd::SEED, machine::cores};

/// Adds machine, build and command to a result.
pub fn describe(result: &mut Map<String, Value>, took: Duration) {
    let mut add = |name: &str, value: Value| result.insert(name.to_owned(), value);
    add("cpus", json!(cores()));
    add("cpu", json!(cpu()));
    add("memory_mb", json!(memory_mb()));
    add("kernel", json!(read("/proc/sys/kernel/osrelease")));
    add("profile", json!(profile()));
    add("commit", json!(commit()));
    add("command", json!(std::env::args().collect::<Vec<_>>().join(" ")));
    add("seeds", json!({ "people": SEED }));
    add("date", json!(jiff::Timestamp::now().to_string()));
    add("took_s", json!(took.as_secs()));
}

/// The profile that cargo built this program with: it names the folder after it, but for `dev`.
fn profile() -> String {
    let folder =
        std::env::current_exe().ok().and_then(|program| Some(program.parent()?.file_name()?.to_owned()));
    match folder.as_deref().and_then(std::ffi::OsStr::to_str) {
        None | Some("debug" | "deps") => "dev".to_owned(),
        // An installed program was built by `make package`.
        Some("dure") => "production".to_owned(),
        Some(name) => name.to_owned(),
    }
}

/// The commit that is checked out, if git can tell.
fn commit() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn cpu() -> Option<String> {
    let text = read("/proc/cpuinfo")?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned())
}

fn memory_mb() -> Option<u64> {
    let text = read("/proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1_024)
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}
