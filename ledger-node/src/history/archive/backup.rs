//! Copies a node's blocks into a folder of files that prove themselves, from a stopped or a running node.

use std::{
    fs,
    path::{Path, PathBuf},
};

use dure_proof::Handover;
use dure_score::{Genesis, Hash32, codec};
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{
    ArchiveError, Fault, SnapshotManifest, blocks, disk,
    frame::{self, Kind},
    import::origin,
    keeper, read_file, segment,
    snapshot::{MAX_CHUNK_BYTES, MAX_MANIFEST_BYTES, chunk_name, manifest_name},
    sync_folder, write_file,
};
use crate::{
    history::ledger::{handovers, pruned},
    store::{Read, RocksReader, StoreError},
};

/// Version of the format.
pub const FORMAT: u32 = 1;

/// Most segments of a backup: at least a quarter of a billion blocks of an idle ledger, or a terabyte.
pub const MAX_SEGMENTS: usize = 262_144;

/// How often a running node's files are opened again if they changed too much while they were read.
const ATTEMPTS: u32 = 5;

/// Folder in the copy's that a running node's files are opened with.
const SCRATCH: &str = "scratch";

/// Blocks without a certificate of their own that a node may have at its end.
const MAX_UNCERTIFIED: u64 = 1_024;

/// A file of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Segment {
    /// Its first block.
    #[n(0)]
    pub first: u64,
    /// Its last block.
    #[n(1)]
    pub last: u64,
    /// Hash of the file.
    #[n(2)]
    pub hash: Hash32,
}

/// What a backup consists of.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BackupManifest {
    /// Version of the format.
    #[n(0)]
    pub format: u32,
    /// Canonical bytes of the genesis.
    #[n(1)]
    pub genesis: ByteVec,
    /// Height from which the blocks go on: 0 for genesis, else that of the snapshot.
    #[n(2)]
    pub base: u64,
    /// Hash of the snapshot's manifest file; absent for genesis.
    #[n(3)]
    pub snapshot: Option<Hash32>,
    /// Height of the last block. It has a certificate.
    #[n(4)]
    pub head: u64,
    /// Its digest.
    #[n(5)]
    pub digest: Hash32,
    /// State root after it, as the node has it.
    #[n(6)]
    pub state_root: Hash32,
    /// The blocks from `base + 1` to `head`, without gaps.
    #[n(7)]
    pub segments: Vec<Segment>,
    /// Proofs of every change of the validators.
    #[n(8)]
    pub handovers: Vec<Handover>,
}

impl BackupManifest {
    /// The genesis.
    pub fn genesis(&self) -> Result<Genesis, ArchiveError> {
        let malformed = |_| ArchiveError::at(self.head, Fault::Malformed("genesis"));
        codec::decode(&self.genesis).map_err(malformed)
    }

    /// Names of all files that belong to it, but its own.
    pub fn file_names(&self, snapshot: Option<&SnapshotManifest>) -> Vec<String> {
        let mut names: Vec<String> = self.segments.iter().map(segment_name).collect();
        if let Some(snapshot) = snapshot {
            names.push(manifest_name(snapshot.height));
            names.extend((0u32..).zip(&snapshot.chunks).map(|(index, _)| chunk_name(snapshot.height, index)));
        }
        names
    }
}

/// Name of a manifest's file.
pub fn backup_name(head: u64) -> String {
    format!("backup-{head:020}.dure")
}

/// Name of a segment's file.
pub fn segment_name(segment: &Segment) -> String {
    format!("blocks-{:020}-{:020}.dure", segment.first, segment.last)
}

/// Copies the node whose data folder is `node` into the new or empty folder `to`. `progress` gets the blocks that are done and all of
/// them.
pub fn backup(
    node: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupManifest, ArchiveError> {
    let store = node.join("ledger");
    if !store.is_dir() {
        return Err(ArchiveError::file(&store, "there is no ledger here; name the node's data folder"));
    }
    disk::make_empty(to)?;
    let mut attempt = 1;
    loop {
        let copied = attempt_backup(node, &store, to, progress);
        match copied {
            Err(ArchiveError::Unsteady(reason)) if attempt < ATTEMPTS => {
                tracing::info!(%reason, "the node's files changed; reading them again");
                clear(to)?;
                attempt = attempt.saturating_add(1);
            }
            copied => return copied,
        }
    }
}

fn attempt_backup(
    node: &Path,
    store: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupManifest, ArchiveError> {
    let scratch = to.join(SCRATCH);
    let reader = RocksReader::open(store, &scratch).map_err(|error| match error {
        old @ StoreError::OldFormat { .. } => old.into(),
        other => ArchiveError::Unsteady(other.to_string()),
    })?;
    let copied = copy(&reader, &node.join("snapshots"), to, progress);
    drop(reader);
    disk::remove_folder(&scratch)?;
    sync_folder(to)?;
    copied
}

/// Removes what an attempt has left. One that failed to open the node's files leaves its scratch folder.
fn clear(folder: &Path) -> Result<(), ArchiveError> {
    disk::remove_folder(&folder.join(SCRATCH))?;
    for name in disk::names(folder)? {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|error| ArchiveError::file(&path, error))?;
    }
    Ok(())
}

/// Copies from any store. `snapshots` is where a pruned node keeps its snapshots.
pub fn copy(
    from: &dyn Read,
    snapshots: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupManifest, ArchiveError> {
    let head = blocks::head(from)?.ok_or(ArchiveError::NothingCertified)?;
    let (genesis_bytes, genesis) = blocks::genesis(from)?.ok_or(ArchiveError::NothingCertified)?;
    let missing = pruned(from)?;
    let base = if missing == 0 { None } else { Some(base_snapshot(snapshots, missing, head.height)?) };
    let base_height = base.as_ref().map_or(0, |(height, _)| *height);
    let least = head.height.saturating_sub(MAX_UNCERTIFIED).max(base_height.saturating_add(1));
    let end = blocks::last_certified(from, head.height, least)?.ok_or(ArchiveError::NothingCertified)?;
    let (parent, snapshot) = match &base {
        None => (Hash32::new(origin(&genesis).digest()), None),
        Some((height, folder)) => {
            let (manifest, hash) = copy_snapshot(folder, *height, to)?;
            (manifest.digest, Some(hash))
        }
    };
    let (segments, digest) = write_segments(from, base_height, end, parent, to, progress)?;
    let record = blocks::record(from, end)?.ok_or(ArchiveError::NothingCertified)?;
    let manifest = BackupManifest {
        format: FORMAT,
        genesis: genesis_bytes.into(),
        base: base_height,
        snapshot,
        head: end,
        digest,
        state_root: record.state_root,
        segments,
        handovers: handovers::all(from)?,
    };
    write_manifest(&manifest, to)?;
    Ok(manifest)
}

/// Writes the manifest: last of all, so that a folder with one is complete.
pub fn write_manifest(manifest: &BackupManifest, to: &Path) -> Result<(), ArchiveError> {
    write_file(&to.join(backup_name(manifest.head)), &frame::seal(Kind::Backup, &codec::encode(manifest)).0)?;
    sync_folder(to)
}

/// The oldest snapshot from which the node's blocks go on.
fn base_snapshot(snapshots: &Path, missing: u64, head: u64) -> Result<(u64, PathBuf), ArchiveError> {
    let mut heights = keeper::list(snapshots)?.into_iter();
    let height = heights.find(|height| (missing..head).contains(height)).ok_or(ArchiveError::Pruned)?;
    Ok((height, keeper::place(snapshots, height)))
}

fn copy_snapshot(folder: &Path, height: u64, to: &Path) -> Result<(SnapshotManifest, Hash32), ArchiveError> {
    let unsteady = || ArchiveError::Unsteady(format!("snapshot {height}"));
    let copy = |name: String, max: usize| {
        let bytes = read_file(&folder.join(&name), max)?.ok_or_else(unsteady)?;
        write_file(&to.join(&name), &bytes)?;
        Ok::<_, ArchiveError>(bytes)
    };
    let (manifest, hash) = SnapshotManifest::open(&copy(manifest_name(height), MAX_MANIFEST_BYTES)?, height)?;
    for (index, _) in (0u32..).zip(&manifest.chunks) {
        copy(chunk_name(height, index), MAX_CHUNK_BYTES)?;
    }
    Ok((manifest, hash))
}

fn write_segments(
    from: &dyn Read,
    base: u64,
    end: u64,
    mut parent: Hash32,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Vec<Segment>, Hash32), ArchiveError> {
    let all = end.saturating_sub(base);
    let mut writer = SegmentWriter::new(to, base);
    for height in base.saturating_add(1)..=end {
        let (block, digest) = blocks::block(from, height, &parent)?;
        writer.add(&block)?;
        parent = digest;
        progress(height.saturating_sub(base), all);
    }
    Ok((writer.finish()?, parent))
}

/// Writes blocks in order, a file at a time.
pub struct SegmentWriter {
    to: PathBuf,
    first: u64,
    next: u64,
    count: usize,
    content: Vec<u8>,
    written: Vec<Segment>,
}

impl SegmentWriter {
    /// Of the blocks after `base`, into the folder `to`.
    pub fn new(to: &Path, base: u64) -> Self {
        let next = base.saturating_add(1);
        Self { to: to.to_owned(), first: next, next, count: 0, content: Vec::new(), written: Vec::new() }
    }

    /// The next block.
    pub fn add(&mut self, block: &segment::StoredBlock) -> Result<(), ArchiveError> {
        segment::append(&mut self.content, self.next, block);
        self.next = self.next.saturating_add(1);
        self.count = self.count.saturating_add(1);
        if self.count >= segment::MAX_BLOCKS || self.content.len() >= segment::FULL {
            self.close()
        } else {
            Ok(())
        }
    }

    /// Writes what is left and returns every file.
    pub fn finish(mut self) -> Result<Vec<Segment>, ArchiveError> {
        self.close()?;
        Ok(self.written)
    }

    fn close(&mut self) -> Result<(), ArchiveError> {
        if self.count == 0 {
            return Ok(());
        }
        if self.written.len() >= MAX_SEGMENTS {
            return Err(ArchiveError::TooLarge(self.next));
        }
        let (file, hash) = frame::seal(Kind::Segment, &self.content);
        let segment = Segment { first: self.first, last: self.next.saturating_sub(1), hash };
        write_file(&self.to.join(segment_name(&segment)), &file)?;
        self.written.push(segment);
        self.content.clear();
        (self.first, self.count) = (self.next, 0);
        Ok(())
    }
}

/// The manifest of the backup in `folder`: its own hash is right, and its parts fit together. Nothing else is checked yet.
pub fn read_manifest(folder: &Path) -> Result<BackupManifest, ArchiveError> {
    let height = |name: &String| name.strip_prefix("backup-")?.strip_suffix(".dure")?.parse::<u64>().ok();
    let mut found =
        disk::names(folder)?.into_iter().filter_map(|name| height(&name).map(|head| (name, head)));
    let (name, head) = found.next().ok_or_else(|| ArchiveError::NoBackup(folder.to_owned()))?;
    if found.next().is_some() {
        return Err(ArchiveError::TwoBackups(folder.to_owned()));
    }
    let missing = || ArchiveError::at(head, Fault::Missing(name.clone()));
    let bytes = read_file(&folder.join(&name), MAX_MANIFEST_BYTES)?.ok_or_else(missing)?;
    let damaged = |damage| ArchiveError::at(head, Fault::Damaged { file: name.clone(), damage });
    let (content, _) = frame::open(Kind::Backup, &bytes).map_err(damaged)?;
    let malformed = || ArchiveError::at(head, Fault::Malformed("backup manifest"));
    let manifest: BackupManifest = codec::decode(content).map_err(|_| malformed())?;
    let mut next = manifest.base.saturating_add(1);
    let mut whole = true;
    for segment in &manifest.segments {
        whole &= segment.first == next && segment.last >= segment.first;
        next = segment.last.saturating_add(1);
    }
    whole &= next.checked_sub(1) == Some(manifest.head) && manifest.head == head;
    whole &= manifest.format == FORMAT && manifest.segments.len() <= MAX_SEGMENTS;
    whole &= (manifest.base == 0) == manifest.snapshot.is_none();
    if whole { Ok(manifest) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_attempt_that_failed_leaves_nothing_to_the_next() {
        let place = tempfile::tempdir().unwrap();
        let (store, to) = (place.path().join("ledger"), place.path().join("copy"));
        fs::create_dir_all(&store).unwrap();
        fs::create_dir_all(to.join(SCRATCH)).unwrap();
        fs::write(to.join(SCRATCH).join("LOG"), b"log").unwrap();
        fs::write(to.join("blocks.dure"), b"half").unwrap();
        clear(&to).unwrap();
        assert_eq!(fs::read_dir(&to).unwrap().count(), 0);
        // Whatever it finds: it is the node's files that it complains of, to the last attempt.
        let failed = backup(place.path(), &to, &mut |_, _| {});
        assert!(matches!(failed, Err(ArchiveError::Unsteady(_))), "{failed:?}");
    }
}
