//! What lies on the disk.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, thread::sleep, time::Duration};

use ledger_node::{
    history::archive::ArchiveError,
    store::{RocksStore, Store as _},
};
use serde::Serialize;

use crate::error::DureError;

/// How long the store may tidy up after it was opened and its log flushed.
const SETTLE: Duration = Duration::from_secs(5);

/// Bytes that a node occupies.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Occupied {
    /// The ledger's store.
    pub ledger: u64,
    /// Consensus' journal and recent blocks.
    pub consensus: u64,
}

impl Occupied {
    /// Both.
    pub fn all(self) -> u64 {
        self.ledger.saturating_add(self.consensus)
    }
}

/// What the node in `folder` occupies now.
pub fn occupied(folder: &Path) -> Result<Occupied, DureError> {
    Ok(Occupied { ledger: size(&folder.join("ledger"))?, consensus: size(&folder.join("consensus"))? })
}

/// Opens the store of a stopped node, which writes its log into tables, and lets it tidy up.
pub fn settle(folder: &Path) -> Result<(), DureError> {
    let store = RocksStore::open(&folder.join("ledger")).map_err(ArchiveError::from)?;
    store.flush().map_err(ArchiveError::from)?;
    sleep(SETTLE);
    Ok(())
}

/// Blocks of the disk below `path`, bytes. A file that goes while we look counts nothing.
fn size(path: &Path) -> Result<u64, DureError> {
    let mut all = 0u64;
    let Ok(entries) = fs::read_dir(path) else { return Ok(0) };
    for entry in entries {
        let entry = entry.map_err(|source| DureError::io("read", path, source))?;
        let Ok(meta) = entry.metadata() else { continue };
        let own = if meta.is_dir() { size(&entry.path())? } else { meta.blocks().saturating_mul(512) };
        all = all.saturating_add(own);
    }
    Ok(all)
}
