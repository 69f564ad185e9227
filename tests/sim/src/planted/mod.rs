//! Bugs that the simulation must find, each planted where two parts meet. The product never contains them: they are
//! decorators of this crate, behind its feature `planted`.

mod process;
mod store;
mod world;

use std::sync::Arc;

use crate::seams::Seams;

/// A planted bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Used nonces are not written.
    NonceForgotten,
    /// Paid orders are not written.
    OrderForgotten,
    /// After a crash the last block's state is missing, its head is there.
    TornBatch,
    /// A block is reported as applied before it is durable.
    AcknowledgedEarly,
    /// Every block is found good.
    AcceptsEverything,
    /// A machine's own clock gets into the state.
    ClockLeaks,
    /// The journal of votes is not read after a restart.
    JournalForgotten,
    /// One in so many transactions is said to wait, and is dropped.
    PoolLoses,
    /// A won appears now and then.
    WonAppears,
    /// After a restart the first block's credits are booked twice.
    AppliedTwice,
    /// A validator that was restarted never votes again.
    NeverVotesAgain,
    /// Transactions of other chains are let in.
    WrongChainAccepted,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::NonceForgotten,
        Self::OrderForgotten,
        Self::TornBatch,
        Self::AcknowledgedEarly,
        Self::AcceptsEverything,
        Self::ClockLeaks,
        Self::JournalForgotten,
        Self::PoolLoses,
        Self::WonAppears,
        Self::AppliedTwice,
        Self::NeverVotesAgain,
        Self::WrongChainAccepted,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NonceForgotten => "nonce-forgotten",
            Self::OrderForgotten => "order-forgotten",
            Self::TornBatch => "torn-batch",
            Self::AcknowledgedEarly => "acknowledged-early",
            Self::AcceptsEverything => "accepts-everything",
            Self::ClockLeaks => "clock-leaks",
            Self::JournalForgotten => "journal-forgotten",
            Self::PoolLoses => "pool-loses",
            Self::WonAppears => "won-appears",
            Self::AppliedTwice => "applied-twice",
            Self::NeverVotesAgain => "never-votes-again",
            Self::WrongChainAccepted => "wrong-chain-accepted",
        }
    }

    /// The bug with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bug| bug.name() == name)
    }

    /// Validators with this bug, for one seed.
    pub fn plant(self) -> Arc<dyn Seams> {
        match self {
            Self::NonceForgotten => Arc::new(store::NumbersForgotten),
            Self::OrderForgotten => Arc::new(store::Forgets(b'O')),
            Self::TornBatch => Arc::new(store::Undone::state_only()),
            Self::AcknowledgedEarly => Arc::new(store::Undone::whole()),
            Self::AcceptsEverything => Arc::new(process::AcceptsEverything),
            Self::ClockLeaks => Arc::new(process::ClockLeaks),
            Self::JournalForgotten => Arc::new(world::JournalForgotten),
            Self::PoolLoses => Arc::new(process::PoolLoses::default()),
            Self::WonAppears => Arc::new(store::WonAppears),
            Self::AppliedTwice => Arc::new(store::AppliedTwice::default()),
            Self::NeverVotesAgain => Arc::new(world::NeverVotesAgain),
            Self::WrongChainAccepted => Arc::new(process::WrongChainAccepted),
        }
    }
}
