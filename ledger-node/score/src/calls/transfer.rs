//! `token.transfer`: coin from citizen to citizen; lots keep date, price and terms. Checks: sender an active
//! citizen with an own device → amount → not to oneself → receiver an active citizen → enough in all → enough of
//! what may be sent.

use std::collections::BTreeMap;

use super::{Work, work::positive};
use crate::{
    amount::Amount, apply::Halt, call::TokenTransfer, effect::Effect, holdings::Holdings, ids::CampaignId,
    limits::MAX_LOTS_BY_TRANSFER, lot::Lot, refusal::Refusal, state::StateRead,
};

pub fn transfer<S: StateRead>(work: &mut Work<'_, S>, call: &TokenTransfer) -> Result<(), Halt> {
    let from = work.signing_citizen()?;
    positive(call.amount)?;
    if from == call.to {
        return Err(Refusal::SelfDealing.into());
    }
    work.active_citizen(&call.to)?;
    let mut sender = work.holdings(&from)?;
    let may = campaigns_where(work, &sender, |campaign| campaign.terms.transferable)?;
    let now = work.now();
    let usable = |lot: &Lot| lot.expires_at > now;
    let sendable = |lot: &Lot| usable(lot) && may.get(&lot.campaign).copied().unwrap_or(false);
    enough(&sender, call.amount, usable)?;
    let draws = sender.draw(call.amount, sendable, |lot| lot.spend_key(lot.campaign != CampaignId::COIN));
    let draws = draws.ok_or_else(|| {
        let transferable = sum(&sender, sendable);
        Refusal::NotTransferable { transferable, short: call.amount.minus(transferable).unwrap_or_default() }
    })?;
    let mut receiver = work.holdings(&call.to)?;
    let before = receiver.lots.len();
    work.effect(Effect::Transferred { from, to: call.to, amount: call.amount, memo: call.memo });
    for draw in &draws {
        let lot = receiver.add(Lot { amount: draw.amount, ..draw.lot })?;
        if receiver.lots.len() > MAX_LOTS_BY_TRANSFER && receiver.lots.len() > before {
            return Err(Refusal::TooManyLots.into());
        }
        work.lot_taken(&from, sender.lot_now(&draw.lot), draw.amount);
        work.lot_added(&call.to, lot, draw.amount);
    }
    work.store_holdings(&from, &sender);
    work.store_holdings(&call.to, &receiver);
    Ok(())
}

/// For each campaign of the lots held, whether `rule` admits it.
pub fn campaigns_where<S: StateRead>(
    work: &Work<'_, S>,
    holdings: &Holdings,
    rule: impl Fn(&crate::record::Campaign) -> bool,
) -> Result<BTreeMap<CampaignId, bool>, Halt> {
    let mut out = BTreeMap::new();
    for lot in &holdings.lots {
        if let std::collections::btree_map::Entry::Vacant(entry) = out.entry(lot.campaign) {
            entry.insert(rule(&work.campaign(lot.campaign)?));
        }
    }
    Ok(out)
}

/// Sum of the lots that `rule` admits; bounded by the supply.
pub fn sum(holdings: &Holdings, rule: impl Fn(&Lot) -> bool) -> Amount {
    let lots = holdings.lots.iter().filter(|lot| rule(lot));
    Amount::total(lots.map(|lot| lot.amount)).unwrap_or(Amount::ZERO)
}

/// Refuses if all that `usable` admits does not reach `amount`.
pub fn enough(holdings: &Holdings, amount: Amount, usable: impl Fn(&Lot) -> bool) -> Result<(), Refusal> {
    let available = sum(holdings, usable);
    match amount.minus(available) {
        Some(short) if !short.is_zero() => Err(Refusal::InsufficientFunds { available, short }),
        _ => Ok(()),
    }
}
