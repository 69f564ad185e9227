//! The page about a result, in plain language, and its charts. Everything on it comes from the result alone, so that it can be
//! made again; `notes.md` beside it is written by people.

mod chart;

use std::{fmt::Write as _, fs, path::Path};

use serde_json::Value;

use super::goals::{FIGURES, Figure, Goal, WALLET};
use crate::{error::DureError, setup::read_text};
use chart::{Bar, draw, number};

/// Writes the page and its charts into `folder`, from the result in the file `from`.
pub fn write(from: &Path, folder: &Path) -> Result<(), DureError> {
    let result: Value =
        serde_json::from_str(&read_text(from)?).map_err(|error| DureError::file(from, error))?;
    fs::create_dir_all(folder).map_err(|source| DureError::io("make", folder, source))?;
    let mut pictures = String::new();
    for (name, title, unit, bars) in charts(&result) {
        // A part that was not measured has no bars.
        if bars.is_empty() {
            continue;
        }
        put(&folder.join(format!("{name}.svg")), &draw(title, unit, &bars))?;
        // Writing to a string never fails.
        let _ = writeln!(pictures, "![{title}]({name}.svg)\n");
    }
    put(&folder.join("README.md"), &page(&result, &pictures))
}

fn put(path: &Path, text: &str) -> Result<(), DureError> {
    fs::write(path, text).map_err(|source| DureError::io("write", path, source))
}

/// A chart: its file's name, its title, its unit, its bars.
type Chart = (&'static str, &'static str, &'static str, Vec<Bar>);

fn charts(result: &Value) -> [Chart; 4] {
    let bar = |label: &str, kind: &'static str, path: &str| {
        at(result, path).map(|value| Bar::plain(label, kind, value))
    };
    let throughput = [
        bar("Dure, 500 shops", "Dure", "/ledger/pay_finalized_per_s"),
        bar("PostgreSQL, 500 shops", "PostgreSQL", "/ledger/raw/postgres/spread_per_s"),
        bar("Dure, one shop", "Dure", "/ledger/raw/hot_per_s"),
        bar("PostgreSQL, one shop", "PostgreSQL", "/ledger/raw/postgres/hot_per_s"),
    ];
    let latency = [
        bar("half load, p50", "p50", "/ledger/half_load_p50_ms"),
        bar("half load, p99", "p99", "/ledger/half_load_p99_ms"),
        bar("nine tenths, p50", "p50", "/ledger/raw/high_load/latency/p50_ms"),
        bar("nine tenths, p99", "p99", "/ledger/high_load_p99_ms"),
    ];
    let size = |path: &str| at(result, path).map_or_else(String::new, number);
    let few = format!("{} accounts", size("/ledger/raw/accounts/few"));
    let many = format!("{} accounts", size("/ledger/raw/accounts/many"));
    let after = format!("after {}", size("/ledger/raw/long/payments"));
    let growth = [
        bar(&few, "one node over HTTP", "/ledger/raw/accounts/few_per_s"),
        bar(&many, "one node over HTTP", "/ledger/raw/accounts/many_per_s"),
        bar("first payments", "applying blocks alone", "/ledger/raw/long/first_per_s"),
        bar(&after, "applying blocks alone", "/ledger/raw/long/last_per_s"),
    ];
    let all = |bars: [Option<Bar>; 4]| bars.into_iter().flatten().collect();
    [
        ("throughput", "Payments a second, synced to disk", "/s", all(throughput)),
        ("latency", "From sending to the receipt", "ms", all(latency)),
        ("growth", "Speed as the ledger grows", "/s", all(growth)),
        ("cpu", "CPU time of one payment on one validator", "µs", cpu(result).into_iter().collect()),
    ]
}

/// Where a validator's time for a payment goes: what can be measured alone, and the rest.
fn cpu(result: &Value) -> Option<Bar> {
    let runs = result.pointer("/ledger/raw/spread")?.as_array()?;
    let nodes = runs.iter().filter_map(|run| run.get("node_cpu_us_per_payment")?.as_array());
    let nodes: Vec<f64> = nodes.flatten().filter_map(Value::as_f64).filter(|us| *us >= 0.0).collect();
    let count = f64::from(u32::try_from(nodes.len()).unwrap_or(u32::MAX)).max(1.0);
    let whole = nodes.iter().sum::<f64>() / count;
    let us = |path: &str| at(result, path).map(|per_s| 1e6 / per_s.max(f64::MIN_POSITIVE));
    let signature = us("/ledger/raw/signatures/best_per_s")?;
    let contract = us("/ledger/score_pay_per_s")?;
    let applying = at(result, "/ledger/raw/long/first_cpu_us")?;
    let store = (applying - contract).max(0.0);
    let rest = (whole - signature - contract - store).max(0.0);
    let parts = vec![
        ("signature", signature),
        ("contract", contract),
        ("roots and store", store),
        ("HTTP, passing on, consensus", rest),
    ];
    Some(Bar { label: "one payment".to_owned(), parts })
}

fn at(result: &Value, path: &str) -> Option<f64> {
    result.pointer(path)?.as_f64()
}

fn page(result: &Value, pictures: &str) -> String {
    let text = |name: &str| match result.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "unknown".to_owned(),
        Some(other) => other.to_string(),
    };
    let (rows, wallet) = (rows(result, "ledger", &FIGURES), rows(result, "wallet", &WALLET));
    let missed = missed(result.get("ledger").unwrap_or(&Value::Null));
    let postgres = result.pointer("/ledger/raw/postgres/version").and_then(Value::as_str).unwrap_or("15");
    let (command, commit, date) = (short(&text("command")), text("commit"), text("date"));
    let machine = format!("{} CPUs ({}), Linux {}", text("cpus"), text("cpu"), text("kernel"));
    let (profile, took) = (text("profile"), text("took_s"));
    let seed = result.pointer("/seeds/people").map_or("unknown".to_owned(), Value::to_string);
    format!(
        "# Benchmarks\n\n\
         Made by `make bench`; do not edit. What was tried, and what each change gave: [notes](notes.md).\n\n\
         Measured {date} at commit `{commit}`, build profile `{profile}`, seed {seed}, on {machine}, in {took} s, all in one \
         run: `{command}`. Everything shares that one machine: four validators, the load generator, and, in turn with them, \
         PostgreSQL {postgres}. Ratios say more than absolute figures: another machine has others.\n\n\
         ## Figures\n\n\
         | figure | measured | wanted | holds | what it says |\n|---|---|---|---|---|\n{rows}\n{missed}\
         ## The wallet\n\nA headless Chromium of a phone's size on a demo of its own, beside nothing else.\n\n\
         | figure | measured | wanted | holds | what it says |\n|---|---|---|---|---|\n{wallet}\n\
         ## Charts\n\n{pictures}\
         {METHOD}"
    )
}

/// One row a figure, from the object `part` of the result.
fn rows(result: &Value, part: &str, figures: &[Figure]) -> String {
    let mut rows = String::new();
    for figure in figures {
        let value = at(result, &format!("/{part}/{}", figure.name));
        let shown =
            value.map_or("not measured".to_owned(), |value| format!("{} {}", number(value), figure.unit));
        let (wanted, holds) = match (figure.goal, value) {
            (Goal::Shown, _) => (String::new(), ""),
            (goal, value) => (wanted(goal, figure.unit), verdict(goal, value)),
        };
        // Writing to a string never fails.
        let _ = writeln!(rows, "| `{}` | {shown} | {wanted} | {holds} | {} |", figure.name, figure.says);
    }
    rows
}

/// A command line with the last part of each path: where somebody keeps things is nobody's business.
fn short(command: &str) -> String {
    let words = command.split(' ').map(|word| word.rsplit('/').next().unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}

/// What binds where a goal is missed; nothing where all hold.
fn missed(ledger: &Value) -> String {
    let mut out = String::new();
    for figure in &FIGURES {
        if let Some(binds) = figure.missed(ledger) {
            // Writing to a string never fails.
            let _ = writeln!(out, "- `{}`: {binds}.", figure.name);
        }
    }
    if out.is_empty() {
        return out;
    }
    format!(
        "## Goals that were missed, and what binds\n\nThe profiles are in the [notes](notes.md).\n\n{out}\n"
    )
}

fn wanted(goal: Goal, unit: &str) -> String {
    match goal {
        Goal::AtLeast(least) => format!("≥ {} {unit}", number(least)),
        Goal::AtMost(most) => format!("≤ {} {unit}", number(most)),
        Goal::Shown => String::new(),
    }
}

fn verdict(goal: Goal, value: Option<f64>) -> &'static str {
    match value {
        Some(value) if goal.holds(value) => "yes",
        Some(_) => "**no**",
        None => "",
    }
}

/// How it is measured and what binds, the same for every result.
const METHOD: &str = include_str!("method.md");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    /// A figure that was missed is told as plainly as one that holds, and what was not measured is not made up.
    #[test]
    fn the_page_says_what_holds_and_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("results.json");
        let result = json!({ "cpus": 2, "command": "/home/me/target/dure bench --repository /home/me/dure", "ledger": {
            "pay_finalized_per_s": 6_000.0, "pay_vs_bound": 0.5, "score_pay_per_s": 400_000.0,
            "raw": {
                "spread": [{ "node_cpu_us_per_payment": [100.0, 120.0, 110.0, 110.0] }],
                "signatures": { "best_per_s": 50_000.0 }, "long": { "first_cpu_us": 42.5 },
            },
        }});
        fs::write(&from, result.to_string()).unwrap();
        write(&from, folder.path()).unwrap();
        let page = read_text(&folder.path().join("README.md")).unwrap();
        let row =
            |name: &str| page.lines().find(|line| line.contains(&format!("`{name}`"))).unwrap().to_owned();
        assert!(row("pay_finalized_per_s").contains("| 6,000 /s | ≥ 5,000 /s | yes |"));
        assert!(row("pay_vs_bound").contains("| 0.50 × | ≥ 0.60 × | **no** |"));
        assert!(row("catch_up_s").contains("| not measured |"));
        assert!(page.contains("`dure bench --repository dure`"), "{page}");
        let binds = |name: &str| page.contains(&format!("- `{name}`: "));
        assert!(binds("pay_vs_bound") && !binds("pay_finalized_per_s") && !binds("catch_up_s"));
        let cpu = fs::read_to_string(folder.path().join("cpu.svg")).unwrap();
        for part in
            ["signature: 20.0 µs", "contract: 2.50 µs", "roots and store: 40.0 µs", "consensus: 47.5 µs"]
        {
            assert!(cpu.contains(part), "{part} in {cpu}");
        }
        assert!(!folder.path().join("latency.svg").exists());
    }
}
