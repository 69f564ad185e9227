//! What clients asked, when, and what they were told. Times are monotonic, of one clock for the whole process.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use dure_score::{Bid, Receipt, TxId};

use super::bank::Act;

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Time since this process first asked.
pub fn now() -> Duration {
    BEGAN.elapsed()
}

/// What a client knows of its request in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The final receipt, applied or refused.
    Told(Box<Receipt>),
    /// No node has taken it, with the refusal's code.
    TurnedAway(String),
    /// Nobody could say in time.
    Open,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The transaction.
    pub id: TxId,
    /// What it asks.
    pub act: Act,
    /// Block time after which it can never apply, ms.
    pub valid_until: u64,
    /// When it was first sent.
    pub invoked: Duration,
    /// When its outcome was known.
    pub responded: Duration,
    /// The outcome.
    pub outcome: Outcome,
}

/// A balance that a node showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which node, from 0.
    pub node: usize,
    /// Whose.
    pub owner: Bid,
    /// What it held, won.
    pub balance: u64,
    /// Height of the state, as the node said.
    pub height: u64,
    /// When it was asked.
    pub invoked: Duration,
    /// When it was answered.
    pub responded: Duration,
}

/// All that the clients know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Requests, in order of their end.
    pub entries: Vec<Entry>,
    /// Balances seen, in order of their end.
    pub seen: Vec<Seen>,
}
