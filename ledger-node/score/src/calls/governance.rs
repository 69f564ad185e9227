//! `governance.propose`, `governance.approve`: M different officers of one institution.
//!
//! Propose checks: officer of an institution with the duty of the proposed call (officers' keys: of any) → room for
//! one more proposal. Approve checks: known → officer of the same institution → still open → not the same officer
//! twice; the approval that completes the quorum executes the call, and if the call is refused, so is the approval.
//! Approvals of officers whose keys have ended since do not count.
//!
//! Where one officer may act alone (a quorum of one) the calls work directly as well ([`alone`]), but for officers'
//! own keys, which only their institution certifies.

use super::{Work, account, campaign, device, officer, registry, validators};
use crate::{
    call::{GovernanceApprove, GovernancePropose, ProposedCall},
    effect::Effect,
    halt::Halt,
    ids::{Bid, CertId},
    key::Key,
    limits::{MAX_OPEN_PROPOSALS, PROPOSAL_LIFE_MS},
    proposal::Proposal,
    record::Duties,
    refusal::Refusal,
    state::StateRead,
};

/// A question to an institution's duties.
pub type Duty = fn(&Duties) -> bool;
/// Funds campaigns.
pub const FUNDER: Duty = |duties| duties.funder;
/// Registers people.
pub const REGISTRAR: Duty = |duties| duties.registrar;
/// Runs the network.
pub const OPERATOR: Duty = |duties| duties.operator;
/// Any institution.
const ANY: Duty = |_| true;

/// The signer's institution, if it has the duty and one officer may act for it. Checks: officer with the duty → a
/// quorum of one.
pub fn alone<S: StateRead>(work: &Work<'_, S>, duty: Duty) -> Result<Bid, Halt> {
    let (bid, institution) = work.officer_of(duty)?;
    if institution.quorum > 1 {
        return Err(Refusal::QuorumRequired { quorum: institution.quorum.into() }.into());
    }
    Ok(bid)
}

pub fn propose<S: StateRead>(work: &mut Work<'_, S>, call: &GovernancePropose) -> Result<(), Halt> {
    let (bid, mut institution) = work.officer_of(duty_of(&call.proposed))?;
    let now = work.now();
    institution.open_proposals.retain(|lapses_at| *lapses_at > now);
    if institution.open_proposals.len() >= MAX_OPEN_PROPOSALS {
        let limit = u64::try_from(MAX_OPEN_PROPOSALS).unwrap_or(u64::MAX);
        return Err(Refusal::TooManyProposals { limit }.into());
    }
    let executed = institution.quorum <= 1;
    let proposal = Proposal {
        institution: bid,
        proposed: call.proposed.clone(),
        approvals: vec![work.signer],
        lapses_at: now.saturating_add(PROPOSAL_LIFE_MS),
        executed,
    };
    work.effect(Effect::Proposed { proposal: work.tx, institution: bid });
    if executed {
        execute(work, bid, &call.proposed)?;
    } else {
        institution.open_proposals.push(proposal.lapses_at);
        work.state.write(&Key::Institution(&bid), &institution);
    }
    let tx = work.tx;
    work.state.write(&Key::Proposal(&tx), &proposal);
    Ok(())
}

pub fn approve<S: StateRead>(work: &mut Work<'_, S>, call: &GovernanceApprove) -> Result<(), Halt> {
    let key = Key::Proposal(&call.proposal);
    let mut proposal: Proposal = work.state.read(&key)?.ok_or(Refusal::UnknownProposal)?;
    let (bid, mut institution) = work.officer_of(ANY)?;
    if proposal.institution != bid {
        return Err(Refusal::NotAllowed.into());
    }
    if proposal.executed || proposal.lapses_at <= work.now() {
        return Err(Refusal::ProposalClosed.into());
    }
    if proposal.approvals.contains(&work.signer) {
        return Err(Refusal::AlreadyApproved.into());
    }
    proposal.approvals = still_valid(work, &proposal.approvals)?;
    proposal.approvals.push(work.signer);
    let approvals = u32::try_from(proposal.approvals.len()).unwrap_or(u32::MAX);
    proposal.executed = approvals >= institution.quorum;
    work.state.write(&key, &proposal);
    work.effect(Effect::Approved { proposal: call.proposal, approvals, executed: proposal.executed });
    if proposal.executed {
        remove_one(&mut institution.open_proposals, proposal.lapses_at);
        work.state.write(&Key::Institution(&bid), &institution);
        execute(work, bid, &proposal.proposed)?;
    }
    Ok(())
}

/// Whose business a call is.
fn duty_of(call: &ProposedCall) -> Duty {
    match call {
        ProposedCall::CampaignOpen(_)
        | ProposedCall::TokenIssue(_)
        | ProposedCall::CampaignAmend(_)
        | ProposedCall::CampaignClose(_) => FUNDER,
        ProposedCall::AccountUnfreeze(_) | ProposedCall::AccountRebind(_) => REGISTRAR,
        ProposedCall::CertificateIssue(_) | ProposedCall::CertificateRevoke(_) => ANY,
        ProposedCall::ScoreRegister(_)
        | ProposedCall::ScoreActivate(_)
        | ProposedCall::ValidatorsUpdate(_) => OPERATOR,
    }
}

fn execute<S: StateRead>(work: &mut Work<'_, S>, institution: Bid, call: &ProposedCall) -> Result<(), Halt> {
    match call {
        ProposedCall::CampaignOpen(call) => campaign::open(work, institution, call),
        ProposedCall::TokenIssue(call) => campaign::issue(work, institution, call),
        ProposedCall::CampaignAmend(call) => campaign::amend(work, institution, call),
        ProposedCall::CampaignClose(call) => campaign::close(work, institution, call),
        ProposedCall::AccountUnfreeze(call) => account::unfreeze(work, call),
        ProposedCall::AccountRebind(call) => account::rebind(work, call),
        ProposedCall::CertificateIssue(call) => officer::issue(work, institution, call),
        ProposedCall::CertificateRevoke(call) => officer::revoke(work, institution, call),
        ProposedCall::ScoreRegister(call) => registry::register(work, call),
        ProposedCall::ScoreActivate(call) => registry::activate(work, call),
        ProposedCall::ValidatorsUpdate(call) => validators::update(work, call),
    }
}

/// Those approvals whose certificates have not been ended since. Bounded by the officers an institution may have:
/// each approves once, and ended ones drop out.
fn still_valid<S: StateRead>(work: &Work<'_, S>, approvals: &[CertId]) -> Result<Vec<CertId>, Halt> {
    let mut valid = Vec::with_capacity(approvals.len());
    for id in approvals {
        if !device::known(work, id)?.revoked {
            valid.push(*id);
        }
    }
    Ok(valid)
}

/// Two proposals that lapse at the same moment count twice; one of them is done.
fn remove_one(open: &mut Vec<u64>, lapses_at: u64) {
    if let Some(at) = open.iter().position(|known| *known == lapses_at) {
        open.remove(at);
    }
}
