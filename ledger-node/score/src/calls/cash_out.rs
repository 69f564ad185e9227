//! `token.cash_out`: the remainder of a deposit goes back to the bank account that it came from. Checks: an active
//! citizen with an own device → deposit known → one's own → not cashed out → payout id new → something is left → if
//! some was used: the coin's terms allow it, and enough was used → some won comes of it.
//!
//! A purchase of which nothing was used goes back whole: the won to the person, the bonus to its budget. Of one that was
//! used in part, each remaining unit is won and bonus in the proportion in which they were acquired. The coin waits in
//! escrow for the bank's answer, `settlement.confirm` or `settlement.reject`; no batch is involved.

use super::{Work, caps::count_returned, cashback::return_subsidy};
use crate::{
    amount::Amount,
    call::{SettlementReject, TokenCashOut},
    effect::Effect,
    halt::Halt,
    holdings::Holdings,
    ids::{Bid, CampaignId, PayoutId},
    key::Key,
    limits::BPS,
    lot::Lot,
    record::{CashOut, Deposit, Draw, Payout, PayoutState},
    refusal::Refusal,
    state::{StateError, StateRead},
};

pub fn cash_out<S: StateRead>(work: &mut Work<'_, S>, call: &TokenCashOut) -> Result<(), Halt> {
    let owner = work.signing_citizen()?;
    let deposit = open_deposit(work, &owner, call)?;
    let mut holdings = work.holdings(&owner)?;
    let left = remainder(&holdings, &deposit, work.now());
    let (won, subsidy) = split(work, &deposit, &left)?;
    let mut draws = Vec::new();
    for (lot, amount) in [left.coin, left.bonus].into_iter().flatten() {
        holdings.take(lot.id, amount).ok_or(Refusal::AmountOutOfRange)?;
        draws.push(Draw { lot, amount, refunded: Amount::ZERO });
    }
    work.effect(Effect::CashOutOpened {
        payout: call.payout.clone(),
        owner,
        deposit: call.deposit.clone(),
        won,
        subsidy,
    });
    for draw in &draws {
        work.lot_taken(&owner, holdings.lot_now(&draw.lot), draw.amount);
    }
    work.store_holdings(&owner, holdings);
    let out =
        CashOut { owner, deposit: call.deposit.clone(), won, subsidy, state: PayoutState::Escrowed, draws };
    work.state.write(&Key::CashOut(&call.payout), &out);
    let deposit = Deposit { cashed_out: Some(call.payout.clone()), ..deposit };
    work.state.write(&Key::Deposit(&call.deposit), &deposit);
    Ok(())
}

fn open_deposit<S: StateRead>(work: &Work<'_, S>, owner: &Bid, call: &TokenCashOut) -> Result<Deposit, Halt> {
    let deposit: Deposit = work.state.read(&Key::Deposit(&call.deposit))?.ok_or(Refusal::UnknownDeposit)?;
    if deposit.to != *owner {
        return Err(Refusal::NotAllowed.into());
    }
    if deposit.cashed_out.is_some() {
        return Err(Refusal::DepositCashedOut.into());
    }
    let free = is_citizens(&call.payout) && find(work, &call.payout)?.is_none();
    if free { Ok(deposit) } else { Err(Refusal::PayoutExists.into()) }
}

/// The bank sees one space of payout ids. Those that begin with `C-` are the citizens', all others are the bank's own: so nobody
/// can take an id that tomorrow's batch will need.
fn is_citizens(id: &PayoutId) -> bool {
    id.as_str().starts_with("C-")
}

/// True if a batch may not use that id: it is a citizen's, or a payout has it.
pub fn id_taken<S: StateRead>(work: &Work<'_, S>, id: &PayoutId) -> Result<bool, Halt> {
    Ok(is_citizens(id) || work.state.read::<Payout>(&Key::Payout(id))?.is_some())
}

/// The cash-out of that id.
pub fn find<S: StateRead>(work: &Work<'_, S>, id: &PayoutId) -> Result<Option<CashOut>, Halt> {
    Ok(work.state.read(&Key::CashOut(id))?)
}

/// What is left of a deposit in the account: of the coin, and of the bonus that came with it.
struct Remainder {
    coin: Option<(Lot, Amount)>,
    bonus: Option<(Lot, Amount)>,
}

fn remainder(holdings: &Holdings, deposit: &Deposit, now: u64) -> Remainder {
    let find = |campaign: CampaignId, face: Amount| {
        let is_it = |lot: &&Lot| {
            (lot.campaign, lot.acquired_at, lot.face) == (campaign, deposit.charged_at, face)
                && lot.expires_at > now
        };
        // Deposits of one block that are equal share a lot: each has its own part of it.
        let found = holdings.lots.iter().find(is_it);
        found.map(|lot| (*lot, lot.amount.min(face)))
    };
    let bonus = if deposit.bonus.is_zero() { None } else { find(deposit.campaign, deposit.bonus) };
    Remainder { coin: find(CampaignId::COIN, deposit.amount), bonus }
}

/// How much of the remainder is the person's won, and how much goes back to the budget.
fn split<S: StateRead>(
    work: &Work<'_, S>,
    deposit: &Deposit,
    left: &Remainder,
) -> Result<(Amount, Amount), Halt> {
    let overflow = Refusal::AmountOutOfRange;
    let part = |of: &Option<(Lot, Amount)>| of.as_ref().map_or(Amount::ZERO, |(_, amount)| *amount);
    let coin = part(&left.coin);
    let rest = coin.plus(part(&left.bonus)).ok_or(overflow.clone())?;
    if rest.is_zero() {
        return Err(Refusal::NothingToCashOut.into());
    }
    let whole = deposit.amount.plus(deposit.bonus).ok_or(overflow.clone())?;
    let used = whole.minus(rest).ok_or(overflow.clone())?;
    if used.is_zero() {
        return Ok((deposit.amount, deposit.bonus));
    }
    let bps = work.see_campaign(CampaignId::COIN, |coin| coin.terms.cash_out_bps)?;
    if u64::from(bps) > BPS {
        return Err(Refusal::CashOutNotAllowed.into());
    }
    let needed = whole.basis_points_up(bps);
    if let Some(short) = needed.minus(used).filter(|short| !short.is_zero()) {
        return Err(Refusal::CashOutTooEarly { used, needed, short }.into());
    }
    let won = rest.share(deposit.amount, whole).ok_or(overflow.clone())?.min(coin);
    if won.is_zero() {
        return Err(Refusal::NothingToCashOut.into());
    }
    Ok((won, rest.minus(won).ok_or(overflow)?))
}

/// The bank has paid: the won is burned, the subsidy goes back to its budget.
pub fn confirm<S: StateRead>(work: &mut Work<'_, S>, id: &PayoutId, out: CashOut) -> Result<(), Halt> {
    let deposit = deposit_of(work, &out)?;
    work.change_supply(CampaignId::COIN, |supply| {
        supply.burned = supply.burned.plus(out.won)?;
        Some(())
    })?;
    work.effect(Effect::CashOutConfirmed { payout: id.clone(), owner: out.owner, won: out.won });
    if !out.subsidy.is_zero() {
        let bonus = out.draws.iter().filter(|draw| draw.lot.campaign != CampaignId::COIN);
        let own = Amount::total(bonus.map(|draw| draw.amount)).ok_or(Refusal::AmountOutOfRange)?;
        let minted = out.subsidy.minus(own).ok_or(Refusal::AmountOutOfRange)?;
        return_subsidy(work, deposit.campaign, own, minted)?;
        work.effect(Effect::SubsidyReturned { campaign: deposit.campaign, amount: out.subsidy, minted });
        count_returned(work, &out.owner, deposit.campaign, out.subsidy, None)?;
    }
    work.state.write(&Key::CashOut(id), &CashOut { state: PayoutState::Confirmed, ..out });
    Ok(())
}

/// The bank has refused: everything is back where it was, and the deposit may be cashed out again.
pub fn reject<S: StateRead>(
    work: &mut Work<'_, S>,
    call: &SettlementReject,
    out: CashOut,
) -> Result<(), Halt> {
    let deposit = deposit_of(work, &out)?;
    let mut holdings = work.holdings(&out.owner)?;
    work.effect(Effect::CashOutRejected {
        payout: call.payout.clone(),
        owner: out.owner,
        won: out.won,
        reason: call.reason.clone(),
    });
    for draw in &out.draws {
        let lot = holdings.restore(&draw.lot, draw.amount)?;
        work.lot_added(&out.owner, lot, draw.amount);
    }
    work.store_holdings(&out.owner, holdings);
    work.state.write(&Key::Deposit(&out.deposit), &Deposit { cashed_out: None, ..deposit });
    work.state.write(&Key::CashOut(&call.payout), &CashOut { state: PayoutState::Rejected, ..out });
    Ok(())
}

fn deposit_of<S: StateRead>(work: &Work<'_, S>, out: &CashOut) -> Result<Deposit, Halt> {
    let missing = || StateError(format!("deposit {} of a cash-out is missing", out.deposit));
    Ok(work.state.read(&Key::Deposit(&out.deposit))?.ok_or_else(missing)?)
}
