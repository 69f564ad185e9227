//! What officers have proposed and others have to look at. A case is written before its proposal is sent: whatever dies, the
//! second officer finds it.

use std::time::Duration;

use dure_db::{
    DbConnection, DbError, counter_cases as table,
    look_ups::{self, Kind},
    new_phones, now_ms, people,
};
use dure_ledger_client::ClientError;
use dure_score::{
    Effect, Receipt, Refusal, SignedTx,
    call::{Call, ProposedCall},
    limits::{MAX_VALIDITY_MS, PROPOSAL_LIFE_MS},
};
use dure_service::ServiceError;

use super::{
    officer::Entered,
    person::{check_reason, office},
};
use crate::{app::App, fault::Fault};

/// Longest wait for finality within one request; usual is well under a second.
const WAIT: Duration = Duration::from_secs(10);
/// Longest wait for the read model to show what is final.
const READ_MODEL: Duration = Duration::from_secs(1);
/// Cases shown at once, newest first.
const MOST: i64 = 100;

/// What came of an officer's transaction.
#[derive(Debug)]
pub enum Standing {
    /// It applied; `executed` if the quorum is complete and the ledger has done what was proposed.
    Applied {
        /// Done.
        executed: bool,
    },
    /// The ledger has it and has not answered yet; sending the same again is safe.
    Open,
}

/// The open cases of the officer's institution, each with the person's name.
pub async fn cases(app: &App, officer: &Entered) -> Result<Vec<(table::Case, String)>, Fault> {
    let institution = officer.institution.clone();
    let since = now_ms().saturating_sub(i64::try_from(PROPOSAL_LIFE_MS).unwrap_or(i64::MAX));
    let list = move |c: &mut DbConnection| {
        let open = table::open(c, &institution, since, MOST)?.into_iter();
        open.map(|case| {
            let person = people::by_bid(c, &case.bid)?;
            Ok((case, person.map(|person| person.display_name).unwrap_or_default()))
        })
        .collect()
    };
    Ok(app.db.run::<_, DbError, _>(list).await?)
}

/// Passes an officer's proposal or approval on and waits for finality.
pub async fn submit(app: &App, officer: &Entered, tx: SignedTx, reason: &str) -> Result<Standing, Fault> {
    if tx.transaction().signer.to_string() != officer.certificate {
        return Err(Fault::NotYourDevice);
    }
    // The node checks too; a forged one need not travel.
    tx.clone().verify(&app.chain).map_err(Fault::Refused)?;
    let id = tx.id().to_string();
    let office = office(app, officer).await?;
    match &tx.transaction().call {
        Call::GovernancePropose(call) => {
            let case = case(app, officer, &id, &call.proposed, check_reason(reason)?)?;
            app.db.transaction::<_, Fault, _>(move |c| propose(c, &case, &office)).await?;
        }
        Call::GovernanceApprove(call) => {
            let (proposal, officer) = (call.proposal.to_string(), officer.clone());
            app.db.transaction::<_, Fault, _>(move |c| approve(c, &proposal, &officer, &office)).await?;
        }
        _ => return Err(ServiceError::CallNotAllowed.into()),
    }
    let receipt = match app.client.submit_and_wait(&tx, WAIT).await {
        Ok(receipt) => receipt,
        Err(ClientError::Timeout) => return Ok(Standing::Open),
        // A second arrival of something that has applied is an answer, not a refusal.
        Err(ClientError::Refused(refusal)) => match app.client.receipt(&tx.id()).await? {
            Some(receipt) => receipt,
            None => return refused(app, &tx, refusal).await,
        },
        Err(error) => return Err(error.into()),
    };
    if let Some(refusal) = receipt.refusal() {
        return refused(app, &tx, refusal.clone()).await;
    }
    app.progress.wait_for(receipt.height, READ_MODEL).await;
    Ok(Standing::Applied { executed: has_executed(&receipt) })
}

fn case(
    app: &App,
    officer: &Entered,
    id: &str,
    proposed: &ProposedCall,
    reason: String,
) -> Result<table::Case, Fault> {
    let (kind, bid, certificate) = match proposed {
        ProposedCall::AccountRebind(call) => {
            ("rebind", call.member, Some(call.public_key.certificate_id(&app.chain).to_string()))
        }
        ProposedCall::AccountUnfreeze(call) => ("unfreeze", call.member, None),
        _ => return Err(ServiceError::CallNotAllowed.into()),
    };
    Ok(table::Case {
        proposal: id.to_owned(),
        institution: officer.institution.clone(),
        kind: kind.to_owned(),
        bid: bid.to_string(),
        certificate,
        reason,
        proposed_by: officer.certificate.clone(),
        state: table::OPEN.to_owned(),
        created_at: now_ms(),
        closed_at: None,
    })
}

/// Enters the case; a phone must wait for that very person.
fn propose(c: &mut DbConnection, case: &table::Case, office: &str) -> Result<(), Fault> {
    if let Some(certificate) = &case.certificate {
        let phone = new_phones::by_certificate(c, certificate)?.ok_or(Fault::NotFound)?;
        if !waits_for(&phone, &case.bid) {
            return Err(Fault::NotFound);
        }
        new_phones::proposed(c, certificate, now_ms())?;
    }
    look_ups::note(c, &case.bid, Kind::Officer, (&case.proposed_by, office), &case.reason, now_ms())?;
    Ok(table::insert(c, case)?)
}

/// True if the phone is there, named for that very person, and has signed.
fn waits_for(phone: &new_phones::NewPhone, bid: &str) -> bool {
    phone.bid.as_deref() == Some(bid) && phone.possession.is_some() && phone.expires_at > now_ms()
}

/// The second officer looks at a case of the own institution. A phone that has gone away meanwhile is told now: once the
/// ledger has moved an account to a key that nobody holds, it takes two officers again.
fn approve(c: &mut DbConnection, proposal: &str, officer: &Entered, office: &str) -> Result<(), Fault> {
    let case = table::find(c, proposal)?.filter(|case| case.institution == officer.institution);
    let case = case.ok_or(Fault::NotFound)?;
    if let Some(certificate) = &case.certificate
        && case.state == table::OPEN
    {
        let phone = new_phones::by_certificate(c, certificate)?;
        phone.filter(|phone| waits_for(phone, &case.bid)).ok_or(Fault::PhoneGone)?;
    }
    Ok(look_ups::note(c, &case.bid, Kind::Officer, (&officer.certificate, office), &case.reason, now_ms())?)
}

/// Closes the case where the refusal is the end of it: a proposal that never was, or one that the ledger has closed. An approval
/// that came too late in its own time says nothing about the case.
async fn refused(app: &App, tx: &SignedTx, refusal: Refusal) -> Result<Standing, Fault> {
    let now = now_ms();
    let long_ago = now.saturating_sub(i64::try_from(MAX_VALIDITY_MS).unwrap_or(i64::MAX));
    let (proposal, since) = match (&tx.transaction().call, &refusal) {
        (Call::GovernanceApprove(call), Refusal::ProposalClosed) => (call.proposal, now),
        // A proposal of a moment ago may be on its way still.
        (Call::GovernanceApprove(call), Refusal::UnknownProposal) => (call.proposal, long_ago),
        (Call::GovernancePropose(_), _) => (tx.id(), now),
        _ => return Err(Fault::Refused(refusal)),
    };
    let close = move |c: &mut _| match table::find(c, &proposal.to_string())? {
        Some(case) if case.created_at <= since => table::close(c, &case.proposal, table::REFUSED, now),
        _ => Ok(()),
    };
    app.db.run::<_, DbError, _>(close).await?;
    Err(Fault::Refused(refusal))
}

/// True if the quorum was complete with this transaction.
fn has_executed(receipt: &Receipt) -> bool {
    let executed = |effect: &Effect| {
        matches!(
            effect,
            Effect::Approved { executed: true, .. }
                | Effect::AccountRebound { .. }
                | Effect::AccountUnfrozen { .. }
        )
    };
    receipt.effects.iter().any(executed)
}
