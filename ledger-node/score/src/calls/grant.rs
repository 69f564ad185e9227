//! `token.grant`: policy issuance to many. Checks: officer of a funder → list length → grant never made →
//! campaign known, its funder, running → for each recipient in turn: amount → an active citizen → budget → what one
//! person may have of it → what one may hold. All or nobody.

use super::{
    Work,
    caps::{check_holding, check_person, count_received, stored_use},
    charge::{fresh_lot, running},
    work::positive,
};
use crate::{
    amount::Amount,
    call::{GrantItem, TokenGrant},
    effect::Effect,
    halt::Halt,
    ids::{CampaignId, TxId},
    key::Key,
    limits::MAX_GRANTS,
    record::Campaign,
    refusal::Refusal,
    state::StateRead,
};

pub fn grant<S: StateRead>(work: &mut Work<'_, S>, call: &TokenGrant) -> Result<(), Halt> {
    let (funder, _) = work.officer_of(|duties| duties.funder)?;
    if call.to.is_empty() || call.to.len() > MAX_GRANTS {
        return Err(Refusal::BadBatch { limit: u64::try_from(MAX_GRANTS).unwrap_or(u64::MAX) }.into());
    }
    if work.state.read::<TxId>(&Key::Grant(&call.grant))?.is_some() {
        return Err(Refusal::GrantUsed.into());
    }
    let mut campaign = work.campaign(call.campaign)?;
    if campaign.terms.funder != funder || call.campaign == CampaignId::COIN {
        return Err(Refusal::NotAllowed.into());
    }
    if !running(&campaign, work.now()) {
        let (starts_at, ends_at) = (campaign.terms.starts_at, campaign.terms.ends_at);
        return Err(Refusal::CampaignNotRunning { starts_at, ends_at }.into());
    }
    for item in &call.to {
        give(work, call, item, &mut campaign)?;
    }
    let tx = work.tx;
    work.store_campaign(call.campaign, campaign);
    work.state.write(&Key::Grant(&call.grant), &tx);
    Ok(())
}

fn give<S: StateRead>(
    work: &mut Work<'_, S>,
    call: &TokenGrant,
    item: &GrantItem,
    campaign: &mut Campaign,
) -> Result<(), Halt> {
    let GrantItem { to, amount } = *item;
    positive(amount)?;
    work.active_citizen(&to)?;
    let available = campaign.budget;
    campaign.budget = available.minus(amount).ok_or(Refusal::BudgetExceeded { available })?;
    let used = stored_use(work, &to, call.campaign)?;
    check_person(&campaign.terms, &used, amount)?;
    let mut holdings = work.holdings(&to)?;
    check_holding(campaign.terms.holding_cap, &holdings, call.campaign, amount)?;
    count_received(work, &to, call.campaign, used, amount)?;
    let lot = fresh_lot(call.campaign, amount, Amount::ZERO, work.now(), campaign.terms.validity_ms);
    let lot = holdings.add(lot)?;
    work.effect(Effect::Granted { campaign: call.campaign, to, amount, grant: call.grant });
    work.lot_added(&to, lot, amount);
    work.store_holdings(&to, holdings);
    Ok(())
}
