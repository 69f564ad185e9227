//! What this node does for the ledger's growth: it votes, or it follows those who do; and it changes from one to the other.
//!
//! A node whose key is in the validator set in force votes, unless it is configured as an observer or its directory cannot show that it
//! would not vote twice. It follows otherwise. A voter whose key is not in the next epoch's set follows from there on; a follower
//! whose key is in the set in force votes as soon as it has caught up. A voter that stands still while its peers are in a
//! later epoch, or far ahead, has been left behind (others may be the validators by now, and engines keep few old blocks):
//! it follows until it has caught up. A voter whose clock was set back starts to vote anew.

mod change;
mod recent;
mod station;

use std::sync::{Arc, OnceLock};

use tokio::{sync::watch, task::JoinHandle};

pub use station::Station;

use crate::error::NodeError;

/// The running duty.
pub struct Duty {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    failure: Arc<OnceLock<String>>,
}

impl Duty {
    /// Takes up what the node may do now, and watches over it on the current tokio runtime. Refuses to vote with a lost journal.
    pub fn start(station: Station) -> Result<Self, NodeError> {
        station.begin()?;
        let work = station.take_up()?;
        let (stop, stopped) = watch::channel(false);
        let failure = Arc::new(OnceLock::new());
        let told = Arc::clone(&failure);
        let task = tokio::spawn(async move {
            if let Err(reason) = change::watch(station, work, stopped).await {
                // Set once: nobody else writes it.
                told.get_or_init(|| reason);
            }
        });
        Ok(Self { stop, task, failure })
    }

    /// Why it has ended by itself, if it has.
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Ends it: once this returns the ledger does not grow any more.
    pub async fn stop(&mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "voting or following did not stop cleanly");
        }
    }
}
