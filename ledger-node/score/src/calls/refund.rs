//! `token.refund`: the shop gives back, whole or in part, into the very lots that paid. Checks: payment known →
//! signer belongs to the shop, which is active → amount → within what is left of the payment → the shop still has the
//! coin.
//!
//! Refunds run backwards: what was drawn last goes back first, and cashback goes back by the same receipt
//! ([`super::cashback`]). A payer who is frozen meanwhile is refunded all the same.

use super::{Work, cashback, work::positive};
use crate::{
    amount::Amount,
    call::TokenRefund,
    effect::Effect,
    halt::Halt,
    holdings::Holdings,
    ids::CampaignId,
    key::Key,
    lot::Lot,
    record::{Draw, Payment, Role},
    refusal::Refusal,
    state::StateRead,
};

pub fn refund<S: StateRead>(work: &mut Work<'_, S>, call: &TokenRefund) -> Result<(), Halt> {
    let key = Key::Payment(&call.payment);
    let mut payment: Payment = work.state.read(&key)?.ok_or(Refusal::UnknownPayment)?;
    let shop = matches!(work.certificate.role, Role::Holder | Role::Staff | Role::Terminal);
    if !shop || work.certificate.owner != payment.merchant {
        return Err(Refusal::NotAllowed.into());
    }
    work.active_merchant(&payment.merchant)?;
    positive(call.amount)?;
    let refundable = payment.amount.minus(payment.refunded).unwrap_or_default();
    if call.amount > refundable {
        return Err(Refusal::RefundTooLarge { refundable }.into());
    }
    payment.refunded = payment.refunded.plus(call.amount).ok_or(Refusal::AmountOutOfRange)?;
    work.effect(Effect::Refunded {
        payment: call.payment,
        payer: payment.payer,
        merchant: payment.merchant,
        order: payment.order.clone(),
        amount: call.amount,
        total: payment.refunded,
    });
    give_back(work, call, &mut payment)?;
    work.state.write(&key, &payment);
    Ok(())
}

fn give_back<S: StateRead>(
    work: &mut Work<'_, S>,
    call: &TokenRefund,
    payment: &mut Payment,
) -> Result<(), Halt> {
    let mut takings = work.holdings(&payment.merchant)?;
    let mut purse = work.holdings(&payment.payer)?;
    let mut left = call.amount;
    let mut coin = Vec::new();
    for draw in payment.draws.iter_mut().rev() {
        let open = draw.amount.minus(draw.refunded).unwrap_or_default();
        let back = open.min(left);
        if back.is_zero() {
            continue;
        }
        for taken in take_from_takings(&mut takings, draw.lot.campaign, back)? {
            work.lot_taken(&payment.merchant, takings.lot_now(&taken.lot), taken.amount);
        }
        let lot = purse.restore(&draw.lot, back)?;
        work.lot_added(&payment.payer, lot, back);
        if draw.lot.campaign == CampaignId::COIN {
            coin.push(Draw { amount: back, ..draw.clone() });
        }
        draw.refunded = draw.refunded.plus(back).ok_or(Refusal::AmountOutOfRange)?;
        left = left.minus(back).ok_or(Refusal::AmountOutOfRange)?;
    }
    if !left.is_zero() {
        return Err(
            Refusal::RefundTooLarge { refundable: call.amount.minus(left).unwrap_or_default() }.into()
        );
    }
    cashback::take_back(work, call.payment, payment, &mut purse, &coin)?;
    work.store_holdings(&payment.merchant, takings);
    work.store_holdings(&payment.payer, purse);
    Ok(())
}

fn take_from_takings(
    takings: &mut Holdings,
    campaign: CampaignId,
    amount: Amount,
) -> Result<Vec<Draw>, Refusal> {
    let available = takings.of_campaign(campaign);
    takings
        .draw(amount, |lot: &Lot| lot.campaign == campaign, |lot| lot.id)
        .ok_or(Refusal::TakingsTooLow { available })
}
