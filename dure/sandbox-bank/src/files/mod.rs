//! Folders and files: what lies where, how a file comes to be whole, and how message ids become file names.

mod folders;
mod names;

pub(crate) use folders::{Contents, Folders};
pub(crate) use names::{deposit_notification, duplicate_report, payment_notification, payment_report};

use crate::error::BankError;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Puts a whole file in place: written beside its place under a name that readers pass over (it starts with a dot),
/// flushed to the disk, then renamed. When this returns, the file survives a power cut.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), BankError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(BankError::io("write", path, std::io::ErrorKind::InvalidInput.into()));
    };
    let draft = folder.join(format!(".{}.tmp", name.to_string_lossy()));
    let mut file = File::create(&draft).map_err(|error| BankError::io("create", &draft, error))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| BankError::io("write", &draft, error))?;
    rename(&draft, path)
}

/// Moves a file and makes the move last.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), BankError> {
    std::fs::rename(from, to).map_err(|error| BankError::io("move a file to", to, error))?;
    let folder = to.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| BankError::io("flush the folder", folder, error))
}
