//! Where a snapshot is imported from.

use std::path::{Path, PathBuf};

use super::{ArchiveError, Fault, disk, read_file, snapshot};

/// Delivers the files of snapshots. What it delivers is not trusted.
pub trait ChunkSource {
    /// A manifest's height and file: of the wanted height if that is still there, else of the newest.
    fn manifest(&mut self, wanted: Option<u64>) -> Result<(u64, Vec<u8>), ArchiveError>;
    /// A chunk's file, at most [`snapshot::MAX_CHUNK_BYTES`] long.
    fn chunk(&mut self, height: u64, index: u32) -> Result<Vec<u8>, ArchiveError>;
}

/// Snapshots in a folder of this machine.
#[derive(Clone, Debug)]
pub struct FolderSource(PathBuf);

impl FolderSource {
    /// The files lie in `folder` itself.
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn read(&self, name: &str, height: u64, max: usize) -> Result<Vec<u8>, ArchiveError> {
        let missing = || ArchiveError::at(height, Fault::Missing(name.to_owned()));
        read_file(&self.0.join(name), max)?.ok_or_else(missing)
    }
}

impl ChunkSource for FolderSource {
    fn manifest(&mut self, wanted: Option<u64>) -> Result<(u64, Vec<u8>), ArchiveError> {
        let heights = heights(&self.0)?;
        let found = wanted.filter(|wanted| heights.contains(wanted)).or(heights.last().copied());
        let height = found.ok_or_else(|| ArchiveError::Source("there is no snapshot".to_owned()))?;
        Ok((height, self.read(&snapshot::manifest_name(height), height, snapshot::MAX_MANIFEST_BYTES)?))
    }

    fn chunk(&mut self, height: u64, index: u32) -> Result<Vec<u8>, ArchiveError> {
        self.read(&snapshot::chunk_name(height, index), height, snapshot::MAX_CHUNK_BYTES)
    }
}

/// Heights of the manifests in a folder, ascending.
pub(super) fn heights(folder: &Path) -> Result<Vec<u64>, ArchiveError> {
    let height = |name: &String| name.strip_prefix("snapshot-")?.strip_suffix(".dure")?.parse().ok();
    Ok(disk::names(folder)?.iter().filter_map(height).collect())
}
