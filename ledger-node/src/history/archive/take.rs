//! Writes a snapshot of a running ledger from one unmoving view, in small steps.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use dure_proof::Blob;
use dure_score::Hash32;

use super::{
    ArchiveError, disk,
    snapshot::{self, CHUNK_BYTES, Entry, FORMAT, MAX_CHUNKS, MAX_HEADERS, SnapshotManifest},
    sync_folder, write_file,
};
use crate::{
    history::{ledger::Ledger, proofs},
    store::{Read, StoreError, Table, record::Head},
};

/// Entries that are read at once: a few hundred KB.
const STEP: usize = 1_024;

/// Longest wait for a header that names the state at hand. Under load one comes within a few blocks, or never.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often that is looked for.
const LOOK: Duration = Duration::from_millis(20);

/// After each step the writer rests this many times as long as the step took: payments have the disk and a core to themselves for
/// most of the time.
const REST: u32 = 3;

/// Ending of a folder that is not complete.
pub(super) const DRAFT: &str = "draft";

/// Writes a snapshot of the ledger as it is now into `folder`, which becomes complete or does not appear. Returns its height;
/// `None` if no header came to name just that state, or nothing has happened yet: try again later.
pub fn write_snapshot(
    ledger: &Ledger,
    folder: impl Fn(u64) -> std::path::PathBuf,
    stop: &AtomicBool,
) -> Result<Option<u64>, ArchiveError> {
    let (view, head) = ledger.view()?;
    if head.height == 0 {
        return Ok(None);
    }
    let Some(proven) = wait_for_proof(ledger, head.height, stop)? else { return Ok(None) };
    if proven.state_root != head.state_root {
        return Err(
            StoreError::Corrupt("a certified header names another state root than ours".to_owned()).into()
        );
    }
    let Some(headers) = headers(ledger, head.height, proven.header_height)? else { return Ok(None) };
    let target = folder(head.height);
    let draft = target.with_extension(DRAFT);
    disk::remove_folder(&draft)?;
    fs::create_dir_all(&draft).map_err(|error| ArchiveError::file(&draft, error))?;
    let (chunks, entries) = write_chunks(&*view, &head, &draft, stop)?;
    drop(view);
    let manifest = SnapshotManifest {
        format: FORMAT,
        chain: ledger.chain().clone(),
        genesis_hash: ledger.genesis().hash(),
        height: head.height,
        digest: head.digest,
        state_root: head.state_root,
        headers,
        finality: proven.proof,
        entries,
        chunks,
    };
    write_file(&draft.join(snapshot::manifest_name(head.height)), &manifest.seal().0)?;
    sync_folder(&draft)?;
    disk::remove_folder(&target)?;
    fs::rename(&draft, &target).map_err(|error| ArchiveError::file(&target, error))?;
    target.parent().map_or(Ok(()), sync_folder)?;
    Ok(Some(head.height))
}

fn wait_for_proof(
    ledger: &Ledger,
    height: u64,
    stop: &AtomicBool,
) -> Result<Option<proofs::ProvenState>, ArchiveError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(proven) = proofs::finality_of(ledger, height)? {
            return Ok(Some(proven));
        }
        if stop.load(Ordering::Relaxed) {
            return Err(ArchiveError::Stopped);
        }
        if Instant::now() > deadline {
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

/// Headers from the snapshot's block up to the one before the proof's.
fn headers(ledger: &Ledger, from: u64, to: u64) -> Result<Option<Vec<Blob>>, ArchiveError> {
    let mut headers = Vec::new();
    for height in from..to {
        let Some(record) = ledger.record(height)? else { return Ok(None) };
        headers.push(record.header_bytes().to_vec().into());
    }
    Ok(Some(headers).filter(|headers| headers.len() <= MAX_HEADERS))
}

fn write_chunks(
    view: &dyn Read,
    head: &Head,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<(Vec<Hash32>, u64), ArchiveError> {
    let (mut hashes, mut count) = (Vec::new(), 0u64);
    let mut chunk: Vec<Entry> = Vec::new();
    let mut bytes = 0usize;
    let mut from = Vec::new();
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(ArchiveError::Stopped);
        }
        let begun = Instant::now();
        let found = view.scan_from(Table::State, &from, STEP)?;
        let last = found.len() < STEP;
        if let Some((key, _)) = found.last() {
            // The very next key.
            from = [key.as_slice(), &[0]].concat();
        }
        for (key, value) in found {
            count = count.saturating_add(1);
            bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
            chunk.push((key.into(), value.into()));
        }
        if bytes >= CHUNK_BYTES || (last && !chunk.is_empty()) {
            let index = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
            let (file, hash) = snapshot::seal_chunk(&chunk);
            write_file(&folder.join(snapshot::chunk_name(head.height, index)), &file)?;
            hashes.push(hash);
            chunk.clear();
            bytes = 0;
        }
        if hashes.len() > MAX_CHUNKS {
            return Err(ArchiveError::TooLarge(count));
        }
        if last {
            return Ok((hashes, count));
        }
        thread::sleep(begun.elapsed().saturating_mul(REST));
    }
}
