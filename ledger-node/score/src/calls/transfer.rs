//! `token.transfer`: coin from citizen to citizen; lots keep date, price and terms. Checks: sender an active
//! citizen with an own device → amount → not to oneself → receiver an active citizen → enough in all → enough of
//! what may be sent → the receiver may hold that much of each series.

use super::{
    Work,
    caps::check_holding,
    spend::{Spending, per_series},
    work::positive,
};
use crate::{
    call::TokenTransfer, effect::Effect, halt::Halt, limits::MAX_LOTS_BY_TRANSFER, lot::Lot,
    refusal::Refusal, state::StateRead,
};

pub fn transfer<S: StateRead>(work: &mut Work<'_, S>, call: &TokenTransfer) -> Result<(), Halt> {
    let from = work.signing_citizen()?;
    positive(call.amount)?;
    if from == call.to {
        return Err(Refusal::SelfDealing.into());
    }
    work.active_citizen(&call.to)?;
    let mut sender = work.holdings(&from)?;
    let spending = Spending::of(work, &sender, |terms| terms.transferable)?;
    let draws = spending.draw(&mut sender, call.amount, |transferable, short| Refusal::NotTransferable {
        transferable,
        short,
    })?;
    let mut receiver = work.holdings(&call.to)?;
    for (campaign, amount) in per_series(&draws)? {
        check_holding(spending.holding_cap(campaign), &receiver, campaign, amount)?;
    }
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
    work.store_holdings(&from, sender);
    work.store_holdings(&call.to, receiver);
    Ok(())
}
