//! Watches over the node's work and changes it: voting to following, and back.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use dure_chain::epoch::epoch_of;
use dure_consensus::{Engine, Stopped};
use serde::Deserialize;
use tokio::{sync::watch, task::JoinSet};

use super::{
    recent,
    station::{Station, Work},
};
use crate::{
    config::{NodeRole, OrdererKind},
    history::ledger::now_ms,
    sync::follow::{Follower, Peers},
};

/// How often the work is looked at: an epoch's border is noticed within this time.
const LOOK: Duration = Duration::from_millis(100);
/// A follower whose newest block is younger than this has caught up; idle chains make several blocks in that time.
const FRESH_MS: u64 = 2_500;
/// A follower without news for so long has all that its peers have: the chain may be waiting for its vote.
const QUIET: Duration = Duration::from_secs(5);
/// A voter that stands still for so long asks its peers where they are; and asks again after as long.
const STUCK: Duration = Duration::from_secs(4);
/// A voter that stands still while a peer is so many blocks ahead follows it: the other validators' engines may not have the blocks
/// between any more, their ledgers do. Fewer than those engines keep.
const MAX_BEHIND: u64 = 256;
/// Longest answer of a peer about itself that is read, bytes.
const MAX_STATUS: usize = 64 * 1024;

/// Runs until it is told to stop, or fails and says why. Nothing is voted or applied any more when it returns.
pub(super) async fn watch(
    station: Station,
    work: Work,
    mut stop: watch::Receiver<bool>,
) -> Result<(), String> {
    let mut progress = Progress::new(&station);
    let mut work = Some(work);
    // Ends with this function, however that ends.
    let mut beside = JoinSet::new();
    if station.config.role != NodeRole::Observer && station.config.orderer == OrdererKind::Bft {
        let (ledger, identity) = (Arc::clone(&station.ledger), Arc::clone(&station.identity));
        beside.spawn(recent::index(ledger, station.config.peers.clone(), identity));
    }
    loop {
        let stopping = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => true,
            () = tokio::time::sleep(LOOK) => false,
        };
        progress.look(&station);
        let Some(now) = work.take() else { return Ok(()) };
        if stopping {
            beside.shutdown().await;
            return end(now).await;
        }
        work = Some(match now {
            Work::Votes(engine) => voter(&station, engine, &mut progress).await?,
            Work::Follows(follower) => follower_on(&station, follower, &mut progress).await?,
        });
    }
}

/// When the ledger last grew.
struct Progress {
    height: u64,
    since: Instant,
    /// The epoch in which this node was refused as a voter last: asking once an epoch is enough.
    refused: Option<u64>,
}

impl Progress {
    fn new(station: &Station) -> Self {
        Self { height: station.ledger.head().height, since: Instant::now(), refused: None }
    }

    fn look(&mut self, station: &Station) {
        let height = station.ledger.head().height;
        if height != self.height {
            (self.height, self.since) = (height, Instant::now());
        }
    }

    fn again(&mut self) {
        self.since = Instant::now();
    }
}

async fn voter(station: &Station, engine: Arc<Engine>, progress: &mut Progress) -> Result<Work, String> {
    match engine.stop_reason() {
        None if progress.since.elapsed() < STUCK => return Ok(Work::Votes(engine)),
        None => {
            progress.again();
            if !is_left_behind(station).await {
                return Ok(Work::Votes(engine));
            }
            tracing::warn!(
                height = progress.height,
                "the peers are far ahead: this node catches up with them first"
            );
        }
        Some(reason @ Stopped::ClockSetBack) => {
            tracing::warn!("{reason}: this node starts to vote anew");
            station.admission.observes();
            shut_down(engine).await;
            progress.again();
            return station.take_up().map_err(|error| error.to_string());
        }
        Some(Stopped::Retired { epoch }) if station.config.orderer == OrdererKind::Bft => {
            tracing::info!(epoch, "this node is not a validator any more");
        }
        Some(reason) => {
            shut_down(engine).await;
            return Err(reason.to_string());
        }
    }
    station.admission.observes();
    shut_down(engine).await;
    progress.again();
    station.follow().map_err(|error| error.to_string())
}

async fn follower_on(station: &Station, follower: Follower, progress: &mut Progress) -> Result<Work, String> {
    if let Some(error) = follower.failure() {
        let reason = error.to_string();
        follower.stop().await;
        return Err(reason);
    }
    if !may_vote(station, progress) {
        return Ok(Work::Follows(follower));
    }
    follower.stop().await;
    progress.again();
    station.take_up().map_err(|error| error.to_string())
}

/// Whether the node has caught up and may vote in the epoch of the next block.
fn may_vote(station: &Station, progress: &mut Progress) -> bool {
    if station.config.role == NodeRole::Observer || station.config.orderer == OrdererKind::Solo {
        return false;
    }
    let head = station.ledger.head();
    let fresh = now_ms().saturating_sub(head.time_ms) < FRESH_MS;
    let epoch = epoch_of(head.height.saturating_add(1), station.epoch_blocks());
    if progress.refused == Some(epoch) || !(fresh || progress.since.elapsed() >= QUIET) {
        return false;
    }
    if !station.can_judge() {
        return false;
    }
    match station.bft().check_entry(&*station.application) {
        Ok(()) => true,
        Err(reason) => {
            tracing::debug!(epoch, code = reason.code(), "this node goes on following: {reason}");
            progress.refused = Some(epoch);
            false
        }
    }
}

/// What a peer says of itself.
#[derive(Deserialize)]
struct Status {
    height: u64,
}

/// Whether a peer is in a later epoch than we are, or far ahead in the same one. The peers are the operator's choice; one that
/// lies costs a few seconds of voting.
async fn is_left_behind(station: &Station) -> bool {
    let epoch = |height: u64| epoch_of(height.saturating_add(1), station.epoch_blocks());
    let head = station.ledger.head().height;
    let ours = epoch(head);
    let peers = match Peers::new(&station.config.peers, Arc::clone(&station.identity)) {
        Ok(peers) => peers,
        Err(error) => {
            tracing::error!(%error, "cannot ask the peers");
            return false;
        }
    };
    for url in &station.config.peers {
        let target = format!("{}/v1/status", url.trim_end_matches('/'));
        let Ok(body) = peers.get(&target, MAX_STATUS).await else { continue };
        let Ok(status) = serde_json::from_slice::<Status>(&body) else { continue };
        if epoch(status.height) > ours || status.height.saturating_sub(head) > MAX_BEHIND {
            return true;
        }
    }
    false
}

async fn end(work: Work) -> Result<(), String> {
    match work {
        Work::Votes(engine) => shut_down(engine).await,
        Work::Follows(follower) => follower.stop().await,
    }
    Ok(())
}

async fn shut_down(engine: Arc<Engine>) {
    if let Err(error) = tokio::task::spawn_blocking(move || engine.shutdown()).await {
        tracing::error!(%error, "consensus did not stop cleanly");
    }
}
