//! `validators.update`: who orders blocks from the epoch after next. The operator, by quorum.
//!
//! Checks: few enough and enough distinct, usable keys → no change waiting → room for one more change → few enough
//! leave the set in force, few enough join it. The epoch between gives every header of the old set time to prove the new one.

use dure_chain::epoch::epoch_of;

use super::Work;
use crate::{
    call::ValidatorsUpdate,
    effect::Effect,
    halt::Halt,
    key::Key,
    limits::{MAX_VALIDATOR_SETS, MAX_VALIDATORS, MIN_VALIDATORS},
    record::{Channel, ValidatorSeat, ValidatorSet},
    refusal::Refusal,
    state::{StateError, StateRead},
};

pub fn update<S: StateRead>(work: &mut Work<'_, S>, call: &ValidatorsUpdate) -> Result<(), Halt> {
    let next = seated(&call.validators)?;
    let mut channel = work.channel()?;
    let epoch = epoch_of(work.block.height, channel.epoch_blocks);
    if let Some(from_epoch) = channel.validator_epochs.iter().copied().max().filter(|from| *from > epoch) {
        return Err(Refusal::ValidatorsPending { from_epoch }.into());
    }
    if channel.validator_epochs.len() >= MAX_VALIDATOR_SETS {
        return Err(Refusal::BadValidators.into());
    }
    few_change(&in_force(work, &channel, epoch)?, &next)?;
    let from_epoch = epoch.saturating_add(2);
    channel.validator_epochs.push(from_epoch);
    let validators = u32::try_from(next.validators.len()).unwrap_or(u32::MAX);
    work.state.write(&Key::Validators(from_epoch), &next);
    work.state.write(&Key::Channel, &channel);
    work.effect(Effect::ValidatorsChanged { from_epoch, validators });
    Ok(())
}

/// The seats in order of key bytes, if the list can work.
fn seated(seats: &[ValidatorSeat]) -> Result<ValidatorSet, Refusal> {
    let mut validators = seats.to_vec();
    validators.sort_unstable_by_key(|seat| *seat.public_key.as_bytes());
    let mut pairs = validators.iter().zip(validators.iter().skip(1));
    let good = (MIN_VALIDATORS..=MAX_VALIDATORS).contains(&validators.len())
        && pairs.all(|(one, next)| one.public_key != next.public_key)
        && validators.iter().all(|seat| seat.public_key.is_acceptable());
    if good { Ok(ValidatorSet { validators }) } else { Err(Refusal::BadValidators) }
}

/// Of n validators at most ⌊(n − 1) / 3⌋ leave at once, and of the new n at most so many are new: no more than may be
/// silent, before or after, without stopping the chain.
fn few_change(now: &ValidatorSet, next: &ValidatorSet) -> Result<(), Refusal> {
    few_missing(now, next)?;
    // A network that was born small grows to its first real size at once: all of the old ones stay.
    if now.validators.len() < MIN_VALIDATORS { Ok(()) } else { few_missing(next, now) }
}

/// Refuses if `other` lacks too many of `set`.
fn few_missing(set: &ValidatorSet, other: &ValidatorSet) -> Result<(), Refusal> {
    let known = |seat: &ValidatorSeat| other.validators.iter().any(|own| own.public_key == seat.public_key);
    let missing = set.validators.iter().filter(|seat| !known(seat)).count();
    let limit = set.validators.len().saturating_sub(1) / 3;
    if missing <= limit {
        return Ok(());
    }
    Err(Refusal::ValidatorsTooDifferent { limit: u64::try_from(limit).unwrap_or(u64::MAX) })
}

fn in_force<S: StateRead>(work: &Work<'_, S>, channel: &Channel, epoch: u64) -> Result<ValidatorSet, Halt> {
    let from = channel.set_from_epoch(epoch);
    let missing = || Halt::State(StateError(format!("the validators of epoch {from} are missing")));
    work.state.read(&Key::Validators(from))?.ok_or_else(missing)
}
