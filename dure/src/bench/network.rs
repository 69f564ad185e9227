//! Four validators as processes: how long a preview and a proof take over HTTP.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use dure_db::Db;
use dure_ledger_client::LedgerClient;
use dure_proof::{Pinned, TransactionProof, verify_transaction};
use dure_score::{
    Amount, Call, CampaignId, OrderId, Transaction, TxId,
    call::{CertificateIssue, TokenCharge, TokenPay},
    ids::DepositRef,
    limits::MINUTE_MS,
    record::Role,
    signature::SigningKey,
    tx::possession_message,
};

use dure_load::Sample;

use super::machine::Scratch;
use crate::{
    backup,
    demo::{Cluster, first_day},
    error::DureError,
    process::{Guard, Ports},
    setup::Deployment,
    signatory::Signatory,
};

/// Questions of each kind.
const QUESTIONS: u32 = 500;
/// Tries until a proof is there: the next block, or the one after, makes it possible.
const TRIES: u32 = 200;

/// What was measured, and a proof for others to check.
pub struct Answers {
    /// Previews.
    pub dry_run: Sample,
    /// Proofs of a transaction.
    pub proof: Sample,
    /// The genesis, as everybody pins it.
    pub pinned: Pinned,
    /// A payment.
    pub payment: TxId,
    /// Its proof.
    pub example: TransactionProof,
}

/// Starts the validators in a temporary folder, measures, stops them.
pub async fn measure(city: &Path, guard: &Guard) -> Result<Answers, DureError> {
    let folder = Scratch::new("network")?;
    let deployment = Deployment::init(&folder.0, city, Ports::free()?)?;
    let mut cluster = Cluster::start_nodes(&deployment, guard).await?;
    let measured = ask(&deployment).await;
    cluster.stop()?;
    measured
}

async fn ask(deployment: &Deployment) -> Result<Answers, DureError> {
    let client = LedgerClient::new(deployment.ports.node_urls());
    let db = Db::connect(&deployment.database_url).map_err(|error| DureError::Database(error.to_string()))?;
    first_day::run(deployment, &client, &db).await?;
    let phone = citizen(deployment, &client).await?;
    let merchant = deployment.members.merchant("M000105")?;
    let pay = |number: u32| {
        let order = OrderId::new(&format!("B-{number}")).map_err(bad)?;
        Ok::<_, DureError>(Call::TokenPay(TokenPay {
            merchant,
            order,
            amount: Amount::new(100),
            cashback: None,
        }))
    };
    let payment = phone.sign(pay(0)?).await?;
    client.submit_and_wait(&payment, crate::signatory::PATIENCE).await?;
    let payment = payment.id();
    let example = proof(&client, &payment).await?;
    let pinned = Pinned::new(&backup::genesis(&deployment.layout.genesis())?);
    verify_transaction(&pinned, &payment, &example).map_err(bad)?;

    let valid_until = client.status().await?.time_ms.saturating_add(5 * MINUTE_MS);
    let mut answers =
        Answers { dry_run: Sample::default(), proof: Sample::default(), pinned, payment, example };
    for number in 1..=QUESTIONS {
        let transaction = Transaction {
            chain: deployment.chain.clone(),
            signer: phone.certificate(),
            nonce: u64::from(number).saturating_add(1),
            valid_until,
            call: pay(number)?,
        };
        let begun = Instant::now();
        client.dry_run(&transaction).await?;
        answers.dry_run.add(begun.elapsed());
    }
    for _ in 0..QUESTIONS {
        let begun = Instant::now();
        client.transaction_proof(&payment).await?;
        answers.proof.add(begun.elapsed());
    }
    Ok(answers)
}

/// The proof, as soon as there is one.
async fn proof(client: &LedgerClient, id: &TxId) -> Result<TransactionProof, DureError> {
    let mut last = DureError::Data("no proof came".to_owned());
    for _ in 0..TRIES {
        match client.transaction_proof(id).await {
            Ok(Some(proof)) => return Ok(proof),
            Ok(None) => {}
            Err(error) => last = error.into(),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(last)
}

/// A device of a registered citizen, with money.
async fn citizen(deployment: &Deployment, client: &LedgerClient) -> Result<Signatory, DureError> {
    let owner = deployment.members.citizen("mina@sebyeol.example")?;
    let key = SigningKey::from_seed(rand::random());
    let public_key = key.public_key();
    let message = possession_message(&deployment.chain, &owner, Role::Holder, &public_key);
    let possession = key.sign(&message);
    let issue = CertificateIssue { owner, public_key, role: Role::Holder, possession };
    deployment.key("registry-wallet", client)?.send(Call::CertificateIssue(issue)).await?;
    let charge = TokenCharge {
        to: owner,
        amount: Amount::new(1_000_000),
        deposit: DepositRef::new("D-BENCH").map_err(bad)?,
        campaign: CampaignId::COIN,
    };
    deployment.key("bank-1", client)?.send(Call::TokenCharge(charge)).await?;
    Ok(Signatory::new(Box::new(key), client, &deployment.chain))
}

fn bad(error: impl std::fmt::Display) -> DureError {
    DureError::Data(error.to_string())
}
