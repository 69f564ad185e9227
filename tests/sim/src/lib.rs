//! The whole ledger in a seeded, deterministic world.
//!
//! Every validator is the product's own: [`ledger_node::consensus::application::NodeApplication`] over its ledger, pool,
//! signatures and contract, ordered by the product's consensus wiring; only the machines, the network and the store's
//! disk are simulated ([`dure_consensus::simulation`], [`ledger_node::store::MemoryStore`]). A seed decides the load
//! ([`load`]), the faults ([`plan`]) and every order of events; the same seed gives the same execution, bit by bit.
//!
//! After every block on every validator the invariants of the ledger are asserted ([`chain`], [`votes`], [`scene`]):
//!
//! - I1, I2: the books balance and nothing is negative; I3: a transaction, an order, a deposit applies at most once;
//! - I4, I5: one final block a height, with the same state on every validator;
//! - I6: what was acknowledged is still there after whatever happened; what waits becomes final;
//! - I7: no honest validator signs twice for one view, across its lives;
//! - I8: replays, wrong chains, wrong keys, what is out of its time: without effect; I9: balances are the sums of
//!   the receipts; I10: after the faults heal, blocks flow again, everywhere, within [`plan::PATIENCE`].
//!
//! [`seams`] is where bugs are planted (feature `planted`): a harness that does not find them sees nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

pub mod campaign;
pub mod chain;
pub mod disk;
pub mod evil;
pub mod fleet;
pub mod heal;
pub mod load;
pub mod plan;
#[cfg(feature = "planted")]
pub mod planted;
pub mod process;
pub mod promise;
pub mod rng;
pub mod scene;
pub mod seams;
pub mod seed;
pub mod town;
pub mod votes;

/// What does not hold, and how that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant's number and what it says.
    pub invariant: &'static str,
    /// Where and how it broke.
    pub detail: String,
}

impl Violation {
    /// Of an invariant.
    pub fn new(invariant: &'static str, detail: impl Into<String>) -> Self {
        Self { invariant, detail: detail.into() }
    }
}
