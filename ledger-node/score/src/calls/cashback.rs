//! Cashback: what a payment earns out of a campaign's budget, and how a refund takes it back.
//!
//! Earned by a citizen on the charged coin in the payment, by a merchant who uses takings again on the whole amount; cut
//! down to what the month, the person, the account and the budget have room for. It never stops a payment: where there
//! is no room, there is no cashback.

use std::cmp::Reverse;

use super::{
    Work,
    caps::{count_received, count_returned, holding_room, month_at, person_room, use_this_month},
    charge::{fresh_lot, running},
    sale::{Sale, admits},
};
use crate::{
    amount::Amount,
    effect::Effect,
    halt::Halt,
    holdings::Holdings,
    ids::{CampaignId, TxId},
    key::Key,
    lot::Lot,
    record::{Campaign, Cashback, Draw, Member, MemberClass, Payment, PersonUse},
    refusal::Refusal,
    state::StateRead,
};

/// The campaign whose cashback a payment asks for.
pub struct Giver {
    id: CampaignId,
    campaign: Campaign,
}

/// Finds the campaign; the coin itself gives none.
pub fn giver<S: StateRead>(work: &Work<'_, S>, id: CampaignId) -> Result<Giver, Halt> {
    if id == CampaignId::COIN {
        return Err(Refusal::UnknownCampaign.into());
    }
    Ok(Giver { id, campaign: work.campaign(id)? })
}

impl Giver {
    /// Credits what the payment earns to the payer's `purse`; `None` if that is nothing.
    pub fn earn<S: StateRead>(
        mut self,
        work: &mut Work<'_, S>,
        sale: &Sale<'_>,
        draws: &[Draw],
        purse: &mut Holdings,
    ) -> Result<Option<Cashback>, Halt> {
        let Sale { payer, order, shop, .. } = *sale;
        let terms = &self.campaign.terms;
        if !running(&self.campaign, work.now()) || !admits(terms, &order.merchant, shop) {
            return Ok(None);
        }
        let used = use_this_month(work, &payer.bid, self.id)?;
        let (earned, account) = if payer.merchant {
            (order.amount.basis_points(terms.reuse_bps), Amount::new(u64::MAX))
        } else {
            let earned = coin(draws, |draw| draw.amount)?.basis_points(terms.cashback_bps);
            (earned, holding_room(terms.holding_cap, purse, self.id))
        };
        let month = terms.monthly_cashback_cap.minus(used.cashback).unwrap_or_default();
        let amount = earned.min(month).min(person_room(terms, &used)).min(account).min(self.campaign.budget);
        if amount.is_zero() {
            return Ok(None);
        }
        let lot = if payer.merchant {
            Lot::takings(self.id, amount)
        } else {
            fresh_lot(self.id, amount, Amount::ZERO, work.now(), terms.validity_ms)
        };
        let lot = match purse.add(lot) {
            Ok(lot) => lot,
            Err(Refusal::TooManyLots) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        let overflow = Refusal::AmountOutOfRange;
        self.campaign.budget = self.campaign.budget.minus(amount).ok_or(overflow.clone())?;
        work.store_campaign(self.id, self.campaign);
        let cashback = used.cashback.plus(amount).ok_or(overflow)?;
        count_received(work, &payer.bid, self.id, PersonUse { cashback, ..used }, amount)?;
        let (payment, campaign) = (work.tx, self.id);
        work.effect(Effect::CashbackPaid { payment, campaign, to: payer.bid, amount });
        work.lot_added(&payer.bid, lot, amount);
        Ok(Some(Cashback { campaign, lot: lot.id, amount, taken_back: Amount::ZERO }))
    }
}

/// Takes back what the refunded part of a payment had earned. Out of the very lot, then out of the payer's other lots
/// of that campaign (newest first), then out of the coin that this refund has put into `purse` (`restored`); what lacks
/// then is waived, so that a refund never takes more than it gives.
pub fn take_back<S: StateRead>(
    work: &mut Work<'_, S>,
    id: TxId,
    payment: &mut Payment,
    purse: &mut Holdings,
    restored: &[Draw],
) -> Result<(), Halt> {
    let Some(mut earned) = payment.cashback.clone() else { return Ok(()) };
    let due = still_earned(work, payment, &earned)?;
    let back = earned.amount.minus(earned.taken_back).and_then(|kept| kept.minus(due)).unwrap_or_default();
    if back.is_zero() {
        return Ok(());
    }
    let campaign = earned.campaign;
    let of_campaign = |lot: &Lot| lot.campaign == campaign;
    let given = purse.draw_up_to(back, of_campaign, |lot| (lot.id != earned.lot, Reverse(lot.id)));
    let overflow = Refusal::AmountOutOfRange;
    let from_lots = Amount::total(given.iter().map(|draw| draw.amount)).ok_or(overflow.clone())?;
    let withheld = withhold(purse, restored, back.minus(from_lots).unwrap_or_default());
    let from_coin = Amount::total(withheld.iter().map(|draw| draw.amount)).ok_or(overflow.clone())?;
    let amount = from_lots.plus(from_coin).ok_or(overflow.clone())?;
    earned.taken_back = earned.taken_back.plus(back).ok_or(overflow)?;
    payment.cashback = Some(earned);
    if amount.is_zero() {
        return Ok(());
    }
    let from = payment.payer;
    work.effect(Effect::CashbackTakenBack { payment: id, campaign, from, amount, withheld: from_coin });
    for draw in given.iter().chain(&withheld) {
        work.lot_taken(&from, purse.lot_now(&draw.lot), draw.amount);
    }
    return_subsidy(work, campaign, from_lots, from_coin)?;
    if !from_coin.is_zero() {
        work.effect(Effect::SubsidyReturned { campaign, amount: from_coin, minted: from_coin });
    }
    let month = month_at(work, payment.paid_at)?;
    count_returned(work, &from, campaign, amount, Some(month))
}

/// Puts subsidy back into its budget: `own` in coin of that campaign, `minted` against charged coin that is burned.
pub fn return_subsidy<S: StateRead>(
    work: &mut Work<'_, S>,
    id: CampaignId,
    own: Amount,
    minted: Amount,
) -> Result<(), Halt> {
    if !minted.is_zero() {
        work.change_supply(CampaignId::COIN, |supply| {
            supply.burned = supply.burned.plus(minted)?;
            Some(())
        })?;
        work.change_supply(id, |supply| {
            supply.charged = supply.charged.plus(minted)?;
            Some(())
        })?;
    }
    let mut campaign = work.campaign(id)?;
    let budget = campaign.budget.plus(own).and_then(|sum| sum.plus(minted));
    campaign.budget = budget.ok_or(Refusal::AmountOutOfRange)?;
    work.store_campaign(id, campaign);
    Ok(())
}

/// The share of the cashback that the part of the payment not given back still earns, rounded down.
fn still_earned<S: StateRead>(
    work: &Work<'_, S>,
    payment: &Payment,
    earned: &Cashback,
) -> Result<Amount, Halt> {
    let member: Member = work.state.load(&Key::Member(&payment.payer))?.ok_or(Refusal::UnknownMember)?;
    let (whole, left) = match member.class {
        MemberClass::Citizen => (
            coin(&payment.draws, |draw| draw.amount)?,
            coin(&payment.draws, |draw| draw.amount.minus(draw.refunded).unwrap_or_default())?,
        ),
        MemberClass::Merchant(_) => {
            (payment.amount, payment.amount.minus(payment.refunded).unwrap_or_default())
        }
    };
    Ok(earned.amount.share(left, whole).ok_or(Refusal::AmountOutOfRange)?)
}

/// Takes up to `amount` out of what this refund put back, last first.
fn withhold(purse: &mut Holdings, restored: &[Draw], amount: Amount) -> Vec<Draw> {
    let mut left = amount;
    let mut out = Vec::new();
    for draw in restored.iter().rev() {
        let part = draw.amount.min(left);
        if part.is_zero() || purse.take(draw.lot.id, part).is_none() {
            continue;
        }
        left = left.minus(part).unwrap_or_default();
        out.push(Draw { amount: part, ..draw.clone() });
    }
    out
}

/// Sum of something over the draws of charged coin.
fn coin(draws: &[Draw], part: impl Fn(&Draw) -> Amount) -> Result<Amount, Refusal> {
    let coin = draws.iter().filter(|draw| draw.lot.campaign == CampaignId::COIN);
    Amount::total(coin.map(part)).ok_or(Refusal::AmountOutOfRange)
}
