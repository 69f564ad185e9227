//! `token.pay`: an order is paid, by a citizen or, out of takings that may be used again, by another merchant. Checks:
//! payer active, with an own device → amount → payee an active merchant → not oneself → order never paid → campaign of
//! the cashback known → enough in all → enough that may be spent here.
//!
//! Draws in the published order ([`crate::lot::Lot::spend_key`]); the merchant receives takings per series; cashback
//! ([`super::cashback`]) is credited by the same receipt.

use super::{
    Work, cashback,
    sale::{Payer, Sale, admits},
    spend::{Spending, per_series},
    work::positive,
};
use crate::{
    amount::Amount,
    call::TokenPay,
    effect::Effect,
    halt::Halt,
    holdings::Holdings,
    ids::{Bid, TxId},
    key::Key,
    lot::Lot,
    record::{Draw, MemberClass, Payment, Role},
    refusal::Refusal,
    state::StateRead,
};

pub fn pay<S: StateRead>(work: &mut Work<'_, S>, call: &TokenPay) -> Result<(), Halt> {
    if work.certificate.role != Role::Holder {
        return Err(Refusal::NotAllowed.into());
    }
    let bid = work.certificate.owner;
    let class = work.active_member(&bid)?.class;
    let payer = Payer { bid, merchant: matches!(class, MemberClass::Merchant(_)) };
    positive(call.amount)?;
    let shop = work.active_merchant(&call.merchant)?;
    sell(work, &Sale { payer, order: call, shop: &shop, mandate: None })
}

/// The checks from *not oneself* on, and the payment.
pub fn sell<S: StateRead>(work: &mut Work<'_, S>, sale: &Sale<'_>) -> Result<(), Halt> {
    let Sale { payer, order, .. } = *sale;
    if payer.bid == order.merchant {
        return Err(Refusal::SelfDealing.into());
    }
    let order_key = Key::Order(&order.merchant, &order.order);
    if work.state.read::<TxId>(&order_key)?.is_some() {
        return Err(Refusal::OrderPaid.into());
    }
    let giver = order.cashback.map(|id| cashback::giver(work, id)).transpose()?;
    let mut purse = work.holdings(&payer.bid)?;
    let draws = draw(work, sale, &mut purse)?;
    let mut takings = work.holdings(&order.merchant)?;
    let tx = work.tx;
    work.effect(Effect::Paid {
        payment: tx,
        payer: payer.bid,
        merchant: order.merchant,
        order: order.order.clone(),
        amount: order.amount,
    });
    if let Some(mandate) = sale.mandate {
        work.state.write(&Key::Mandate(&mandate), &tx);
        work.effect(Effect::MandateUsed { mandate, payment: tx });
    }
    for draw in &draws {
        work.lot_taken(&payer.bid, purse.lot_now(&draw.lot), draw.amount);
    }
    receive(work, &order.merchant, &mut takings, &draws)?;
    let earned = match giver {
        Some(giver) => giver.earn(work, sale, &draws, &mut purse)?,
        None => None,
    };
    work.store_holdings(&payer.bid, purse);
    work.store_holdings(&order.merchant, takings);
    let payment = Payment {
        payer: payer.bid,
        merchant: order.merchant,
        order: order.order.clone(),
        amount: order.amount,
        refunded: Amount::ZERO,
        paid_at: work.now(),
        draws,
        cashback: earned,
    };
    work.state.write(&order_key, &tx);
    work.state.write(&Key::Payment(&tx), &payment);
    Ok(())
}

fn draw<S: StateRead>(work: &Work<'_, S>, sale: &Sale<'_>, purse: &mut Holdings) -> Result<Vec<Draw>, Halt> {
    let Sale { payer, order, shop, .. } = *sale;
    let spending = Spending::of(work, purse, |terms| {
        admits(terms, &order.merchant, shop) && (!payer.merchant || terms.reusable)
    })?;
    Ok(spending.draw(purse, order.amount, |usable, short| match payer.merchant {
        true => Refusal::NotReusable { reusable: usable, short },
        false => Refusal::NotEligibleHere { eligible: usable, short },
    })?)
}

/// Credits a merchant with what was drawn, one lot a series.
fn receive<S: StateRead>(
    work: &mut Work<'_, S>,
    merchant: &Bid,
    takings: &mut Holdings,
    draws: &[Draw],
) -> Result<(), Halt> {
    for (campaign, amount) in per_series(draws)? {
        let lot = takings.add(Lot::takings(campaign, amount))?;
        work.lot_added(merchant, lot, amount);
    }
    Ok(())
}
