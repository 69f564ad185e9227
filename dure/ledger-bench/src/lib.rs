//! How fast a ledger grows and its copies are audited and imported, on made-up ledgers of a chosen size.
#![forbid(unsafe_code)]

mod beside;
mod certificate;
mod crowd;
mod feed;
mod town;

use std::{fs, path::Path, sync::Arc, time::Instant};

use serde::Serialize;

use ledger_node::{
    history::{
        archive::{
            ArchiveError, FolderSource,
            backup::write_manifest,
            import::{import_snapshot, origin},
        },
        ledger::Ledger,
    },
    operations::audit::{Report, audit},
    store::RocksStore,
};

pub use beside::Beside;
pub use crowd::write_crowd;
pub use feed::{Checked, Feeder};
pub use town::{OFFICER, Size, Town, VALIDATOR};

/// Writes a backup with full blocks of payments into the new folder `folder` and audits it.
pub fn bench_audit(folder: &Path, size: Size) -> Result<Report, ArchiveError> {
    fs::create_dir_all(folder).map_err(|error| ArchiveError::file(folder, error))?;
    write_manifest(&Town::new(size)?.write(folder)?, folder)?;
    audit(folder, None, &mut |_| {})
}

/// What was measured with a snapshot of many accounts.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Imported {
    /// Accounts, of five records each.
    pub accounts: u32,
    /// From the first chunk to the opened ledger, ms.
    pub import_ms: u64,
    /// A snapshot written beside payments.
    pub beside: Beside,
}

/// Writes a snapshot of so many accounts below the new folder `folder`, imports it into an empty store on disk, opens the ledger, and
/// then writes another snapshot of it while blocks are applied.
pub fn bench_snapshot(folder: &Path, accounts: u32) -> Result<Imported, ArchiveError> {
    let source = folder.join("snapshot");
    fs::create_dir_all(&source).map_err(|error| ArchiveError::file(&source, error))?;
    let genesis = write_crowd(&source, accounts)?;
    let store = Arc::new(RocksStore::open(&folder.join("ledger"))?);
    let begun = Instant::now();
    let staging = folder.join("staging");
    import_snapshot(&*store, &genesis, &staging, &mut FolderSource::new(&source), &mut |_, _| true)?;
    let origin = origin(&genesis);
    let ledger = Ledger::open(store, genesis, &origin)?;
    let import_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let beside = beside::measure(&ledger, accounts, &folder.join("snapshots"))?;
    Ok(Imported { accounts, import_ms, beside })
}
