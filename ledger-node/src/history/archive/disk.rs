//! Files that are there completely or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use super::ArchiveError;

/// Ending of a file that is being written.
const DRAFT: &str = "part";

/// Writes a file completely or not at all, durably.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    let draft = path.with_extension(DRAFT);
    let write = || {
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|error| ArchiveError::file(path, error))
}

/// The whole file, if it is there; fails if it is longer than `max` bytes.
pub(crate) fn read_file(path: &Path, max: usize) -> Result<Option<Vec<u8>>, ArchiveError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ArchiveError::file(path, error)),
    };
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(|error| ArchiveError::file(path, error))?;
    if bytes.len() > max {
        return Err(ArchiveError::file(path, format!("longer than {max} bytes")));
    }
    Ok(Some(bytes))
}

/// Makes new names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), ArchiveError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|error| ArchiveError::file(folder, error))
}

/// Makes the folder; fails if it has content.
pub(crate) fn make_empty(folder: &Path) -> Result<(), ArchiveError> {
    let failed = |error| ArchiveError::file(folder, error);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut entries = fs::read_dir(folder).map_err(failed)?;
    if entries.next().is_some() { Err(ArchiveError::NotEmpty(folder.to_owned())) } else { Ok(()) }
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove_folder(folder: &Path) -> Result<(), ArchiveError> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(ArchiveError::file(folder, error)),
    }
}

/// Names of the files in a folder, in order.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, ArchiveError> {
    let failed = |error| ArchiveError::file(folder, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}
