//! Watches the free space of the data directory's disk.
//!
//! Below the configured least the node admits no transaction and proposes empty blocks only, so that there is room to
//! follow the others and to stop in order; it goes on by itself once somebody has made space.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{ingress::pool::Pool, measure};

/// Time between two looks: in it even a full block every 100 ms writes far less than the default least.
const LOOK: Duration = Duration::from_millis(500);

/// The node goes on when this part of the least is free beyond it, so that it does not waver at the limit.
const MARGIN: u64 = 16;

/// With less than this free a write is taken to have failed for want of space, bytes: what the store and the consensus
/// journal preallocate at once.
const NOTHING: u64 = 4 * 1024 * 1024;

/// Free space of one disk.
pub struct Disk {
    dir: PathBuf,
    least: u64,
    free: AtomicU64,
    full: AtomicBool,
}

impl Disk {
    /// The disk of `dir`, which must exist; `least` free bytes, 0 for none.
    pub fn new(dir: &Path, least: u64) -> io::Result<Self> {
        let disk =
            Self { dir: dir.to_owned(), least, free: AtomicU64::new(u64::MAX), full: AtomicBool::new(false) };
        disk.look()?;
        Ok(disk)
    }

    /// Looks now. True if transactions must wait.
    pub fn look(&self) -> io::Result<bool> {
        let free = free_bytes(&self.dir)?;
        self.free.store(free, Ordering::SeqCst);
        let was = self.is_full();
        let full = is_low(free, self.least, was);
        self.full.store(full, Ordering::SeqCst);
        measure::disk(free, full);
        if full && !was {
            tracing::error!(free, least = self.least, dir = %self.dir.display(),
                "disk full: no transaction is admitted until space is made");
        } else if was && !full {
            tracing::warn!(free, least = self.least, "there is space again: transactions are admitted");
        }
        Ok(full)
    }

    /// Whether transactions must wait, at the last look.
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::SeqCst)
    }

    /// Free bytes at the last look.
    pub fn free(&self) -> u64 {
        self.free.load(Ordering::SeqCst)
    }

    /// Free bytes below which transactions must wait.
    pub const fn least(&self) -> u64 {
        self.least
    }

    /// Holds the pool while the disk is full. Runs until it is dropped.
    pub async fn watch(self: Arc<Self>, pool: Arc<Pool>) {
        loop {
            match self.look() {
                Ok(full) => pool.hold(full),
                Err(error) => tracing::error!(%error, "the disk's free space cannot be read"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

fn is_low(free: u64, least: u64, was: bool) -> bool {
    let margin = if was { least / MARGIN } else { 0 };
    free < least.saturating_add(margin)
}

/// Whether the disk of `dir` has no room for one more write; false if nobody can tell.
pub fn is_out_of_space(dir: &Path) -> bool {
    free_bytes(dir).is_ok_and(|free| free < NOTHING)
}

/// Bytes that a process without privileges may still write on the disk of `dir`.
fn free_bytes(dir: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn stops_at_the_least_and_goes_on_a_little_above() {
        assert!(!is_low(160, 160, false));
        assert!(is_low(159, 160, false));
        assert!(is_low(169, 160, true));
        assert!(!is_low(170, 160, true));
        assert!(!is_low(0, 0, true));
    }

    #[test]
    fn a_disk_with_less_than_asked_is_full() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!Disk::new(dir.path(), 1).unwrap().is_full());
        assert!(Disk::new(dir.path(), u64::MAX).unwrap().is_full());
        assert!(Disk::new(&dir.path().join("none"), 1).is_err());
    }
}
