//! `token.charge`: won that the bank has booked becomes coin, with the campaign's bonus.
//!
//! Checks: bank's officer → amount → receiver an active citizen → deposit never charged → campaign known.
//! A deposit is real money: when the campaign is not running, the month's cap is reached or the budget is gone,
//! the charge still succeeds and the bonus is what remains, possibly nothing.

use super::{Work, work::positive};
use crate::{
    amount::Amount,
    apply::Halt,
    call::TokenCharge,
    effect::Effect,
    holdings::Holdings,
    ids::{Bid, CampaignId},
    key::Key,
    limits::{DAY_MS, MINUTE_MS},
    lot::Lot,
    record::{Campaign, Deposit, MonthlyUse},
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
    let mut holdings = work.holdings(&call.to)?;
    let coin = work.campaign(CampaignId::COIN)?;
    let lot = fresh_lot(CampaignId::COIN, call.amount, call.amount, work.now(), coin.terms.validity_ms);
    let lot = holdings.add(lot)?;
    let bonus = bonus(work, call, &mut holdings)?;
    work.change_supply(CampaignId::COIN, |supply| {
        supply.charged = supply.charged.plus(call.amount)?;
        Some(())
    })?;
    let deposit = Deposit { to: call.to, amount: call.amount, tx: work.tx };
    work.state.write(&Key::Deposit(&call.deposit), &deposit);
    work.effect(Effect::Charged {
        to: call.to,
        amount: call.amount,
        bonus: bonus.map_or(Amount::ZERO, |(_, bonus)| bonus),
        campaign: call.campaign,
        deposit: call.deposit.clone(),
    });
    work.lot_added(&call.to, lot, call.amount);
    if let Some((lot, bonus)) = bonus {
        work.lot_added(&call.to, lot, bonus);
    }
    work.store_holdings(&call.to, &holdings);
    Ok(())
}

/// Pays the bonus out of the campaign's budget into `holdings`; `None` if there is none to pay.
fn bonus<S: StateRead>(
    work: &mut Work<'_, S>,
    call: &TokenCharge,
    holdings: &mut Holdings,
) -> Result<Option<(Lot, Amount)>, Halt> {
    if call.campaign == CampaignId::COIN {
        return Ok(None);
    }
    let mut campaign = work.campaign(call.campaign)?;
    if !running(&campaign, work.now()) {
        return Ok(None);
    }
    let month = month_of(work.now(), work.channel()?.utc_offset_minutes);
    let key = Key::MonthlyUse(&call.to, call.campaign);
    let stored: MonthlyUse = work.state.read(&key)?.unwrap_or_default();
    let used = if stored.month == month { stored.charged } else { Amount::ZERO };
    let room = campaign.terms.monthly_charge_cap.minus(used).unwrap_or_default();
    let counted = call.amount.min(room);
    let bonus = counted.basis_points(campaign.terms.charge_bonus_bps).min(campaign.budget);
    if bonus.is_zero() {
        return Ok(None);
    }
    let charged = used.plus(counted).ok_or(Refusal::AmountOutOfRange)?;
    work.state.write(&key, &MonthlyUse { month, charged });
    campaign.budget = campaign.budget.minus(bonus).ok_or(Refusal::AmountOutOfRange)?;
    work.state.write(&Key::Campaign(call.campaign), &campaign);
    let lot = fresh_lot(call.campaign, bonus, Amount::ZERO, work.now(), campaign.terms.validity_ms);
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

/// Gives vouchers from a budget to one person: used by grants.
pub fn give<S: StateRead>(
    work: &mut Work<'_, S>,
    to: &Bid,
    id: CampaignId,
    campaign: &mut Campaign,
    amount: Amount,
) -> Result<(), Halt> {
    campaign.budget =
        campaign.budget.minus(amount).ok_or(Refusal::BudgetExceeded { available: campaign.budget })?;
    let mut holdings = work.holdings(to)?;
    let lot = fresh_lot(id, amount, Amount::ZERO, work.now(), campaign.terms.validity_ms);
    let lot = holdings.add(lot)?;
    work.lot_added(to, lot, amount);
    work.store_holdings(to, &holdings);
    Ok(())
}

/// Months since January of year 0 of the civil calendar at `time_ms`, `offset` minutes east of UTC.
/// Counts days from 1 March of year 0, so that the leap day is the last of its year.
fn month_of(time_ms: u64, offset: u32) -> u64 {
    let days = time_ms.saturating_add(u64::from(offset) * MINUTE_MS) / DAY_MS + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + month_from_march + 2
}

#[cfg(test)]
mod tests {
    use super::month_of;

    #[test]
    fn months_follow_the_civil_calendar_of_seoul() {
        let month = |ms| (month_of(ms, 540) / 12, month_of(ms, 540) % 12 + 1);
        assert_eq!(month(0), (1970, 1));
        // 2024-02-29T14:59:59Z is still February in Seoul (23:59:59), one second later it is March.
        assert_eq!(month(1_709_218_799_000), (2024, 2));
        assert_eq!(month(1_709_218_800_000), (2024, 3));
        // 2026-12-31T15:00:00Z is 2027 in Seoul.
        assert_eq!(month(1_798_729_199_000), (2026, 12));
        assert_eq!(month(1_798_729_200_000), (2027, 1));
    }
}
