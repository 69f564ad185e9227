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

/// Makes the entries of `dir` survive a crash.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), ConsensusError> {
    let sync = || File::open(dir)?.sync_all();
    sync().map_err(|error| storage("sync", dir, error))
}

/// Removes `dir/name` for good, if it is there.
pub(crate) fn remove(dir: &Path, name: &str) -> Result<(), ConsensusError> {
    let path = dir.join(name);
    match fs::remove_file(&path) {
        Ok(()) => sync_dir(dir),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(storage("remove", &path, error)),
    }
}
