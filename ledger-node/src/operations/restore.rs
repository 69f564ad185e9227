//! Makes a node's data folder of a backup.
//!
//! The backup is audited first, whole. Then the ledger is built beside the target and moved into place in one step. A consensus
//! journal is never made: the restored node follows, and votes only under the rules for a node that comes back without one.

use std::{fs, path::Path};

use dure_consensus::BlockHeader;
use dure_score::{Hash32, Receipt, codec};

use crate::{
    history::{
        archive::{
            ArchiveError, Fault, SnapshotManifest,
            bulk::Loader,
            disk,
            import::finish,
            keeper, read_file,
            segment::StoredBlock,
            snapshot::{MAX_MANIFEST_BYTES, chunk_name, manifest_name},
            sync_folder, write_file,
        },
        ledger::handovers,
    },
    operations::audit::{Progress, Replayed, Report, read_segment, replay},
    store::{
        Batch, RocksStore, Store as _, Table,
        record::{
            BlockRecord, Joined, TxPosition, height_key,
            rows::{self, Whole},
            tx_key,
        },
    },
};

/// Restores the backup in `from` as the data folder `node`, which must be new or empty; with `pinned`, refuses a backup of another
/// genesis.
pub fn restore(
    from: &Path,
    node: &Path,
    pinned: Option<&Hash32>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ArchiveError> {
    disk::make_empty(node)?;
    let replayed = replay(from, pinned, true, progress)?;
    let draft = node.join("restoring");
    disk::remove_folder(&draft)?;
    fs::create_dir_all(&draft).map_err(|error| ArchiveError::file(&draft, error))?;
    let report = replayed.report.clone();
    if let Some(snapshot) = &replayed.snapshot {
        keep_snapshot(from, node, snapshot)?;
    }
    if let Err(error) = build(from, &draft, replayed) {
        disk::remove_folder(&draft)?;
        return Err(error);
    }
    let ledger = node.join("ledger");
    fs::rename(&draft, &ledger).map_err(|error| ArchiveError::file(&ledger, error))?;
    sync_folder(node)?;
    Ok(report)
}

/// The snapshot that the blocks go on from: a later backup begins with it again.
fn keep_snapshot(from: &Path, node: &Path, snapshot: &SnapshotManifest) -> Result<(), ArchiveError> {
    let height = snapshot.height;
    let folder = keeper::place(&node.join("snapshots"), height);
    fs::create_dir_all(&folder).map_err(|error| ArchiveError::file(&folder, error))?;
    let chunks = (0u32..).zip(&snapshot.chunks).map(|(index, _)| chunk_name(height, index));
    for name in chunks.chain([manifest_name(height)]) {
        let missing = || ArchiveError::at(height, Fault::Missing(name.clone()));
        write_file(
            &folder.join(&name),
            &read_file(&from.join(&name), MAX_MANIFEST_BYTES)?.ok_or_else(missing)?,
        )?;
    }
    sync_folder(&folder)
}

/// Writes state, tree, blocks and indexes. What is read again was verified a moment ago; its hashes are checked again all the same.
fn build(from: &Path, draft: &Path, replayed: Replayed) -> Result<(), ArchiveError> {
    let Replayed { manifest, genesis, snapshot, state, head, roots, .. } = replayed;
    let store = RocksStore::open(draft)?;
    let mut loader = Loader::new(&store);
    state.0.into_iter().try_for_each(|(key, value)| loader.entry(key, value))?;
    let (found, _) = loader.tree()?;
    if found != head.state_root {
        let expected = head.state_root;
        return Err(ArchiveError::at(head.height, Fault::StateRoot { expected, found }));
    }
    // Backwards: of a transaction that is there twice the first occurrence counts, so that it is written last.
    for segment in manifest.segments.iter().rev() {
        let blocks = read_segment(from, segment)?;
        for (height, block) in
            (segment.first..=segment.last).collect::<Vec<_>>().into_iter().zip(&blocks).rev()
        {
            let root =
                height.checked_sub(manifest.base.saturating_add(1)).and_then(|at| usize::try_from(at).ok());
            let root = root.and_then(|at| roots.get(at)).copied();
            let root = root.ok_or(ArchiveError::at(height, Fault::Malformed("segment")))?;
            put_block(&mut loader, height, block, root)?;
        }
    }
    loader.write()?;
    store.flush()?;
    let mut batch = Batch::default();
    handovers::import(&mut batch, &manifest.handovers);
    let joined = snapshot.map(|snapshot| put_start(&mut batch, &snapshot)).transpose()?;
    finish(&store, &genesis, batch, &head, joined)
}

/// The block of the snapshot, of which only the header is known.
fn put_start(batch: &mut Batch, snapshot: &SnapshotManifest) -> Result<Joined, ArchiveError> {
    let height = snapshot.height;
    let malformed = || ArchiveError::at(height, Fault::Malformed("header"));
    let header = snapshot.headers.first().ok_or_else(malformed)?;
    let header = BlockHeader::decode(header.as_bytes()).map_err(|_| malformed())?;
    let record =
        BlockRecord::new(&header, (snapshot.state_root, dure_proof::receipts_root::<Vec<u8>>(&[])), None);
    batch.put(Table::Headers, height_key(height), codec::encode(&record));
    batch.put(Table::BlockHash, *record.digest.as_bytes(), height_key(height));
    Ok(Joined { height, time_ms: header.time_ms })
}

fn put_block(
    loader: &mut Loader<'_>,
    height: u64,
    block: &StoredBlock,
    state_root: Hash32,
) -> Result<(), ArchiveError> {
    let malformed = |what| ArchiveError::at(height, Fault::Malformed(what));
    let header = BlockHeader::decode(&block.header).map_err(|_| malformed("header"))?;
    let receipts_root =
        dure_proof::receipts_root(&block.receipts.iter().map(|one| one.as_slice()).collect::<Vec<_>>());
    let certificate = block.certificate.as_ref().map(|bytes| bytes.to_vec());
    let record = BlockRecord::new(&header, (state_root, receipts_root), certificate);
    loader.put(Table::BlockHash, record.digest.as_bytes().to_vec(), height_key(height).to_vec())?;
    loader.put(Table::Headers, height_key(height).to_vec(), codec::encode(&record))?;
    let receipts: Result<Vec<Receipt>, _> =
        block.receipts.iter().map(|bytes| minicbor::decode(bytes)).collect();
    let receipts = receipts.map_err(|_| malformed("receipt"))?;
    for receipt in receipts.iter().rev() {
        let place = TxPosition { height, index: receipt.index };
        loader.put(Table::TxIndex, tx_key(&receipt.tx).to_vec(), place.to_bytes())?;
    }
    let entries = block.items.iter().zip(receipts.iter().zip(&block.receipts));
    let entries = entries.map(|(item, (receipt, bytes))| {
        let (id, signer) = (receipt.tx, receipt.signer);
        Whole { item, id, signer, receipt: bytes }
    });
    Ok(rows::encode(height, header.time_ms, entries, |key, row| {
        loader.put(Table::Blocks, key.to_vec(), row.to_vec())
    })?)
}
