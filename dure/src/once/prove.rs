//! What the ledger says is proven to somebody who trusts the genesis alone, and re-applied from a copy.

use std::{fs, time::Duration};

use dure_proof::{Pinned, TransactionProof, verify_account, verify_transaction};
use dure_score::TxId;
use ledger_node::{history::archive, operations::audit};
use serde::Serialize;

use super::{money::PaidOrder, stage::Stage, wait};
use crate::{backup, error::DureError};

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Proven {
    /// A payment's receipt and a shop's account were proven, and a forged proof was not believed.
    pub proof_verified: bool,
    /// What the audit of the first validator's ledger found.
    pub audit: Audited,
}

/// The audit in figures.
#[derive(Debug, Serialize)]
pub struct Audited {
    /// Everything was good.
    pub ok: bool,
    /// Blocks that were re-applied.
    pub blocks: u64,
    /// Certificates that were checked.
    pub certificates: u64,
    /// Payments in them.
    pub payments: u64,
}

/// Plays it.
pub async fn run(stage: &mut Stage, paid: &PaidOrder) -> Result<Proven, DureError> {
    let proof_verified = proofs(stage, paid).await?;
    stage.checks.note("proofs_hold_and_forgeries_do_not", proof_verified, "see the lines above");
    let audit = reapply(stage).await?;
    stage.checks.note("audit_of_a_copy", audit.ok, format!("{audit:?}"));
    Ok(Proven { proof_verified, audit })
}

async fn proofs(stage: &mut Stage, paid: &PaidOrder) -> Result<bool, DureError> {
    let pinned = Pinned::new(&backup::genesis(&stage.deployment.layout.genesis())?);
    let id = paid.payment.id();
    let proof = proof_of(stage, &id).await?;
    let receipt = verify_transaction(&pinned, &id, &proof);
    let said = stage.client.receipt(&id).await?;
    let proven = receipt.as_ref().ok() == said.as_ref() && said.is_some();
    stage.checks.note("a_payment_is_proven", proven, format!("{receipt:?}"));

    let account = stage.client.account_proof(&paid.merchant).await?;
    let found = verify_account(&pinned, &paid.merchant, &account);
    stage.checks.note("an_account_is_proven", found.is_ok(), format!("{:?}", found.as_ref().err()));

    let mut forged = proof;
    let mut certificate = forged.finality.certificate.as_bytes().to_vec();
    if let Some(last) = certificate.last_mut() {
        *last ^= 1;
    }
    forged.finality.certificate = certificate.into();
    let refused = verify_transaction(&pinned, &id, &forged);
    stage.checks.note("a_forged_proof_is_not_believed", refused.is_err(), "it was");
    Ok(proven && found.is_ok() && refused.is_err())
}

/// The proof, as soon as a later header claims the payment's state.
async fn proof_of(stage: &Stage, id: &TxId) -> Result<TransactionProof, DureError> {
    let (proof, _) = wait::until("a payment can be proven", async || {
        // Not yet: asked again.
        Ok(stage.client.transaction_proof(id).await.ok().flatten())
    })
    .await?;
    Ok(proof)
}

/// Copies the first validator's ledger while it runs and audits the copy.
async fn reapply(stage: &Stage) -> Result<Audited, DureError> {
    let node = stage.deployment.layout.node(0);
    let copy = stage.deployment.layout.root().join("audit");
    let genesis = backup::genesis_hash(&stage.deployment.layout.genesis())?;
    let work = tokio::task::spawn_blocking(move || {
        archive::backup(&node, &copy, &mut |_, _| {})?;
        let report = audit::audit(&copy, Some(&genesis), &mut |_| {})?;
        fs::remove_dir_all(&copy).map_err(|source| DureError::io("remove", &copy, source))?;
        Ok::<_, DureError>(report)
    });
    // A few hundred blocks: seconds at the worst.
    let report = tokio::time::timeout(Duration::from_secs(60), work).await;
    let report = report.map_err(|_| DureError::Late { what: "the audit".to_owned(), seconds: 60 })?;
    let report = report.map_err(|error| DureError::Data(error.to_string()))??;
    Ok(Audited {
        ok: true,
        blocks: report.blocks,
        certificates: report.certificates,
        payments: report.payments,
    })
}
