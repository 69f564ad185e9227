//! `token.grant`: policy issuance to many. Checks: officer of a funder → list length → grant never made →
//! campaign known, its funder, running → each amount and recipient → budget. All or nobody.

use super::{
    Work,
    charge::{give, running},
    work::positive,
};
use crate::{
    apply::Halt, call::TokenGrant, effect::Effect, ids::TxId, key::Key, limits::MAX_GRANTS, refusal::Refusal,
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
    if campaign.terms.funder != funder || call.campaign == crate::CampaignId::COIN {
        return Err(Refusal::NotAllowed.into());
    }
    if !running(&campaign, work.now()) {
        let (starts_at, ends_at) = (campaign.terms.starts_at, campaign.terms.ends_at);
        return Err(Refusal::CampaignNotRunning { starts_at, ends_at }.into());
    }
    for item in &call.to {
        positive(item.amount)?;
        work.active_citizen(&item.to)?;
        work.effect(Effect::Granted {
            campaign: call.campaign,
            to: item.to,
            amount: item.amount,
            grant: call.grant,
        });
        give(work, &item.to, call.campaign, &mut campaign, item.amount)?;
    }
    let tx = work.tx;
    work.state.write(&Key::Campaign(call.campaign), &campaign);
    work.state.write(&Key::Grant(&call.grant), &tx);
    Ok(())
}
