//! `token.charge`: won that the bank has booked becomes coin, with the campaign's bonus.
//!
//! Checks: bank's officer → amount → receiver an active citizen → deposit never charged → campaign known → the receiver
//! may hold that much coin. A deposit is real money: when the campaign is not running, a cap of its bonus is reached or
//! the budget is gone, the charge still succeeds and the bonus is what remains, possibly nothing.

use super::{
    Work,
    caps::{check_holding, count_received, holding_room, person_room, use_this_month},
    work::positive,
};
use crate::{
    amount::Amount,
    call::TokenCharge,
    effect::Effect,
    halt::Halt,
    holdings::Holdings,
    ids::CampaignId,
    key::Key,
    lot::Lot,
    record::{Campaign, Deposit, PersonUse},
    refusal::Refusal,
    state::StateRead,
};

pub fn charge<S: StateRead>(work: &mut Work<'_, S>, call: &TokenCharge) -> Result<(), Halt> {
    work.officer_of(|duties| duties.bank)?;
    positive(call.amount)?;
    work.active_citizen(&call.to)?;
    if work.state.read::<Deposit>(&Key::Deposit(&call.deposit))?.is_some() {
        return Err(Refusal::DepositUsed.into());
    }
    let (holding_cap, validity_ms) =
        work.see_campaign(CampaignId::COIN, |coin| (coin.terms.holding_cap, coin.terms.validity_ms))?;
    let giver = match call.campaign {
        CampaignId::COIN => None,
        id => Some(work.campaign(id)?),
    };
    let mut holdings = work.holdings(&call.to)?;
    check_holding(holding_cap, &holdings, CampaignId::COIN, call.amount)?;
    let lot = fresh_lot(CampaignId::COIN, call.amount, call.amount, work.now(), validity_ms);
    let lot = holdings.add(lot)?;
    let bonus = match giver {
        Some(campaign) => bonus(work, call, campaign, &mut holdings)?,
        None => None,
    };
    work.change_supply(CampaignId::COIN, |supply| {
        supply.charged = supply.charged.plus(call.amount)?;
        Some(())
    })?;
    let deposit = Deposit {
        to: call.to,
        amount: call.amount,
        tx: work.tx,
        charged_at: work.now(),
        bonus: bonus.map_or(Amount::ZERO, |(_, bonus)| bonus),
        campaign: call.campaign,
        cashed_out: None,
    };
    work.state.write(&Key::Deposit(&call.deposit), &deposit);
    work.effect(Effect::Charged {
        to: call.to,
        amount: call.amount,
        bonus: deposit.bonus,
        campaign: call.campaign,
        deposit: call.deposit.clone(),
    });
    work.lot_added(&call.to, lot, call.amount);
    if let Some((lot, bonus)) = bonus {
        work.lot_added(&call.to, lot, bonus);
    }
    work.store_holdings(&call.to, holdings);
    Ok(())
}

/// Pays the bonus out of the campaign's budget into `holdings`; `None` if there is none to pay.
fn bonus<S: StateRead>(
    work: &mut Work<'_, S>,
    call: &TokenCharge,
    mut campaign: Campaign,
    holdings: &mut Holdings,
) -> Result<Option<(Lot, Amount)>, Halt> {
    if !running(&campaign, work.now()) {
        return Ok(None);
    }
    let terms = &campaign.terms;
    let used = use_this_month(work, &call.to, call.campaign)?;
    let counted = call.amount.min(terms.monthly_charge_cap.minus(used.charged).unwrap_or_default());
    let bonus = counted
        .basis_points(terms.charge_bonus_bps)
        .min(campaign.budget)
        .min(holding_room(terms.holding_cap, holdings, call.campaign))
        .min(person_room(terms, &used));
    if bonus.is_zero() {
        return Ok(None);
    }
    let charged = used.charged.plus(counted).ok_or(Refusal::AmountOutOfRange)?;
    count_received(work, &call.to, call.campaign, PersonUse { charged, ..used }, bonus)?;
    let lot = fresh_lot(call.campaign, bonus, Amount::ZERO, work.now(), terms.validity_ms);
    campaign.budget = campaign.budget.minus(bonus).ok_or(Refusal::AmountOutOfRange)?;
    work.store_campaign(call.campaign, campaign);
    Ok(Some((holdings.add(lot)?, bonus)))
}

/// Coin acquired now. Number 0 is a placeholder: the account gives the real one.
pub fn fresh_lot(campaign: CampaignId, face: Amount, price: Amount, now: u64, validity_ms: u64) -> Lot {
    Lot {
        id: 0,
        campaign,
        acquired_at: now,
        face,
        price_paid: price,
        expires_at: now.saturating_add(validity_ms).min(crate::limits::NEVER),
        amount: face,
    }
}

/// True while a campaign gives.
pub fn running(campaign: &Campaign, now: u64) -> bool {
    campaign.open && (campaign.terms.starts_at..campaign.terms.ends_at).contains(&now)
}
