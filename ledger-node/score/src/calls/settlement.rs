//! `settlement.*`: a merchant's takings become won. Every call: bank's officer first.
//!
//! open: batch new, heights in order. redeem: amount → batch open → payout new → merchant → enough takings.
//! confirm / reject: payout known (of a batch, or a citizen's cash-out) → not decided → its batch open.
//! close: batch open → everything decided → totals equal.

use super::{Work, cash_out, work::positive};
use crate::{
    amount::Amount,
    call::{SettlementClose, SettlementConfirm, SettlementOpen, SettlementRedeem, SettlementReject},
    effect::Effect,
    halt::Halt,
    ids::{BatchId, PayoutId},
    key::Key,
    record::{Batch, CashOut, Member, Payout, PayoutState},
    refusal::Refusal,
    state::StateRead,
};

pub fn open<S: StateRead>(work: &mut Work<'_, S>, call: &SettlementOpen) -> Result<(), Halt> {
    work.officer_of(|duties| duties.bank)?;
    if work.state.read::<Batch>(&Key::Batch(&call.batch))?.is_some() {
        return Err(Refusal::BatchExists.into());
    }
    if call.from_height > call.to_height || call.to_height >= work.block.height {
        return Err(Refusal::BadBatch { limit: work.block.height }.into());
    }
    let batch = Batch {
        from_height: call.from_height,
        to_height: call.to_height,
        redeemed: Amount::ZERO,
        confirmed: Amount::ZERO,
        rejected: Amount::ZERO,
        undecided: 0,
        closed: false,
    };
    work.state.write(&Key::Batch(&call.batch), &batch);
    let (from_height, to_height) = (call.from_height, call.to_height);
    work.effect(Effect::BatchOpened { batch: call.batch.clone(), from_height, to_height });
    Ok(())
}

pub fn redeem<S: StateRead>(work: &mut Work<'_, S>, call: &SettlementRedeem) -> Result<(), Halt> {
    work.officer_of(|duties| duties.bank)?;
    positive(call.amount)?;
    let mut batch = open_batch(work, &call.batch)?;
    if cash_out::id_taken(work, &call.payout)? {
        return Err(Refusal::PayoutExists.into());
    }
    work.active_merchant(&call.merchant)?;
    let mut takings = work.holdings(&call.merchant)?;
    let available = takings.total();
    let draws =
        takings.draw(call.amount, |_| true, |lot| lot.id).ok_or(Refusal::TakingsTooLow { available })?;
    batch.redeemed = batch.redeemed.plus(call.amount).ok_or(Refusal::AmountOutOfRange)?;
    batch.undecided = batch.undecided.checked_add(1).ok_or(Refusal::AmountOutOfRange)?;
    work.effect(Effect::Redeemed {
        batch: call.batch.clone(),
        payout: call.payout.clone(),
        merchant: call.merchant,
        amount: call.amount,
    });
    for draw in &draws {
        work.lot_taken(&call.merchant, takings.lot_now(&draw.lot), draw.amount);
    }
    let payout = Payout {
        batch: call.batch.clone(),
        merchant: call.merchant,
        amount: call.amount,
        state: PayoutState::Escrowed,
        draws,
    };
    work.store_holdings(&call.merchant, takings);
    work.state.write(&Key::Batch(&call.batch), &batch);
    work.state.write(&Key::Payout(&call.payout), &payout);
    Ok(())
}

pub fn confirm<S: StateRead>(work: &mut Work<'_, S>, call: &SettlementConfirm) -> Result<(), Halt> {
    let (mut batch, mut payout) = match undecided(work, &call.payout)? {
        Undecided::CashOut(out) => return cash_out::confirm(work, &call.payout, out),
        Undecided::Payout(batch, payout) => (batch, payout),
    };
    batch.confirmed = batch.confirmed.plus(payout.amount).ok_or(Refusal::AmountOutOfRange)?;
    for draw in &payout.draws {
        work.change_supply(draw.lot.campaign, |supply| {
            supply.burned = supply.burned.plus(draw.amount)?;
            Some(())
        })?;
    }
    payout.state = PayoutState::Confirmed;
    work.effect(Effect::PayoutConfirmed {
        batch: payout.batch.clone(),
        payout: call.payout.clone(),
        merchant: payout.merchant,
        amount: payout.amount,
    });
    decide(work, &call.payout, batch, &payout);
    Ok(())
}

pub fn reject<S: StateRead>(work: &mut Work<'_, S>, call: &SettlementReject) -> Result<(), Halt> {
    let (mut batch, mut payout) = match undecided(work, &call.payout)? {
        Undecided::CashOut(out) => return cash_out::reject(work, call, out),
        Undecided::Payout(batch, payout) => (batch, payout),
    };
    batch.rejected = batch.rejected.plus(payout.amount).ok_or(Refusal::AmountOutOfRange)?;
    let mut takings = work.holdings(&payout.merchant)?;
    work.effect(Effect::PayoutRejected {
        batch: payout.batch.clone(),
        payout: call.payout.clone(),
        merchant: payout.merchant,
        amount: payout.amount,
        reason: call.reason.clone(),
    });
    for draw in &payout.draws {
        let lot = takings.restore(&draw.lot, draw.amount)?;
        work.lot_added(&payout.merchant, lot, draw.amount);
    }
    work.store_holdings(&payout.merchant, takings);
    payout.state = PayoutState::Rejected;
    decide(work, &call.payout, batch, &payout);
    Ok(())
}

pub fn close<S: StateRead>(work: &mut Work<'_, S>, call: &SettlementClose) -> Result<(), Halt> {
    work.officer_of(|duties| duties.bank)?;
    let mut batch = open_batch(work, &call.batch)?;
    let decided = batch.confirmed.plus(batch.rejected).ok_or(Refusal::AmountOutOfRange)?;
    let redeemed = batch.redeemed;
    if batch.undecided > 0 || decided != redeemed || call.control_sum != redeemed {
        return Err(Refusal::BatchUnbalanced { redeemed, decided, control_sum: call.control_sum }.into());
    }
    batch.closed = true;
    work.state.write(&Key::Batch(&call.batch), &batch);
    let (confirmed, rejected) = (batch.confirmed, batch.rejected);
    work.effect(Effect::BatchClosed { batch: call.batch.clone(), redeemed, confirmed, rejected });
    Ok(())
}

fn open_batch<S: StateRead>(work: &Work<'_, S>, id: &BatchId) -> Result<Batch, Halt> {
    let batch: Batch = work.state.read(&Key::Batch(id))?.ok_or(Refusal::UnknownBatch)?;
    if batch.closed { Err(Refusal::BatchClosed.into()) } else { Ok(batch) }
}

/// What the bank has not answered yet.
enum Undecided {
    Payout(Batch, Payout),
    CashOut(CashOut),
}

fn undecided<S: StateRead>(work: &Work<'_, S>, id: &PayoutId) -> Result<Undecided, Halt> {
    work.officer_of(|duties| duties.bank)?;
    let Some(payout) = work.state.read::<Payout>(&Key::Payout(id))? else {
        let out = cash_out::find(work, id)?.ok_or(Refusal::UnknownPayout)?;
        let open = out.state == PayoutState::Escrowed;
        return if open { Ok(Undecided::CashOut(out)) } else { Err(Refusal::PayoutDecided.into()) };
    };
    if payout.state != PayoutState::Escrowed {
        return Err(Refusal::PayoutDecided.into());
    }
    // The merchant may have been frozen since; the bank's word counts all the same.
    let _: Member = work.state.load(&Key::Member(&payout.merchant))?.ok_or(Refusal::UnknownMember)?;
    let batch = open_batch(work, &payout.batch)?;
    Ok(Undecided::Payout(batch, payout))
}

fn decide<S: StateRead>(work: &mut Work<'_, S>, id: &PayoutId, mut batch: Batch, payout: &Payout) {
    batch.undecided = batch.undecided.saturating_sub(1);
    work.state.write(&Key::Batch(&payout.batch), &batch);
    work.state.write(&Key::Payout(id), payout);
}
