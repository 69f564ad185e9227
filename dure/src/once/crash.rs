//! One validator is killed with -9 in the middle of payments; nobody notices, and it catches up again.

use std::time::Instant;

use dure_ledger_client::LedgerClient;
use dure_score::{Amount, Call, Hash32, OrderId, call::TokenPay};

use super::{money::Cast, stage::Stage, wait};
use crate::{demo::wait_answer, error::DureError, process::NODES, signatory::PATIENCE};

/// Payments measured, and when the validator goes and comes.
const PAYMENTS: u32 = 45;
const KILLED_AT: u32 = 15;
const BACK_AT: u32 = 30;
/// What each is, won.
const NOODLES: u64 = 200;

/// Where a ledger stands: height, digest and state root of its last block.
pub type Position = (u64, Hash32, Hash32);

/// Plays it.
pub async fn run(stage: &mut Stage, cast: &Cast) -> Result<(), DureError> {
    let merchant = stage.deployment.members.merchant("M000103")?;
    // Payments go through the first validator; the last one is the victim.
    let first = LedgerClient::new(stage.deployment.ports.node_urls().into_iter().take(1).collect());
    for number in 0..PAYMENTS {
        if number == KILLED_AT {
            victim(stage)?.kill()?;
        }
        if number == BACK_AT {
            victim(stage)?.restart()?;
        }
        let order = OrderId::new(&format!("S-NOODLES-{number}"))
            .map_err(|error| DureError::Data(error.to_string()))?;
        let call = Call::TokenPay(TokenPay { merchant, order, amount: Amount::new(NOODLES), cashback: None });
        let signed = cast.mina.key.sign(call).await?;
        let begun = Instant::now();
        let receipt = first.submit_and_wait(&signed, PATIENCE).await?;
        stage.finality_ms.push(u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        stage.checks.note_quietly("payments_go_on_with_three_of_four", receipt.is_applied());
    }
    let address = stage.deployment.ports.node_urls().last().map(|url| format!("{url}/v1/status"));
    wait_answer(victim(stage)?, &address.unwrap_or_default()).await?;
    let positions = agreed(stage).await?;
    stage.checks.note("killed_validator_caught_up", positions.len() == NODES, format!("{positions:?}"));
    Ok(())
}

fn victim(stage: &mut Stage) -> Result<&mut crate::process::Child, DureError> {
    stage.cluster.nodes.last_mut().ok_or_else(|| DureError::Data("no validators".to_owned()))
}

/// Waits until all validators show the same height, and returns where each stands.
pub async fn agreed(stage: &Stage) -> Result<Vec<Position>, DureError> {
    let clients: Vec<LedgerClient> =
        stage.deployment.ports.node_urls().into_iter().map(|url| LedgerClient::new(vec![url])).collect();
    let (positions, _) = wait::until("all validators show the same height", async || {
        let statuses = futures::future::try_join_all(clients.iter().map(LedgerClient::status)).await?;
        let positions: Vec<Position> =
            statuses.iter().map(|status| (status.height, status.digest, status.state_root)).collect();
        let equal = positions.windows(2).all(|pair| pair.first().map(|p| p.0) == pair.last().map(|p| p.0));
        Ok(equal.then_some(positions))
    })
    .await?;
    Ok(positions)
}
