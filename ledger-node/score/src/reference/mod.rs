//! The contract as tables: every call with who may sign it, what it checks in which order and what it changes;
//! every refusal, effect, record and bound. An officer's lawyer and a programmer read the same page
//! (`docs/contract.md`, made by [`page::contract`]), and the tests hold the tables against what the contract does.
//!
//! A rule that changes in [`crate::calls`] changes here in the same commit.

mod campaigns;
mod coin;
mod door;
mod effects;
mod governance;
mod identity;
mod limits;
mod network;
pub mod page;
mod payments;
mod records;
mod settlement;
mod shared;
mod spending;

pub use door::{ANYWHERE, DOOR};
pub use effects::{EFFECTS, EffectReference, name as effect_name};
pub use limits::{LIMITS, LimitReference};
pub use records::{RECORDS, RecordReference};
pub use spending::{CASHBACK, REFUND_ORDER, SPEND_ORDER};

/// A sentence in both languages of the channel; Korean is the one that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

/// One check of a call, at its place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What must be so.
    pub rule: Text,
    /// The code of the refusal if it is not.
    pub code: &'static str,
}

/// The duty that an institution's officers need for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Holds the won and settles.
    Bank,
    /// Pays for campaigns.
    Funder,
    /// Registers people and devices.
    Registrar,
    /// Runs the network.
    Operator,
    /// Whichever the institution has.
    Any,
}

/// How an act comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// One signature is enough.
    One,
    /// As many officers of one institution as its quorum says.
    Quorum,
    /// A quorum where it is about an officer's key, else one signature.
    QuorumForOfficers,
}

impl Consent {
    /// True if the call can be proposed for a quorum's approval.
    pub const fn is_proposable(self) -> bool {
        matches!(self, Self::Quorum | Self::QuorumForOfficers)
    }
}

/// All there is to know of a call.
#[derive(Clone, Copy, Debug)]
pub struct CallReference {
    /// Published name, as [`crate::Call::name`].
    pub name: &'static str,
    /// Variant number on the wire.
    pub number: u32,
    /// What it is for.
    pub purpose: Text,
    /// Who may sign.
    pub signer: Text,
    /// The duty that the signer's institution needs, if an institution signs.
    pub duty: Option<Duty>,
    /// One signature or a quorum.
    pub consent: Consent,
    /// What is checked, in this order; the first that fails is the answer.
    pub checks: &'static [Check],
    /// What changes if all hold.
    pub changes: &'static [Text],
    /// What the receipt may say, by the names of [`EFFECTS`].
    pub effects: &'static [&'static str],
    /// True if it runs another call that a quorum has approved: then the checks and effects of that call follow.
    pub executes: bool,
}

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

/// True if the tables let the call of that name answer with the refusal of that code: at the door, anywhere, by one of
/// its own checks, or by one of the call that it executes. False for a name that is no call's.
pub fn may_answer(name: &str, code: &str) -> bool {
    let lists = |checks: &[Check]| checks.iter().any(|check| check.code == code);
    let Some(call) = call(name) else { return false };
    let executed = || calls().into_iter().any(|other| other.consent.is_proposable() && lists(other.checks));
    lists(DOOR) || lists(ANYWHERE) || lists(call.checks) || (call.executes && executed())
}

/// True if the tables let a receipt of the call of that name hold the effect of that name ([`effect_name`]).
pub fn may_cause(name: &str, effect: &str) -> bool {
    let Some(call) = call(name) else { return false };
    let lists = |call: &CallReference| call.effects.contains(&effect);
    let executed = || calls().into_iter().any(|other| other.consent.is_proposable() && lists(other));
    lists(call) || (call.executes && executed())
}

/// A sentence in both languages.
const fn text(ko: &'static str, en: &'static str) -> Text {
    Text { ko, en }
}

/// A check in both languages.
const fn check(code: &'static str, ko: &'static str, en: &'static str) -> Check {
    Check { rule: text(ko, en), code }
}
