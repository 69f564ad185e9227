//! Follows the ledger without a vote: fetches final blocks from peers and applies them as a validator does.
//!
//! Nothing is applied that is not certain: each block follows the one before, holds what its header commits to, and it or a block
//! after it carries a certificate of the validators that this node's own state names. The state roots that the
//! certified headers claim are held against this node's own. A peer that gives anything else is counted, reported and left alone for a
//! while; the ledger stays as it was.

pub mod check;
mod join;
mod peers;
pub mod wire;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use dure_chain::epoch::epoch_of;
use dure_consensus::{Application, Finalized};
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    history::ledger::{Ledger, LedgerError},
    measure,
    state::validators,
    store::{StoreError, record::AppHeader},
    sync::Identity,
};

pub use check::{Fault, Known, certain};
pub use join::{Joining, join};
pub use peers::{Failed, Peers};

/// Pause when a peer has blocks but no certificate for them yet: the next one brings it.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers in a row without anything to apply, after which another peer is asked.
const PATIENCE: u32 = 20;

/// Why following ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// No peers are configured.
    #[error("no peers to follow: name at least one validator's address in `peers`")]
    NoPeers,
    /// No HTTP client can be made.
    #[error("HTTP: {0}")]
    Http(String),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A certified block could not be applied.
    #[error("a final block could not be applied: {0}")]
    Application(String),
    /// Two thirds of the validators signed a state that is not ours.
    #[error(
        "block {height} is certified, but claims another state after block {executed} than ours: stop, keep this data directory for inquiry, and join anew"
    )]
    Diverged {
        /// The block that claims it.
        height: u64,
        /// The height of the state in question.
        executed: u64,
    },
}

impl FollowError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPeers => "FOLLOW_NO_PEERS",
            Self::Http(_) => "FOLLOW_HTTP",
            Self::Ledger(error) => error.code(),
            Self::Application(_) => "FOLLOW_APPLICATION",
            Self::Diverged { .. } => "FOLLOW_DIVERGED",
        }
    }
}

impl From<StoreError> for FollowError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

/// What a follower works on.
#[derive(Clone)]
pub struct Feed {
    /// The ledger that grows.
    pub ledger: Arc<Ledger>,
    /// What takes a final block over.
    pub application: Arc<dyn Application>,
    /// Base URLs of nodes to ask, best first.
    pub peers: Vec<String>,
    /// In whose name they are asked.
    pub identity: Arc<Identity>,
}

/// A running follower.
pub struct Follower {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    ended: Arc<OnceLock<FollowError>>,
}

impl Follower {
    /// Starts on the current tokio runtime.
    pub fn start(feed: Feed) -> Result<Self, FollowError> {
        if feed.peers.is_empty() {
            return Err(FollowError::NoPeers);
        }
        let peers = Peers::new(&feed.peers, Arc::clone(&feed.identity));
        let peers = peers.map_err(|error| FollowError::Http(error.to_string()))?;
        let (stop, stopped) = watch::channel(false);
        let ended = Arc::new(OnceLock::new());
        let told = Arc::clone(&ended);
        let task = tokio::spawn(async move {
            if let Err(error) = follow(feed, peers, stopped).await {
                tracing::error!(code = error.code(), %error, "following ends");
                // Set once: nobody else writes it.
                told.get_or_init(|| error);
            }
        });
        Ok(Self { stop, task, ended })
    }

    /// Why it has ended by itself, if it has.
    pub fn failure(&self) -> Option<&FollowError> {
        self.ended.get()
    }

    /// Stops between two blocks: once this returns nothing more is applied.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the follower did not stop cleanly");
        }
    }
}

async fn follow(feed: Feed, mut peers: Peers, mut stop: watch::Receiver<bool>) -> Result<(), FollowError> {
    let mut idle = 0u32;
    while !*stop.borrow_and_update() {
        let url = match peers.choose() {
            Ok(url) => url,
            Err(until) => {
                tokio::select! {
                    () = tokio::time::sleep_until(until.into()) => {}
                    _ = stop.changed() => {}
                }
                continue;
            }
        };
        let next = feed.ledger.head().height.saturating_add(1);
        let answer = tokio::select! {
            answer = peers.blocks(&url, next) => answer,
            _ = stop.changed() => continue,
        };
        let blocks = match answer {
            Ok(blocks) => blocks,
            Err(failed) => {
                report(&url, &failed);
                peers.rest(failed == Failed::Form);
                continue;
            }
        };
        let came = blocks.len();
        let (work, stopping) = (feed.clone(), stop.clone());
        let applied = tokio::task::spawn_blocking(move || work.take(blocks, &stopping)).await;
        match applied.unwrap_or_else(|error| Err(FollowError::Application(error.to_string())))? {
            Ok(0) if came == 0 || idle >= PATIENCE => {
                idle = 0;
                peers.turn();
            }
            Ok(0) => {
                idle = idle.saturating_add(1);
                tokio::time::sleep(PAUSE).await;
            }
            Ok(_) => idle = 0,
            Err(fault) => {
                measure::peer_fault(fault.code());
                tracing::warn!(peer = url, code = fault.code(), %fault, "a peer gives what is not the ledger");
                peers.rest(true);
            }
        }
    }
    Ok(())
}

fn report(url: &str, failed: &Failed) {
    match failed {
        Failed::Unreachable(_) => tracing::debug!(peer = url, %failed, "a peer gives no blocks"),
        Failed::Pruned | Failed::Status(_) => tracing::warn!(peer = url, %failed, "a peer gives no blocks"),
        Failed::Form => {
            measure::peer_fault(Fault::Form.code());
            tracing::warn!(peer = url, %failed, "a peer gives what is not the ledger");
        }
    }
}

impl Feed {
    /// Applies what is certain of an answer, until asked to stop. The number of blocks applied, or what is wrong with the answer.
    fn take(
        &self,
        mut answer: Vec<wire::SyncBlock>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Result<usize, Fault>, FollowError> {
        let mut applied = 0usize;
        // Each turn applies at least one block or ends: the validators of later epochs are known after it only.
        loop {
            let blocks = match self.certain(&answer)? {
                Ok(blocks) => blocks,
                Err(fault) => return Ok(Err(fault)),
            };
            if blocks.is_empty() {
                return Ok(Ok(applied));
            }
            for block in &blocks {
                if *stop.borrow() {
                    return Ok(Ok(applied));
                }
                self.apply(block)?;
                applied = applied.saturating_add(1);
            }
            answer.drain(..blocks.len().min(answer.len()));
        }
    }

    fn certain(&self, answer: &[wire::SyncBlock]) -> Result<Result<Vec<Finalized>, Fault>, FollowError> {
        let (view, head) = self.ledger.view()?;
        let length = validators::epoch_blocks(&*view)?;
        let epoch_of = |height| epoch_of(height, length);
        let now = epoch_of(head.height.saturating_add(1));
        let mut sets = Vec::with_capacity(2);
        for epoch in [now, now.saturating_add(1)] {
            sets.push((epoch, validators::keys(&validators::in_force(&*view, epoch)?)));
        }
        let network = self.ledger.genesis().network();
        let known = Known {
            network: network.as_bytes(),
            height: head.height,
            digest: *head.digest.as_bytes(),
            epoch_of: &epoch_of,
            validators: &sets,
        };
        Ok(certain(&known, answer.to_vec()))
    }

    fn apply(&self, block: &Finalized) -> Result<(), FollowError> {
        let header = &block.block.header;
        if let Some(claim) = AppHeader::decode(&header.app)
            && let Some(ours) = self.ledger.record(claim.executed)?
            && ours.state_root != claim.state_root
        {
            return Err(FollowError::Diverged { height: header.height, executed: claim.executed });
        }
        self.application.finalized(block.clone()).map_err(FollowError::Application)
    }
}
