//! `score.register`, `score.activate`: versions of the contract. The operator, by quorum; [`crate::runtime`] says
//! what becomes of them.
//!
//! Register checks: name known → the next number, of which there is room for one more. Activate checks: name and
//! version known → not active and nothing waiting → later than the active one → far enough ahead.

use super::Work;
use crate::{
    call::{ScoreActivate, ScoreRegister},
    effect::Effect,
    halt::Halt,
    ids::Code,
    key::Key,
    limits::{MAX_VERSIONS, MIN_ACTIVATION_BLOCKS},
    record::{Contract, ContractVersion},
    refusal::Refusal,
    state::StateRead,
};

pub fn register<S: StateRead>(work: &mut Work<'_, S>, call: &ScoreRegister) -> Result<(), Halt> {
    let mut contract = known(work, &call.name)?;
    let expected = contract.last().saturating_add(1);
    if call.version != expected || contract.versions.len() >= MAX_VERSIONS {
        return Err(Refusal::ScoreVersion { expected: expected.into() }.into());
    }
    let (version, code_hash) = (call.version, call.code_hash);
    let registered_at = work.block.height;
    contract.versions.push(ContractVersion { version, code_hash, registered_at, active_from: None });
    work.state.write(&Key::Contract(&call.name), &contract);
    work.effect(Effect::ScoreRegistered { name: call.name.clone(), version, code_hash });
    Ok(())
}

pub fn activate<S: StateRead>(work: &mut Work<'_, S>, call: &ScoreActivate) -> Result<(), Halt> {
    let mut contract = known(work, &call.name)?;
    let waits = contract.pending().is_some();
    let active = contract.active;
    let entry = contract.versions.iter_mut().find(|entry| entry.version == call.version);
    let entry = entry.ok_or(Refusal::UnknownScore)?;
    if entry.version == active || waits {
        return Err(Refusal::ScorePending.into());
    }
    if entry.version < active {
        return Err(Refusal::ScoreVersion { expected: u64::from(active).saturating_add(1) }.into());
    }
    let earliest = work.block.height.saturating_add(MIN_ACTIVATION_BLOCKS);
    if call.at_height < earliest {
        return Err(Refusal::ScoreTooSoon { earliest }.into());
    }
    entry.active_from = Some(call.at_height);
    work.state.write(&Key::Contract(&call.name), &contract);
    let (name, version, at_height) = (call.name.clone(), call.version, call.at_height);
    work.effect(Effect::ScoreScheduled { name, version, at_height });
    Ok(())
}

fn known<S: StateRead>(work: &Work<'_, S>, name: &Code) -> Result<Contract, Halt> {
    Ok(work.state.read(&Key::Contract(name))?.ok_or(Refusal::UnknownScore)?)
}
