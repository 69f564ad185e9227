//! What takes several officers: one proposes, the others approve, each with a key of their own.

use dure_ledger_client::LedgerClient;
use dure_score::{
    Call,
    call::{GovernanceApprove, GovernancePropose, ProposedCall},
};

use crate::{
    city::{Duty, InstitutionSheet},
    error::DureError,
    setup::Deployment,
    signatory::Signatory,
};

/// The first institution with that duty.
pub fn with_duty(deployment: &Deployment, duty: Duty) -> Result<&InstitutionSheet, DureError> {
    let found = deployment.city.institutions.iter().find(|institution| institution.duties.contains(&duty));
    found.ok_or_else(|| missing("an institution with that duty"))
}

/// The error of a city whose institutions lack something.
pub fn missing(what: &str) -> DureError {
    DureError::Data(format!("institutions.toml: {what} is missing"))
}

/// As many officers of the institution as its quorum asks for.
pub fn officers(
    deployment: &Deployment,
    client: &LedgerClient,
    institution: &InstitutionSheet,
) -> Result<Vec<Signatory>, DureError> {
    let quorum = usize::try_from(institution.quorum).unwrap_or(usize::MAX);
    institution.keys.iter().take(quorum.max(1)).map(|name| deployment.key(name, client)).collect()
}

/// The first officer proposes, the others approve.
pub async fn decide(officers: &[Signatory], proposed: ProposedCall) -> Result<(), DureError> {
    let (first, others) = officers.split_first().ok_or_else(|| missing("an officer of the institution"))?;
    let proposal = first.send(Call::GovernancePropose(GovernancePropose { proposed })).await?.tx;
    for officer in others {
        officer.send(Call::GovernanceApprove(GovernanceApprove { proposal })).await?;
    }
    Ok(())
}
