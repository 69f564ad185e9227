//! Makes a ledger of a snapshot: all or nothing, and resumable.
//!
//! Chunks are first collected in a staging folder, each checked against the manifest, which is proven from the genesis. A kill at any
//! moment loses at most one of them. Then state and tree are built in the store under a mark ([`partial`]); the head is written
//! last, together with the removal of the mark. Until then the store counts as empty, and whoever opens it first clears it.

use std::{fs, path::Path, sync::Arc};

use dure_consensus::{BlockHeader, genesis_header};
use dure_score::{Genesis, Hash32, codec, key::Key};

use super::{
    ArchiveError, ChunkSource, Fault, SnapshotManifest,
    bulk::Loader,
    disk, read_file,
    snapshot::{MAX_CHUNK_BYTES, MAX_MANIFEST_BYTES, chunk_name, manifest_name, open_chunk},
    source, sync_folder, write_file,
};
use crate::{
    history::ledger::{Ledger, LedgerError, handovers, partial},
    store::{
        Batch, MemoryStore, Store, StoreError, Table,
        record::{BlockRecord, GENESIS, HEAD, Head, JOINED, Joined, PRUNED, height_key},
    },
};

/// Makes the empty `store` the ledger of `genesis` as of the source's snapshot; returns its height. `staging` keeps what was fetched
/// between attempts and afterwards is a complete snapshot. `progress` gets the chunks that are here and all of them, and answers
/// whether to go on.
pub fn import_snapshot(
    store: &dyn Store,
    genesis: &Genesis,
    staging: &Path,
    source: &mut dyn ChunkSource,
    progress: &mut dyn FnMut(u32, u32) -> bool,
) -> Result<u64, ArchiveError> {
    if store.get(Table::Meta, HEAD)?.is_some() {
        return Err(ArchiveError::LedgerNotEmpty);
    }
    fs::create_dir_all(staging).map_err(|error| ArchiveError::file(staging, error))?;
    let manifest = staged_manifest(genesis, staging, source)?;
    let (header, _) = manifest.verify(genesis)?;
    fetch(&manifest, staging, source, progress)?;
    partial::begin(store, manifest.height)?;
    let built = build(store, genesis, &manifest, &header, staging);
    if let Err(ArchiveError::Bad { .. }) = &built {
        // Not a kill but a forgery: nothing of it is worth keeping.
        partial::discard(store)?;
        disk::remove_folder(staging)?;
    }
    built.map(|()| manifest.height)
}

/// The manifest to go on with: the staged one if the source still has its snapshot, else a new one.
fn staged_manifest(
    genesis: &Genesis,
    staging: &Path,
    source: &mut dyn ChunkSource,
) -> Result<SnapshotManifest, ArchiveError> {
    let staged = source::heights(staging)?.last().copied();
    let (height, bytes) = source.manifest(staged)?;
    let (manifest, _) = SnapshotManifest::open(&bytes, height)?;
    manifest.verify(genesis)?;
    let path = staging.join(manifest_name(height));
    if read_file(&path, MAX_MANIFEST_BYTES)?.as_ref() != Some(&bytes) {
        disk::remove_folder(staging)?;
        fs::create_dir_all(staging).map_err(|error| ArchiveError::file(staging, error))?;
        write_file(&path, &bytes)?;
    }
    Ok(manifest)
}

/// Collects the chunks that are not here yet.
fn fetch(
    manifest: &SnapshotManifest,
    staging: &Path,
    source: &mut dyn ChunkSource,
    progress: &mut dyn FnMut(u32, u32) -> bool,
) -> Result<(), ArchiveError> {
    let all = u32::try_from(manifest.chunks.len()).unwrap_or(u32::MAX);
    for (index, hash) in (0u32..).zip(&manifest.chunks) {
        let path = staging.join(chunk_name(manifest.height, index));
        let good = |bytes: &[u8]| open_chunk(bytes, manifest.height, index, hash);
        let here = read_file(&path, MAX_CHUNK_BYTES)?.is_some_and(|bytes| good(&bytes).is_ok());
        if !here {
            let bytes = source.chunk(manifest.height, index)?;
            good(&bytes)?;
            write_file(&path, &bytes)?;
        }
        if !progress(index.saturating_add(1), all) {
            return Err(ArchiveError::Stopped);
        }
    }
    sync_folder(staging)
}

fn build(
    store: &dyn Store,
    genesis: &Genesis,
    manifest: &SnapshotManifest,
    header: &BlockHeader,
    staging: &Path,
) -> Result<(), ArchiveError> {
    let height = manifest.height;
    let fault = |fault| ArchiveError::at(height, fault);
    let mut loader = Loader::new(store);
    each_entry(manifest, staging, &mut |key, value| loader.entry(key, value))?;
    let (state_root, entries) = loader.tree()?;
    if entries != manifest.entries {
        return Err(fault(Fault::Entries));
    }
    if state_root != manifest.state_root {
        return Err(fault(Fault::StateRoot { expected: manifest.state_root, found: state_root }));
    }
    store.flush()?;
    let receipts = store.get(Table::State, &Key::Receipts(height).to_bytes())?;
    let receipts_root = receipts.map_or_else(
        || Ok(dure_proof::receipts_root::<Vec<u8>>(&[])),
        |bytes| codec::decode::<Hash32>(&bytes),
    );
    let receipts_root = receipts_root.map_err(|_| fault(Fault::Malformed("receipts root")))?;
    let record = BlockRecord::new(header, (state_root, receipts_root), None);
    let mut batch = Batch::default();
    batch.put(Table::Headers, height_key(height), codec::encode(&record));
    batch.put(Table::BlockHash, *record.digest.as_bytes(), height_key(height));
    handovers::import(&mut batch, &manifest.finality.handovers);
    let head = Head { height, digest: record.digest, time_ms: header.time_ms, state_root };
    finish(store, genesis, batch, &head, Some(Joined { height, time_ms: header.time_ms }))
}

/// The write that makes a ledger of a filled store. `joined` is the snapshot from which its blocks go on, if not from genesis.
pub(crate) fn finish(
    store: &dyn Store,
    genesis: &Genesis,
    mut batch: Batch,
    head: &Head,
    joined: Option<Joined>,
) -> Result<(), ArchiveError> {
    let origin = genesis_record(genesis)?;
    batch.put(Table::Headers, height_key(0), codec::encode(&origin));
    batch.put(Table::Meta, GENESIS, codec::encode(genesis));
    if let Some(joined) = joined {
        batch.put(Table::Meta, JOINED, codec::encode(&joined));
        batch.put(Table::Meta, PRUNED, codec::encode(&joined.height));
    }
    batch.put(Table::Meta, HEAD, codec::encode(head));
    partial::end(&mut batch);
    Ok(store.write(batch)?)
}

/// The record of block 0, as every node derives it.
pub(crate) fn genesis_record(genesis: &Genesis) -> Result<BlockRecord, LedgerError> {
    let origin = origin(genesis);
    let ledger = Ledger::open(Arc::new(MemoryStore::default()), genesis.clone(), &origin)?;
    ledger.record(0)?.ok_or_else(|| StoreError::Corrupt("no block 0".to_owned()).into())
}

/// The header of block 0.
pub fn origin(genesis: &Genesis) -> BlockHeader {
    let validators: Vec<[u8; 32]> = genesis.validators.iter().map(|key| *key.as_bytes()).collect();
    genesis_header(genesis.network().as_bytes(), &validators)
}

/// Hands out every entry of a snapshot whose files lie in `folder`, in order of key.
pub(crate) fn each_entry(
    manifest: &SnapshotManifest,
    folder: &Path,
    take: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let height = manifest.height;
    let mut before: Option<Vec<u8>> = None;
    for (index, hash) in (0u32..).zip(&manifest.chunks) {
        let name = chunk_name(height, index);
        let bytes = read_file(&folder.join(&name), MAX_CHUNK_BYTES)?;
        let bytes = bytes.ok_or_else(|| ArchiveError::at(height, Fault::Missing(name)))?;
        for (key, value) in open_chunk(&bytes, height, index, hash)? {
            let key = Vec::from(key);
            if before.as_ref().is_some_and(|before| *before >= key) {
                return Err(ArchiveError::at(height, Fault::Entries));
            }
            before = Some(key.clone());
            take(key, value.into())?;
        }
    }
    Ok(())
}
