//! Small copies, and ways to change them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use dure_ledger_bench::{Size, Town};
use ledger_node::{
    history::archive::{
        ArchiveError, BackupManifest,
        backup::{SegmentWriter, backup_name, segment_name, write_manifest},
        frame::{self, Kind},
        read_manifest,
        segment::{self, StoredBlock},
    },
    operations::audit::{Report, audit},
};

/// Two shops, three citizens, four blocks of five payments; one block before them.
pub fn small() -> Size {
    Size { citizens: 3, shops: 2, blocks: 4, payments: 5 }
}

pub fn write_town(folder: &Path, size: Size) -> BackupManifest {
    let manifest = Town::new(size).unwrap().write(folder).unwrap();
    write_manifest(&manifest, folder).unwrap();
    manifest
}

pub fn check(folder: &Path) -> Result<Report, ArchiveError> {
    audit(folder, None, &mut |_| {})
}

/// All files of a folder, in order of name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub fn blocks(folder: &Path) -> Vec<StoredBlock> {
    let manifest = read_manifest(folder).unwrap();
    let mut blocks = Vec::new();
    for one in &manifest.segments {
        let bytes = fs::read(folder.join(segment_name(one))).unwrap();
        let content = frame::open_named(Kind::Segment, &bytes, &one.hash).unwrap();
        blocks.extend(segment::read(content, one.first, one.last).unwrap());
    }
    blocks
}

/// Writes other blocks and another manifest with right hashes: what somebody does who forges a copy with care.
pub fn rewrite(
    folder: &Path,
    change_blocks: impl FnOnce(&mut Vec<StoredBlock>),
    change_manifest: impl FnOnce(&mut BackupManifest),
) {
    let mut manifest = read_manifest(folder).unwrap();
    let mut all = blocks(folder);
    change_blocks(&mut all);
    for one in &manifest.segments {
        fs::remove_file(folder.join(segment_name(one))).unwrap();
    }
    fs::remove_file(folder.join(backup_name(manifest.head))).unwrap();
    let mut writer = SegmentWriter::new(folder, manifest.base);
    all.iter().for_each(|block| writer.add(block).unwrap());
    manifest.segments = writer.finish().unwrap();
    manifest.head = manifest.base + all.len() as u64;
    change_manifest(&mut manifest);
    write_manifest(&manifest, folder).unwrap();
}
