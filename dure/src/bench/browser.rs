//! How long a headless Chromium takes to check a proof.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{machine::Scratch, network::Answers};
use crate::error::DureError;

/// The script, below the repository; it prints one JSON line.
const SCRIPT: &str = "tests/browser/bench-proof.mjs";
/// The one that measures the wallet.
const WALLET: &str = "tests/browser/bench-wallet.mjs";

/// The median, ms. `repository` holds the browser's tools.
pub fn measure(repository: &Path, answers: &Answers) -> Result<f64, DureError> {
    let folder = Scratch::new("browser")?;
    let file = folder.0.join("proof.json");
    let content = json!({ "pinned": answers.pinned, "id": answers.payment, "proof": answers.example });
    std::fs::write(&file, content.to_string()).map_err(|source| DureError::io("write", &file, source))?;
    let script = repository.join(SCRIPT);
    let line = told(&script, &file.display().to_string())?;
    line.get("p50").and_then(Value::as_f64).ok_or_else(|| DureError::file(&script, "it told no median"))
}

/// The wallet's figures, from a browser on a demo of its own; `payments` are timed.
pub fn wallet(repository: &Path, payments: u32) -> Result<Value, DureError> {
    told(&repository.join(WALLET), &payments.to_string())
}

/// The JSON on the last line of what a script prints.
fn told(script: &Path, argument: &str) -> Result<Value, DureError> {
    let output = Command::new("node").arg(script).arg(argument).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| DureError::io("run", script, source))?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .map_err(|error| DureError::file(script, error))
}
