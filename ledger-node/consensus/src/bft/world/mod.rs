//! A whole network of validators in one seeded, deterministic world: feature `simulation`, for tests only.
//!
//! The validators run the product's own wiring ([`super::wiring::run`]); what is simulated lies below it: the
//! machine (clock, storage, scheduler), the network, and the process that can be killed. A [`Scenario`] supplies
//! each validator's application and decides, step by step, what happens to whom. One seed gives one execution:
//! [`Report::trace`] is a hash over every task, message and storage operation.
//!
//! What a life is: [`Action::Start`] boots a process over whatever its machine kept, [`Action::Crash`] ends it
//! between two instructions. The engine's files keep what was synced; the application keeps what the scenario
//! says. A panic ends the process in which it happens and no other, as it does in production.

mod drive;
mod gate;
mod local;
mod machine;
mod node;
mod traitor;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use super::Timing;
use crate::engine::Stopped;
use crate::{Application, ConsensusError, Hash};

pub use drive::run;

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct Config {
    /// Decides every order of tasks, every loss and delay of messages.
    pub seed: u64,
    /// Chain name, as in [`crate::BftConfig`].
    pub chain: Vec<u8>,
    /// Seed of each validator's key; validator `i` of all calls is the owner of the `i`-th.
    pub secrets: Vec<[u8; 32]>,
    /// Blocks of an epoch.
    pub epoch_blocks: u64,
    /// The engine's clocks.
    pub timing: Timing,
    /// True time at the start, ms since 1970.
    pub start_ms: u64,
    /// Every link at the start.
    pub link: Link,
    /// How often [`Scenario::step`] is asked.
    pub step: Duration,
    /// The world ends at the latest after this much of its own time.
    pub limit: Duration,
}

/// One direction between two validators. Messages of one direction stay in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Mean delay.
    pub latency: Duration,
    /// Standard deviation of the delay.
    pub jitter: Duration,
    /// Messages lost, of a hundred; with 100 the direction is cut.
    pub loss_percent: u8,
}

/// How often operations of the engine's storage fail, of a thousand. A failed write may have left any part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageFaults {
    /// Opening a file.
    pub open: u16,
    /// Writing.
    pub write: u16,
    /// Making durable.
    pub sync: u16,
}

/// How a validator deals with what it sends. Its process is the product's all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// By the protocol.
    #[default]
    Honest,
    /// Sends no vote, no certificate and no block.
    Silent,
    /// Proposes two valid blocks a view, shows one half of the others the one and the other half the other, and
    /// finalizes both.
    Equivocating,
    /// Flips a byte of some messages.
    Garbling,
}

/// What happens next.
#[derive(Clone, Debug)]
pub enum Action {
    /// Boots a validator that is down.
    Start(usize),
    /// Ends a validator's process at once.
    Crash(usize),
    /// Replaces one direction between two validators.
    Link {
        /// Sender.
        from: usize,
        /// Receiver.
        to: usize,
        /// As it is from now on.
        link: Link,
    },
    /// Sets a validator's clock to this much beside the true time, ms.
    Skew {
        /// Whose.
        node: usize,
        /// Ahead (positive) or behind.
        ms: i64,
    },
    /// From now on, everywhere.
    Storage(StorageFaults),
    /// From now on.
    Role {
        /// Whose.
        node: usize,
        /// Which.
        role: Role,
    },
    /// Removes a validator's journal of votes, and that there was one: what an operator must never do.
    ForgetVotes(usize),
    /// Sends bytes that are not consensus from one validator to another, over the same links.
    Send {
        /// Sender.
        from: usize,
        /// Receiver.
        to: usize,
        /// What.
        message: Vec<u8>,
    },
    /// Ends the world.
    Stop,
}

/// A vote as it went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vote {
    /// Epoch.
    pub epoch: u64,
    /// View of the epoch.
    pub view: u64,
    /// What for.
    pub ballot: Ballot,
}

/// What a vote is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ballot {
    /// The block with this digest is good.
    Notarize(Hash),
    /// The view shall be given up.
    Nullify,
    /// The block with this digest shall be final.
    Finalize(Hash),
}

/// Who plays: applications, load, faults, and whoever watches. All calls come from one thread.
pub trait Scenario: Send + Sync + 'static {
    /// A validator's process starts: its application, made of what its machine kept. `None`: it cannot start.
    fn boot(&self, node: usize) -> Option<Arc<dyn Application>>;

    /// Asked every [`Config::step`]; `now` is the true time since the start.
    fn step(&self, now: Duration) -> Vec<Action>;

    /// A running validator got what [`Action::Send`] sent.
    fn received(&self, node: usize, from: usize, message: &[u8]);

    /// A validator sent a vote, whether or not it arrives anywhere.
    fn voted(&self, node: usize, vote: Vote);

    /// A validator's process ended by itself. It stays down until [`Action::Start`].
    fn ended(&self, node: usize, reason: &Stopped);
}

/// What is left of a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Hash over all that happened, in order.
    pub trace: String,
    /// Its own time at the end, since the start.
    pub elapsed: Duration,
    /// Whether [`Action::Stop`] ended it, and not the limit.
    pub stopped: bool,
}

/// Why a world cannot be, as opposed to what happens in it.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The keys are no validator set.
    #[error(transparent)]
    Keys(#[from] ConsensusError),
    /// The simulated network does not do as told.
    #[error("the simulated network: {0}")]
    Network(String),
}
