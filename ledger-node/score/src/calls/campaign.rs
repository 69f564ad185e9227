//! `campaign.open`, `token.issue`: acts of the funding institution. With a quorum of one an officer's own
//! signature is enough; else they come through [`super::governance`].

use super::{Work, work::positive};
use crate::{
    apply::Halt,
    call::{CampaignOpen, TokenIssue},
    effect::Effect,
    ids::{Bid, CampaignId},
    key::Key,
    limits::{BPS, MAX_AMOUNT, MAX_TERMS, NEVER},
    record::{Campaign, CampaignTerms, Supply},
    refusal::Refusal,
    state::StateRead,
};

pub fn open_alone<S: StateRead>(work: &mut Work<'_, S>, call: &CampaignOpen) -> Result<(), Halt> {
    let funder = alone(work)?;
    open(work, funder, call)
}

pub fn issue_alone<S: StateRead>(work: &mut Work<'_, S>, call: &TokenIssue) -> Result<(), Halt> {
    let funder = alone(work)?;
    issue(work, funder, call)
}

/// The signer's institution, if one officer may act for it.
fn alone<S: StateRead>(work: &Work<'_, S>) -> Result<Bid, Halt> {
    let (bid, institution) = work.officer_of(|duties| duties.funder)?;
    if institution.quorum > 1 {
        return Err(Refusal::QuorumRequired { quorum: institution.quorum.into() }.into());
    }
    Ok(bid)
}

/// Opens a campaign of `funder`. Checks: terms are its own → consistent → number new.
pub fn open<S: StateRead>(work: &mut Work<'_, S>, funder: Bid, call: &CampaignOpen) -> Result<(), Halt> {
    if call.terms.funder != funder {
        return Err(Refusal::NotAllowed.into());
    }
    if call.campaign == CampaignId::COIN || !consistent(&call.terms) {
        return Err(Refusal::BadTerms.into());
    }
    if work.state.read::<Campaign>(&Key::Campaign(call.campaign))?.is_some() {
        return Err(Refusal::CampaignExists.into());
    }
    let campaign = Campaign { terms: call.terms.clone(), budget: crate::Amount::ZERO, open: true };
    work.state.write(&Key::Campaign(call.campaign), &campaign);
    work.state.write(&Key::Supply(call.campaign), &Supply::default());
    work.effect(Effect::CampaignOpened { campaign: call.campaign });
    Ok(())
}

/// Mints into the budget. Checks: amount → campaign known → its funder → total within the ceiling.
pub fn issue<S: StateRead>(work: &mut Work<'_, S>, funder: Bid, call: &TokenIssue) -> Result<(), Halt> {
    positive(call.amount)?;
    let mut campaign = work.campaign(call.campaign)?;
    if campaign.terms.funder != funder || call.campaign == CampaignId::COIN {
        return Err(Refusal::NotAllowed.into());
    }
    let issued = work.state.read::<Supply>(&Key::Supply(call.campaign))?.unwrap_or_default().issued;
    let room = campaign.terms.ceiling.minus(issued).unwrap_or_default();
    if call.amount > room {
        return Err(Refusal::BudgetExceeded { available: room }.into());
    }
    work.change_supply(call.campaign, |supply| {
        supply.issued = supply.issued.plus(call.amount)?;
        Some(())
    })?;
    campaign.budget = campaign.budget.plus(call.amount).ok_or(Refusal::AmountOutOfRange)?;
    work.state.write(&Key::Campaign(call.campaign), &campaign);
    work.effect(Effect::Issued { campaign: call.campaign, amount: call.amount, budget: campaign.budget });
    Ok(())
}

/// True if terms can be kept: dates in order, a rate of at most one whole, a life, bounded lists and ceiling.
pub fn consistent(terms: &CampaignTerms) -> bool {
    let lists = [terms.categories.len(), terms.regions.len(), terms.merchants.len()];
    terms.starts_at < terms.ends_at
        && u64::from(terms.charge_bonus_bps) <= BPS
        && (terms.charge_bonus_bps == 0 || !terms.monthly_charge_cap.is_zero())
        && (1..=NEVER).contains(&terms.validity_ms)
        && terms.ends_at <= NEVER
        && terms.monthly_charge_cap.get() <= MAX_AMOUNT
        && terms.ceiling.get() <= MAX_AMOUNT
        && lists.iter().all(|length| *length <= MAX_TERMS)
}
