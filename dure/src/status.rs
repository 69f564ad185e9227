//! `dure status`: one line a process.

use std::{process::ExitCode, time::Duration};

use dure_ledger_client::LedgerClient;

use crate::{console::say, error::DureError, process::url, setup::Deployment};

/// How long a process may take to answer before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells about every process; fails if one does not answer or validators disagree.
pub async fn tell(deployment: &Deployment) -> Result<ExitCode, DureError> {
    let mut good = true;
    let mut seen: Vec<(u64, dure_score::Hash32)> = Vec::new();
    for (number, address) in (1..).zip(deployment.ports.node_urls()) {
        match tokio::time::timeout(PATIENCE, LedgerClient::new(vec![address.clone()]).status()).await {
            Ok(Ok(status)) => {
                say(&format!(
                    "node{number}   {address}   height {}   waiting {}   state {}",
                    status.height, status.mempool, status.state_root
                ));
                seen.push((status.height, status.state_root));
            }
            Ok(Err(error)) => {
                good = false;
                say(&format!("node{number}   {address}   {error}"));
            }
            Err(_) => {
                good = false;
                say(&format!("node{number}   {address}   no answer"));
            }
        }
    }
    for (height, root) in &seen {
        if seen.iter().any(|(other, other_root)| height == other && root != other_root) {
            good = false;
            say(&format!("validators disagree on the state at height {height}"));
        }
    }
    let ports = &deployment.ports;
    let http = reqwest::Client::new();
    for (name, port) in [("wallet", ports.wallet), ("till", ports.till), ("bank", ports.bank)] {
        let address = format!("{}/health", url(port));
        let answer = http.get(&address).timeout(PATIENCE).send().await;
        let healthy = answer.is_ok_and(|answer| answer.status().is_success());
        good &= healthy;
        say(&format!("{name}   {}   {}", url(port), if healthy { "answers" } else { "no answer" }));
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
