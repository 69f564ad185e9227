//! What a node does beside payments: it watches its disk, forgets old blocks and writes snapshots.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::{
    config::NodeConfig,
    history::{archive::Keeper, ledger::Ledger, prune},
    ingress::pool::Pool,
    operations::disk::Disk,
};

/// The running tasks.
pub struct Upkeep {
    tasks: Vec<JoinHandle<()>>,
    keeper: Option<Keeper>,
}

impl Upkeep {
    /// Starts what `config` asks for, on the current tokio runtime.
    pub fn start(config: &NodeConfig, ledger: &Arc<Ledger>, pool: &Arc<Pool>, disk: &Arc<Disk>) -> Self {
        let mut tasks = vec![tokio::spawn(Arc::clone(disk).watch(Arc::clone(pool)))];
        if config.keep_blocks > 0 {
            tasks.push(tokio::spawn(prune::watch(Arc::clone(ledger), config.keep_blocks)));
        }
        Self { tasks, keeper: keeper(config, ledger, disk) }
    }

    /// Ends them; a step that is running is finished.
    pub async fn stop(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            match task.await {
                Err(error) if error.is_panic() => tracing::error!(%error, "upkeep had failed"),
                Ok(()) | Err(_) => {}
            }
        }
        if let Some(keeper) = self.keeper.take()
            && let Err(error) = tokio::task::spawn_blocking(|| keeper.stop()).await
        {
            tracing::error!(%error, "the writer of snapshots did not stop cleanly");
        }
    }
}

/// The writer of snapshots, if the configuration wants any. A node that cannot write them serves all the same.
fn keeper(config: &NodeConfig, ledger: &Arc<Ledger>, disk: &Arc<Disk>) -> Option<Keeper> {
    if config.snapshot_every == 0 {
        return None;
    }
    let folder = config.data_dir.join("snapshots");
    let disk = Arc::clone(disk);
    // The reserve is for blocks: while the disk is low no snapshot is begun.
    let may = move || !disk.is_full();
    let started = Keeper::start(Arc::clone(ledger), &folder, config.snapshot_every, may);
    started
        .inspect_err(|error| tracing::error!(%error, folder = %folder.display(), "no snapshots are written"))
        .ok()
}
