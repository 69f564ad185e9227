//! Writes a snapshot every so many blocks, on a thread of its own, and keeps the newest two.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    ArchiveError, disk, snapshot,
    take::{DRAFT, write_snapshot},
};
use crate::history::ledger::Ledger;

/// Snapshots that are kept: a node that fetches the older one is not cut off by the newer.
const KEPT: usize = 2;

/// How often the thread looks whether one is due.
const LOOK: Duration = Duration::from_millis(200);

/// Pause after a failure, such as a full disk.
const PAUSE: Duration = Duration::from_secs(10);

/// The thread.
pub struct Keeper {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts writing into `folder` (one folder a snapshot, named by height) whenever a multiple of `every` blocks is passed and
    /// `may` says that one may be begun.
    pub fn start(
        ledger: Arc<Ledger>,
        folder: &Path,
        every: u64,
        may: impl Fn() -> bool + Send + 'static,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let (stop, folder) = (Arc::new(AtomicBool::new(false)), folder.to_owned());
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("snapshots".to_owned())
            .spawn(move || run(&ledger, &folder, every.max(1), may, &stopped))?;
        Ok(Self { stop, thread })
    }

    /// Stops it; a snapshot that is being written is given up. Waits until the ledger is released.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.thread.join().is_err() {
            tracing::error!("the thread that writes snapshots had panicked");
        }
    }
}

fn run(ledger: &Ledger, folder: &Path, every: u64, may: impl Fn() -> bool, stop: &AtomicBool) {
    let mut done = match remove_drafts(folder).and_then(|()| list(folder)) {
        Ok(heights) => heights.last().copied().unwrap_or(0),
        Err(error) => {
            tracing::error!(%error, "snapshots cannot be listed");
            0
        }
    };
    while !stop.load(Ordering::Relaxed) {
        let due = ledger.head().height / every > done / every;
        if !due || !may() {
            thread::sleep(LOOK);
            continue;
        }
        let written = write_snapshot(ledger, |height| place(folder, height), stop);
        match written.and_then(|height| prune(folder).map(|()| height)) {
            Ok(Some(height)) => {
                tracing::info!(height, "snapshot written");
                done = height;
            }
            Ok(None) | Err(ArchiveError::Stopped) => thread::sleep(LOOK),
            Err(error) => {
                tracing::error!(%error, code = error.code(), "no snapshot was written; the next attempt is in a moment");
                rest(stop);
            }
        }
    }
}

fn rest(stop: &AtomicBool) {
    let mut left = PAUSE;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
        left = left.saturating_sub(LOOK);
    }
}

/// Folder of one snapshot.
pub fn place(folder: &Path, height: u64) -> PathBuf {
    folder.join(format!("{height:020}"))
}

/// Heights of the complete snapshots below `folder`, ascending.
pub fn list(folder: &Path) -> Result<Vec<u64>, ArchiveError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let names = disk::names(folder)?;
    let heights = names.iter().filter_map(|name| name.parse().ok());
    Ok(heights
        .filter(|height| place(folder, *height).join(snapshot::manifest_name(*height)).is_file())
        .collect())
}

/// What an earlier run did not finish.
fn remove_drafts(folder: &Path) -> Result<(), ArchiveError> {
    let drafts = disk::names(folder)?.into_iter().filter(|name| name.ends_with(DRAFT));
    drafts.map(|name| folder.join(name)).try_for_each(|draft| disk::remove_folder(&draft))
}

fn prune(folder: &Path) -> Result<(), ArchiveError> {
    let heights = list(folder)?;
    let old = heights.len().saturating_sub(KEPT);
    heights.iter().take(old).try_for_each(|height| disk::remove_folder(&place(folder, *height)))
}
