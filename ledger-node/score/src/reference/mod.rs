//! The contract as tables: every call with who may sign it, what it checks in which order and what it changes;
//! every refusal, effect, record and bound. An officer's lawyer and a programmer read the same page
//! (`docs/contract.md`, made by [`page::contract`]), and the tests hold the tables against what the contract does.
//!
//! A rule that changes in [`crate::calls`] changes here in the same commit.

mod admission;
mod campaigns;
mod coin;
mod effects;
mod governance;
mod identity;
mod limits;
mod network;
pub mod page;
mod payments;
mod records;
mod settlement;
mod shape;
mod shared;
mod spending;

pub use admission::{ADMISSION, ANYWHERE};
pub use effects::{EFFECTS, EffectReference, name as effect_name};
pub use limits::{LIMITS, LimitReference};
pub use records::{RECORDS, RecordReference};
pub use shape::{CallReference, Check, Consent, Duty, Text};
pub use spending::{CASHBACK, REFUND_ORDER, SPEND_ORDER};

/// Every call, by number.
pub fn calls() -> Vec<&'static CallReference> {
    let tables = [
        identity::CALLS,
        campaigns::CALLS,
        coin::CALLS,
        payments::CALLS,
        settlement::CALLS,
        governance::CALLS,
        network::CALLS,
    ];
    let mut all: Vec<_> = tables.into_iter().flatten().collect();
    all.sort_by_key(|call| call.number);
    all
}

/// The entry of a call, by its published name.
pub fn call(name: &str) -> Option<&'static CallReference> {
    calls().into_iter().find(|call| call.name == name)
}

/// True if the tables let the call of that name answer with the refusal of that code: at admission, anywhere, by one of
/// its own checks, or by one of the call that it executes. False for a name that is no call's.
pub fn may_answer(name: &str, code: &str) -> bool {
    let lists = |checks: &[Check]| checks.iter().any(|check| check.code == code);
    let Some(call) = call(name) else { return false };
    let executed = || calls().into_iter().any(|other| other.consent.is_proposable() && lists(other.checks));
    lists(ADMISSION) || lists(ANYWHERE) || lists(call.checks) || (call.executes && executed())
}

/// True if the tables let a receipt of the call of that name hold the effect of that name ([`effect_name`]).
pub fn may_cause(name: &str, effect: &str) -> bool {
    let Some(call) = call(name) else { return false };
    let lists = |call: &CallReference| call.effects.contains(&effect);
    let executed = || calls().into_iter().any(|other| other.consent.is_proposable() && lists(other));
    lists(call) || (call.executes && executed())
}
