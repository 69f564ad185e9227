//! Small files that must survive a crash: read whole, replaced whole.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::ConsensusError;

pub(crate) fn storage(action: &'static str, path: &Path, source: std::io::Error) -> ConsensusError {
    ConsensusError::Storage { action, path: path.display().to_string(), source }
}

/// The file's bytes, or none if it does not exist.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, ConsensusError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(storage("read", path, error)),
    }
}

/// Replaces `dir/name` so that after a crash it holds either the old bytes or the new ones.
pub(crate) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), ConsensusError> {
    let (path, temporary) = (dir.join(name), dir.join(format!("{name}.new")));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        File::open(dir)?.sync_all()
    };
    write().map_err(|error| storage("write", &path, error))
}

pub(crate) fn create_dir(path: &Path) -> Result<(), ConsensusError> {
    fs::create_dir_all(path).map_err(|error| storage("create", path, error))
}

/// Whether `dir` exists and has an entry whose name starts with `prefix`.
pub(crate) fn has_entry(dir: &Path, prefix: &str) -> Result<bool, ConsensusError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(storage("list", dir, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| storage("list", dir, error))?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            return Ok(true);
        }
    }
    Ok(false)
}
