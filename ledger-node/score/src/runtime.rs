//! Contract versions and who runs them.
//!
//! The registry on the ledger ([`crate::record::Contract`]) names versions by number and code hash and says which
//! applies; a build contains one or more versions as native code. Governance enters a version
//! (`score.register`), names the height from which it applies (`score.activate`), and [`begin_block`] changes over
//! at that height: it runs the new version's migration, then every transaction of that block and after goes to the
//! new version. What this promises:
//!
//! - Every node changes at the same height, with the same records before and after, or stops. A build that does not
//!   contain the version that applies never guesses.
//! - A contract's panic refuses its own transaction (`CONTRACT_FAULT`) and a call that does more than
//!   [`crate::limits::MAX_STATE_OPERATIONS`] reads and writes is refused (`TOO_MUCH_WORK`); neither leaves a
//!   trace but the used-up number. A panic of the store below is not the contract's: it stops the node.
//! - Admission before every call ([`crate::apply`]) is the ledger's, not a version's: certificates, number windows,
//!   the channel's record, validators and the registry keep their layout through all versions.
//!
//! To make a new version: implement [`Score`] (calls whose rules stay go to [`crate::calls::dispatch`]), give it the
//! next number and a code hash, add it to [`begin_block`] and [`crate::apply()`] beside [`TokenV1`], release, have
//! the operators install it, then register and activate it. Older versions stay in the build: replay needs them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    call::Call,
    calls::{self, Work},
    halt::Halt,
    ids::{Code, Hash32, sha256},
    key::Key,
    record::Contract,
    state::{Overlay, StateError, StateRead},
};

/// When and from what a version takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    /// The version that applied before.
    pub from: u32,
    /// Height of the first block of the new version.
    pub height: u64,
    /// That block's time, ms since 1970 UTC.
    pub time_ms: u64,
}

/// One version of the ledger's contract, as native code. Pure: no IO, clock, randomness, floats or threads.
pub trait Score<S: StateRead> {
    /// Its number, from 1.
    fn version(&self) -> u32;
    /// The hash under which governance enters it; names its rules.
    fn code_hash(&self) -> Hash32;
    /// Turns the records of the version before into its own. Runs once, before the first block of the version.
    fn migrate(&self, activation: &Activation, state: &mut Overlay<S>) -> Result<(), StateError>;
    /// Runs one call of an admitted transaction. What it wrote is kept only on `Ok`.
    fn execute(&self, work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt>;
}

/// The first version: the rules of [`crate::calls`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenV1;

impl TokenV1 {
    /// Its number.
    pub const VERSION: u32 = 1;

    /// The hash under which it stands in the registry from genesis on.
    pub fn hash() -> Hash32 {
        Hash32::new(sha256(&[b"dure:score:v1\0", b"token\0", &Self::VERSION.to_be_bytes()]))
    }
}

impl<S: StateRead> Score<S> for TokenV1 {
    fn version(&self) -> u32 {
        Self::VERSION
    }
    fn code_hash(&self) -> Hash32 {
        Self::hash()
    }
    fn migrate(&self, activation: &Activation, _: &mut Overlay<S>) -> Result<(), StateError> {
        Err(StateError(format!("version 1 of the contract token cannot follow version {}", activation.from)))
    }
    fn execute(&self, work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt> {
        calls::dispatch(work, call)
    }
}

/// The versions that a build contains.
pub struct Runtime<'a, S>(&'a [&'a dyn Score<S>]);

impl<'a, S: StateRead> Runtime<'a, S> {
    /// A build with these versions, in any order, each number once.
    pub const fn new(scores: &'a [&'a dyn Score<S>]) -> Self {
        Self(scores)
    }

    /// The version with that number.
    pub(crate) fn version(&self, version: u32) -> Result<&'a dyn Score<S>, StateError> {
        self.0.iter().find(|score| score.version() == version).copied().ok_or_else(|| absent(version))
    }

    /// The version with that number and the code hash of the registry.
    fn registered(&self, contract: &Contract, version: u32) -> Result<&'a dyn Score<S>, StateError> {
        let score = self.version(version)?;
        let entry = contract.versions.iter().find(|entry| entry.version == version);
        if entry.is_some_and(|entry| entry.code_hash == score.code_hash()) {
            Ok(score)
        } else {
            Err(absent(version))
        }
    }
}

fn absent(version: u32) -> StateError {
    StateError(format!(
        "this build does not contain version {version} of the contract token; install one that does"
    ))
}

/// Must run before the first transaction of every block, on state as the block before left it. Changes over to a
/// version whose height has come; else changes nothing. On `Err` the node must stop.
pub fn begin_block<S: StateRead>(
    state: &mut Overlay<S>,
    height: u64,
    time_ms: u64,
) -> Result<(), StateError> {
    begin_block_with(&Runtime::new(&[&TokenV1]), state, height, time_ms)
}

/// [`begin_block`] for a build with other versions.
pub fn begin_block_with<S: StateRead>(
    runtime: &Runtime<'_, S>,
    state: &mut Overlay<S>,
    height: u64,
    time_ms: u64,
) -> Result<(), StateError> {
    let mut contract = state.contract()?;
    if let Some(next) = contract.due(height) {
        let score = runtime.registered(&contract, next)?;
        let activation = Activation { from: contract.active, height, time_ms };
        let migrated = catch_unwind(AssertUnwindSafe(|| score.migrate(&activation, state)));
        migrated.unwrap_or_else(|_| {
            Err(StateError(format!("the migration to version {next} of the contract token failed")))
        })?;
        contract.active = next;
        state.write(&Key::Contract(&Code::token()), &contract);
        state.keep();
    } else {
        runtime.registered(&contract, contract.active)?;
    }
    state.set_active_version(contract.active);
    Ok(())
}
