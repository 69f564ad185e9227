//! `token.expire`: collects lots whose time has passed. Vouchers return to the budget that paid for them; charged
//! coin leaves circulation. Checks: bank's officer → list length. Members without expired lots are passed over.

use super::Work;
use crate::{
    call::TokenExpire, effect::Effect, halt::Halt, ids::CampaignId, limits::MAX_EXPIRE, lot::Lot,
    refusal::Refusal, state::StateRead,
};

pub fn expire<S: StateRead>(work: &mut Work<'_, S>, call: &TokenExpire) -> Result<(), Halt> {
    work.officer_of(|duties| duties.bank)?;
    if call.owners.is_empty() || call.owners.len() > MAX_EXPIRE {
        return Err(Refusal::BadBatch { limit: u64::try_from(MAX_EXPIRE).unwrap_or(u64::MAX) }.into());
    }
    let now = work.now();
    for owner in &call.owners {
        let mut holdings = work.holdings(owner)?;
        let gone = holdings.remove(|lot| lot.expires_at <= now);
        if gone.is_empty() {
            continue;
        }
        for lot in gone {
            retire(work, &lot)?;
            work.effect(Effect::Expired { owner: *owner, lot });
        }
        work.store_holdings(owner, holdings);
    }
    Ok(())
}

fn retire<S: StateRead>(work: &mut Work<'_, S>, lot: &Lot) -> Result<(), Halt> {
    if lot.campaign == CampaignId::COIN {
        return work.change_supply(CampaignId::COIN, |supply| {
            supply.expired = supply.expired.plus(lot.amount)?;
            Some(())
        });
    }
    let mut campaign = work.campaign(lot.campaign)?;
    campaign.budget = campaign.budget.plus(lot.amount).ok_or(Refusal::AmountOutOfRange)?;
    work.store_campaign(lot.campaign, campaign);
    Ok(())
}
