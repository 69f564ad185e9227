//! What one person may hold of a series, and have out of a budget. Two ways to ask: a check that refuses, and the room
//! to which an incentive is cut down. A cap of 0 is no cap. Money that comes back (refund, a payout or cash-out that
//! the bank rejects) is never checked: it was there before.

use super::{Work, month::month_of};
use crate::{
    amount::Amount,
    halt::Halt,
    holdings::Holdings,
    ids::{Bid, CampaignId},
    key::Key,
    record::{CampaignTerms, PersonUse},
    refusal::Refusal,
    state::StateRead,
};

/// Refuses if `more` of a series would take an account over `cap`. What expired but was not collected still counts.
pub fn check_holding(
    cap: Amount,
    holdings: &Holdings,
    campaign: CampaignId,
    more: Amount,
) -> Result<(), Refusal> {
    let room = holding_room(cap, holdings, campaign);
    if more > room { Err(Refusal::HoldingCap { cap, room }) } else { Ok(()) }
}

/// How much more of a series an account may hold.
pub fn holding_room(cap: Amount, holdings: &Holdings, campaign: CampaignId) -> Amount {
    // Without a cap the account is not even added up: most payments have nothing to do with caps.
    if cap.is_zero() { NO_CAP } else { cap.minus(holdings.of_campaign(campaign)).unwrap_or_default() }
}

/// Refuses if `more` would take a person over what one may have out of the budget.
pub fn check_person(terms: &CampaignTerms, used: &PersonUse, more: Amount) -> Result<(), Refusal> {
    let (cap, room) = (terms.person_cap, person_room(terms, used));
    if more > room { Err(Refusal::PersonCap { cap, room }) } else { Ok(()) }
}

/// How much more one person may have out of the budget.
pub fn person_room(terms: &CampaignTerms, used: &PersonUse) -> Amount {
    let cap = terms.person_cap;
    if cap.is_zero() { NO_CAP } else { cap.minus(used.received).unwrap_or_default() }
}

const NO_CAP: Amount = Amount::new(u64::MAX);

/// What a person has had of a campaign, as stored: the monthly counts are those of the month that it names.
pub fn stored_use<S: StateRead>(
    work: &Work<'_, S>,
    person: &Bid,
    campaign: CampaignId,
) -> Result<PersonUse, Halt> {
    Ok(work.state.read(&Key::PersonUse(person, campaign))?.unwrap_or_default())
}

/// What a person has had of a campaign, with the monthly counts of the month at hand.
pub fn use_this_month<S: StateRead>(
    work: &Work<'_, S>,
    person: &Bid,
    campaign: CampaignId,
) -> Result<PersonUse, Halt> {
    let month = month_at(work, work.now())?;
    let stored = stored_use(work, person, campaign)?;
    if stored.month == month {
        return Ok(stored);
    }
    Ok(PersonUse { month, received: stored.received, ..PersonUse::default() })
}

/// Stores `used` after `amount` more came out of the budget.
pub fn count_received<S: StateRead>(
    work: &mut Work<'_, S>,
    person: &Bid,
    campaign: CampaignId,
    used: PersonUse,
    amount: Amount,
) -> Result<(), Halt> {
    let received = used.received.plus(amount).ok_or(Refusal::AmountOutOfRange)?;
    work.state.write(&Key::PersonUse(person, campaign), &PersonUse { received, ..used });
    Ok(())
}

/// Forgets `amount` that went back into the budget; `cashback_of` is the month whose cashback it was, if it was any.
pub fn count_returned<S: StateRead>(
    work: &mut Work<'_, S>,
    person: &Bid,
    campaign: CampaignId,
    amount: Amount,
    cashback_of: Option<u64>,
) -> Result<(), Halt> {
    let mut used = stored_use(work, person, campaign)?;
    used.received = used.received.minus(amount).unwrap_or_default();
    if cashback_of == Some(used.month) {
        used.cashback = used.cashback.minus(amount).unwrap_or_default();
    }
    work.state.write(&Key::PersonUse(person, campaign), &used);
    Ok(())
}

/// The channel's calendar month at a block time.
pub fn month_at<S: StateRead>(work: &Work<'_, S>, time_ms: u64) -> Result<u64, Halt> {
    Ok(month_of(time_ms, work.channel()?.utc_offset_minutes))
}
