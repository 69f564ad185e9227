//! `campaign.open`, `campaign.amend`, `campaign.close`, `token.issue`: acts of the funding institution. With a quorum of
//! one an officer's own signature is enough; else they come through [`super::governance`].

use super::{Work, work::positive};
use crate::{
    amount::Amount,
    call::{CampaignAmend, CampaignClose, CampaignOpen, TokenIssue},
    effect::Effect,
    halt::Halt,
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

pub fn amend_alone<S: StateRead>(work: &mut Work<'_, S>, call: &CampaignAmend) -> Result<(), Halt> {
    let funder = alone(work)?;
    amend(work, funder, call)
}

pub fn close_alone<S: StateRead>(work: &mut Work<'_, S>, call: &CampaignClose) -> Result<(), Halt> {
    let funder = alone(work)?;
    close(work, funder, call)
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
    if work.state.see(&Key::Campaign(call.campaign), |_: &Campaign| ())?.is_some() {
        return Err(Refusal::CampaignExists.into());
    }
    let campaign = Campaign { terms: call.terms.clone(), budget: Amount::ZERO, open: true, version: 1 };
    work.store_campaign(call.campaign, campaign);
    work.state.write(&Key::Supply(call.campaign), &Supply::default());
    work.effect(Effect::CampaignOpened { campaign: call.campaign });
    Ok(())
}

/// Changes the terms for the future. Checks: campaign known → its funder → open → consistent, for the same funder, and
/// the ceiling not below what was issued → nothing worse for coin that is already given out.
pub fn amend<S: StateRead>(work: &mut Work<'_, S>, funder: Bid, call: &CampaignAmend) -> Result<(), Halt> {
    let mut campaign = work.campaign(call.campaign)?;
    if campaign.terms.funder != funder {
        return Err(Refusal::NotAllowed.into());
    }
    if !campaign.open {
        return Err(Refusal::CampaignClosed.into());
    }
    let issued = issued_so_far(work, call.campaign)?;
    if call.terms.funder != funder || call.terms.ceiling < issued || !consistent(&call.terms) {
        return Err(Refusal::BadTerms.into());
    }
    if worse(&campaign.terms, &call.terms) {
        return Err(Refusal::TermsWorsened.into());
    }
    work.state.write(&Key::Terms(call.campaign, campaign.version), &campaign.terms);
    campaign.terms = call.terms.clone();
    campaign.version = campaign.version.checked_add(1).ok_or(Refusal::AmountOutOfRange)?;
    let version = campaign.version;
    work.store_campaign(call.campaign, campaign);
    work.effect(Effect::CampaignAmended { campaign: call.campaign, version });
    Ok(())
}

/// True if coin given out under `old` could do less under `new`. A lot carries its own expiry, and a holding cap
/// only limits what is added, so both may change freely.
fn worse(old: &CampaignTerms, new: &CampaignTerms) -> bool {
    narrower(&old.categories, &new.categories)
        || narrower(&old.regions, &new.regions)
        || narrower(&old.merchants, &new.merchants)
        || (old.large_merchants && !new.large_merchants)
        || (old.transferable && !new.transferable)
        || (old.reusable && !new.reusable)
        || new.cash_out_bps > old.cash_out_bps
}

/// True if `new` lacks something that `old` has; an empty list has everything.
fn narrower<T: PartialEq>(old: &[T], new: &[T]) -> bool {
    let superset = new.is_empty() || (!old.is_empty() && old.iter().all(|item| new.contains(item)));
    !superset
}

/// Ends the campaign; its budget leaves the ledger. Lots stay good until they expire, and what comes back after that
/// (expired, refunded) is returned by closing again. Checks: not the coin → campaign known → its funder → open, or
/// something in the budget.
pub fn close<S: StateRead>(work: &mut Work<'_, S>, funder: Bid, call: &CampaignClose) -> Result<(), Halt> {
    if call.campaign == CampaignId::COIN {
        return Err(Refusal::NotAllowed.into());
    }
    let mut campaign = work.campaign(call.campaign)?;
    if campaign.terms.funder != funder {
        return Err(Refusal::NotAllowed.into());
    }
    let returned = campaign.budget;
    if !campaign.open && returned.is_zero() {
        return Err(Refusal::CampaignClosed.into());
    }
    campaign.open = false;
    campaign.budget = Amount::ZERO;
    work.change_supply(call.campaign, |supply| {
        supply.returned = supply.returned.plus(returned)?;
        Some(())
    })?;
    work.store_campaign(call.campaign, campaign);
    work.effect(Effect::CampaignClosed { campaign: call.campaign, returned });
    Ok(())
}

/// Mints into the budget. Checks: amount → campaign known → its funder → open → total within the ceiling.
pub fn issue<S: StateRead>(work: &mut Work<'_, S>, funder: Bid, call: &TokenIssue) -> Result<(), Halt> {
    positive(call.amount)?;
    let mut campaign = work.campaign(call.campaign)?;
    if campaign.terms.funder != funder || call.campaign == CampaignId::COIN {
        return Err(Refusal::NotAllowed.into());
    }
    if !campaign.open {
        return Err(Refusal::CampaignClosed.into());
    }
    let issued = issued_so_far(work, call.campaign)?;
    let room = campaign.terms.ceiling.minus(issued).unwrap_or_default();
    if call.amount > room {
        return Err(Refusal::BudgetExceeded { available: room }.into());
    }
    work.change_supply(call.campaign, |supply| {
        supply.issued = supply.issued.plus(call.amount)?;
        Some(())
    })?;
    campaign.budget = campaign.budget.plus(call.amount).ok_or(Refusal::AmountOutOfRange)?;
    let budget = campaign.budget;
    work.store_campaign(call.campaign, campaign);
    work.effect(Effect::Issued { campaign: call.campaign, amount: call.amount, budget });
    Ok(())
}

fn issued_so_far<S: StateRead>(work: &Work<'_, S>, campaign: CampaignId) -> Result<Amount, Halt> {
    Ok(work.state.read::<Supply>(&Key::Supply(campaign))?.unwrap_or_default().issued)
}

/// True if terms can be kept: dates in order, rates of at most one whole and with a cap, a life, bounded lists and
/// amounts.
pub fn consistent(terms: &CampaignTerms) -> bool {
    let rates = [terms.charge_bonus_bps, terms.cashback_bps, terms.reuse_bps];
    let amounts = [
        terms.ceiling,
        terms.monthly_charge_cap,
        terms.monthly_cashback_cap,
        terms.holding_cap,
        terms.person_cap,
    ];
    let pays_back = terms.cashback_bps > 0 || terms.reuse_bps > 0;
    let lists = [terms.categories.len(), terms.regions.len(), terms.merchants.len()];
    terms.starts_at < terms.ends_at
        && rates.iter().all(|rate| u64::from(*rate) <= BPS)
        && (terms.charge_bonus_bps == 0 || !terms.monthly_charge_cap.is_zero())
        && (!pays_back || !terms.monthly_cashback_cap.is_zero())
        && (1..=NEVER).contains(&terms.validity_ms)
        && terms.ends_at <= NEVER
        && amounts.iter().all(|amount| amount.get() <= MAX_AMOUNT)
        && lists.iter().all(|length| *length <= MAX_TERMS)
}
