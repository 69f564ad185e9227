//! `token.pay`: a citizen pays a merchant's order. Checks: payer an active citizen with an own device → amount →
//! merchant active → order never paid → enough in all → enough that may be spent here.
//!
//! Draws in the published order ([`crate::lot::Lot::spend_key`]); the merchant receives takings per series.

use std::collections::BTreeMap;

use super::{
    Work,
    transfer::{campaigns_where, enough, sum},
    work::positive,
};
use crate::{
    amount::Amount,
    apply::Halt,
    call::TokenPay,
    effect::Effect,
    holdings::Holdings,
    ids::{Bid, CampaignId, TxId},
    key::Key,
    lot::Lot,
    record::{CampaignTerms, Draw, MerchantTerms, Payment},
    refusal::Refusal,
    state::StateRead,
};

pub fn pay<S: StateRead>(work: &mut Work<'_, S>, call: &TokenPay) -> Result<(), Halt> {
    let payer = work.signing_citizen()?;
    positive(call.amount)?;
    let terms = work.active_merchant(&call.merchant)?;
    let order_key = Key::Order(&call.merchant, &call.order);
    if work.state.read::<TxId>(&order_key)?.is_some() {
        return Err(Refusal::OrderPaid.into());
    }
    let mut purse = work.holdings(&payer)?;
    let draws = draw(work, &mut purse, call, &terms)?;
    let mut takings = work.holdings(&call.merchant)?;
    work.effect(Effect::Paid {
        payment: work.tx,
        payer,
        merchant: call.merchant,
        order: call.order.clone(),
        amount: call.amount,
    });
    for draw in &draws {
        work.lot_taken(&payer, purse.lot_now(&draw.lot), draw.amount);
    }
    receive(work, &call.merchant, &mut takings, &draws)?;
    work.store_holdings(&payer, &purse);
    work.store_holdings(&call.merchant, &takings);
    let payment = Payment {
        payer,
        merchant: call.merchant,
        order: call.order.clone(),
        amount: call.amount,
        refunded: Amount::ZERO,
        paid_at: work.now(),
        draws,
    };
    let tx = work.tx;
    work.state.write(&order_key, &tx);
    work.state.write(&Key::Payment(&tx), &payment);
    Ok(())
}

fn draw<S: StateRead>(
    work: &Work<'_, S>,
    purse: &mut Holdings,
    call: &TokenPay,
    terms: &MerchantTerms,
) -> Result<Vec<Draw>, Halt> {
    let may = campaigns_where(work, purse, |campaign| admits(&campaign.terms, &call.merchant, terms))?;
    let now = work.now();
    let usable = |lot: &Lot| lot.expires_at > now;
    let eligible = |lot: &Lot| usable(lot) && may.get(&lot.campaign).copied().unwrap_or(false);
    enough(purse, call.amount, usable)?;
    let draws = purse.draw(call.amount, eligible, |lot| lot.spend_key(lot.campaign != CampaignId::COIN));
    Ok(draws.ok_or_else(|| {
        let eligible = sum(purse, eligible);
        Refusal::NotEligibleHere { eligible, short: call.amount.minus(eligible).unwrap_or_default() }
    })?)
}

/// Credits a merchant with what was drawn, one lot a series.
fn receive<S: StateRead>(
    work: &mut Work<'_, S>,
    merchant: &Bid,
    takings: &mut Holdings,
    draws: &[Draw],
) -> Result<(), Halt> {
    let mut series: BTreeMap<CampaignId, Amount> = BTreeMap::new();
    for draw in draws {
        let sum = series.entry(draw.lot.campaign).or_default();
        *sum = sum.plus(draw.amount).ok_or(Refusal::AmountOutOfRange)?;
    }
    for (campaign, amount) in series {
        let lot = takings.add(Lot::takings(campaign, amount))?;
        work.lot_added(merchant, lot, amount);
    }
    Ok(())
}

/// True if a campaign's coin may be spent at a merchant.
pub fn admits(terms: &CampaignTerms, merchant: &Bid, shop: &MerchantTerms) -> bool {
    (terms.large_merchants || !shop.large)
        && (terms.categories.is_empty() || terms.categories.contains(&shop.category))
        && (terms.regions.is_empty() || terms.regions.contains(&shop.region))
        && (terms.merchants.is_empty() || terms.merchants.contains(merchant))
}
