//! `governance.propose`, `governance.approve`: M different officers of one institution.
//!
//! Propose checks: officer of a funder → room for one more proposal. Approve checks: known → officer of the
//! same institution → still open → not the same officer twice; the approval that completes the quorum
//! executes the call, and if the call is refused, so is the approval.

use super::{Work, campaign};
use crate::{
    apply::Halt,
    call::{GovernanceApprove, GovernancePropose, ProposedCall},
    effect::Effect,
    ids::Bid,
    key::Key,
    limits::{MAX_OPEN_PROPOSALS, PROPOSAL_LIFE_MS},
    record::Proposal,
    refusal::Refusal,
    state::StateRead,
};

pub fn propose<S: StateRead>(work: &mut Work<'_, S>, call: &GovernancePropose) -> Result<(), Halt> {
    let (bid, mut institution) = work.officer_of(|duties| duties.funder)?;
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
    let (bid, mut institution) = work.officer_of(|duties| duties.funder)?;
    if proposal.institution != bid {
        return Err(Refusal::NotAllowed.into());
    }
    if proposal.executed || proposal.lapses_at <= work.now() {
        return Err(Refusal::ProposalClosed.into());
    }
    if proposal.approvals.contains(&work.signer) {
        return Err(Refusal::AlreadyApproved.into());
    }
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

fn execute<S: StateRead>(work: &mut Work<'_, S>, institution: Bid, call: &ProposedCall) -> Result<(), Halt> {
    match call {
        ProposedCall::CampaignOpen(call) => campaign::open(work, institution, call),
        ProposedCall::TokenIssue(call) => campaign::issue(work, institution, call),
    }
}

/// Two proposals that lapse at the same moment count twice; one of them is done.
fn remove_one(open: &mut Vec<u64>, lapses_at: u64) {
    if let Some(at) = open.iter().position(|known| *known == lapses_at) {
        open.remove(at);
    }
}
