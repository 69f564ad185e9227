//! Folders and files: how a file comes to be whole, and where a bank's file goes when it has been read.

use super::fault::BankFileError;
use super::xml::FILE_BYTES_MAX;
use crate::error::SettlementError;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files taken in one pass, so that a flooded folder cannot grow the list without bound.
const FILES_PER_PASS: usize = 100;
/// For how long after its last change a file that ends too early may still be in the writing: a bank's connection that
/// stalls for longer has been cut.
const WRITING_MAX: Duration = Duration::from_secs(30);

/// Puts a whole file in place: written beside its place under a name that readers pass over (it starts with a dot),
/// flushed to the disk, then renamed. When this returns, the file survives a power cut. An older file of that name is
/// replaced.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), SettlementError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(SettlementError::io("write", path, ErrorKind::InvalidInput.into()));
    };
    std::fs::create_dir_all(folder).map_err(|error| SettlementError::io("make the folder", folder, error))?;
    let draft = folder.join(format!(".{}.tmp", name.to_string_lossy()));
    let mut file = File::create(&draft).map_err(|error| SettlementError::io("create", &draft, error))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| SettlementError::io("write", &draft, error))?;
    std::fs::rename(&draft, path).map_err(|error| SettlementError::io("move a file to", path, error))?;
    flush_folder(folder)
}

fn flush_folder(folder: &Path) -> Result<(), SettlementError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| SettlementError::io("flush the folder", folder, error))
}

/// The folder that the bank writes into. What has been read moves to `processed/`, what cannot be applied to
/// `rejected/` with the reason beside it.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
    processed: PathBuf,
    rejected: PathBuf,
}

/// A file of the folder.
#[derive(Debug)]
pub enum Contents {
    /// All of it.
    Whole(Vec<u8>),
    /// Longer than a bank file can be; not read.
    TooLarge,
    /// Somebody else has taken it away.
    Gone,
}

impl Outbox {
    /// Opens the folder, making it where it is missing.
    pub fn open(folder: &Path) -> Result<Self, SettlementError> {
        let (processed, rejected) = (folder.join("processed"), folder.join("rejected"));
        for place in [&processed, &rejected] {
            std::fs::create_dir_all(place)
                .map_err(|error| SettlementError::io("make the folder", place, error))?;
        }
        Ok(Self { folder: folder.to_owned(), processed, rejected })
    }

    /// Names of the files that wait, in alphabetical order, at most 100. Hidden files are drafts and passed over.
    pub fn waiting(&self) -> Result<Vec<String>, SettlementError> {
        let fail = |error| SettlementError::io("list", &self.folder, error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            // An entry that has gone since it was listed is nobody's fault: another process has read it.
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if let Ok(name) = entry.file_name().into_string()
                && is_file
                && name.ends_with(".xml")
                && !name.starts_with('.')
            {
                names.push(name);
            }
            if names.len() >= FILES_PER_PASS {
                break;
            }
        }
        names.sort();
        Ok(names)
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> Result<Contents, SettlementError> {
        let path = self.folder.join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Contents::Gone),
            Err(error) => return Err(SettlementError::io("open", &path, error)),
        };
        let limit = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| SettlementError::io("read", &path, error))?;
        Ok(if bytes.len() > FILE_BYTES_MAX { Contents::TooLarge } else { Contents::Whole(bytes) })
    }

    /// True if a file may still be in the writing, by the time of its last change. A time in the future counts as far
    /// off, so that a wrong clock cannot keep a file here for good.
    pub fn may_grow(&self, name: &str) -> Result<bool, SettlementError> {
        let path = self.folder.join(name);
        let changed = match std::fs::metadata(&path).and_then(|metadata| metadata.modified()) {
            Ok(changed) => changed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(SettlementError::io("look at", &path, error)),
        };
        let away = changed.elapsed().unwrap_or_else(|ahead| ahead.duration());
        Ok(away < WRITING_MAX)
    }

    /// Puts a file away whose effects are durable.
    pub fn put_away(&self, name: &str) -> Result<(), SettlementError> {
        self.shift(name, &self.processed)
    }

    /// Puts a file away that had no effect, with the reason beside it.
    pub fn reject(&self, name: &str, fault: &BankFileError) -> Result<(), SettlementError> {
        let note = self.rejected.join(format!("{name}.reason"));
        write_atomically(&note, format!("{}: {fault}\n", fault.code()).as_bytes())?;
        self.shift(name, &self.rejected)
    }

    fn shift(&self, name: &str, to: &Path) -> Result<(), SettlementError> {
        let (from, place) = (self.folder.join(name), to.join(name));
        match std::fs::rename(&from, &place) {
            Ok(()) => flush_folder(to),
            // The gateway and a settlement run may read the same file; whoever is second finds it gone.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(SettlementError::io("move a file to", &place, error)),
        }
    }
}
