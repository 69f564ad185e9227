//! The bank's folders, and the lock that keeps a second process out of them.

use super::rename;
use crate::error::BankError;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A payment file is at most this long; 50,000 transfers of 400 bytes fit.
const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// How many files one pass takes, so that a flooded inbox cannot grow the list without bound.
const FILES_PER_PASS: usize = 100;

/// The folders under the bank's own.
#[derive(Debug)]
pub(crate) struct Folders {
    inbox: PathBuf,
    outbox: PathBuf,
    archive: PathBuf,
    rejected: PathBuf,
    /// Held for as long as the process lives; the system lets go of it however the process ends.
    _lock: File,
}

/// A file of the inbox as it was read.
#[derive(Debug)]
pub(crate) enum Contents {
    /// All of it.
    Whole(Vec<u8>),
    /// It is longer than a payment file may be; this is its beginning.
    TooLarge(Vec<u8>),
}

impl Contents {
    /// What was read.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::TooLarge(bytes) => bytes,
        }
    }
}

impl Folders {
    /// Makes the folders where they are missing and locks them.
    pub(crate) fn open(dir: &Path) -> Result<Self, BankError> {
        let inbox = dir.join("inbox");
        let outbox = dir.join("outbox");
        let archive = dir.join("archive");
        let rejected = archive.join("rejected");
        for folder in [&inbox, &outbox, &rejected] {
            std::fs::create_dir_all(folder)
                .map_err(|error| BankError::io("make the folder", folder, error))?;
        }
        Ok(Self { inbox, outbox, archive, rejected, _lock: lock(dir)? })
    }

    /// Names of the payment files that wait, in alphabetical order. Hidden files are drafts and passed over, and so
    /// is everything that is not a plain file or whose name is not Unicode.
    pub(crate) fn waiting(&self) -> Result<Vec<String>, BankError> {
        let fail = |error| BankError::io("list", &self.inbox, error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.inbox).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let is_file = entry.file_type().map_err(fail)?.is_file();
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

    /// Reads a file of the inbox; `None` when it is gone.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Contents>, BankError> {
        let path = self.inbox.join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BankError::io("open", &path, error)),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| BankError::io("read", &path, error))?;
        let whole = u64::try_from(bytes.len()).is_ok_and(|length| length <= FILE_BYTES_MAX);
        Ok(Some(if whole { Contents::Whole(bytes) } else { Contents::TooLarge(bytes) }))
    }

    /// Whether a file still waits.
    pub(crate) fn is_waiting(&self, name: &str) -> bool {
        self.inbox.join(name).exists()
    }

    /// Puts a document into the outbox unless it is there already.
    pub(crate) fn deliver(&self, name: &str, document: &str) -> Result<(), BankError> {
        let path = self.outbox.join(name);
        if path.exists() {
            return Ok(());
        }
        super::write_atomically(&path, document.as_bytes())
    }

    /// Puts an answered file away.
    pub(crate) fn archive(&self, name: &str, seq: u64) -> Result<(), BankError> {
        rename(&self.inbox.join(name), &free_name(&self.archive, name, seq))
    }

    /// Puts a file away that nobody can be answered about, with the reason beside it.
    pub(crate) fn reject(&self, name: &str, seq: u64, reason: &str) -> Result<(), BankError> {
        let place = free_name(&self.rejected, name, seq);
        let mut note = place.clone().into_os_string();
        note.push(".reason");
        super::write_atomically(Path::new(&note), format!("{reason}\n").as_bytes())?;
        rename(&self.inbox.join(name), &place)
    }
}

/// The file's own name, or with a number behind it when an older file of that name is there.
fn free_name(folder: &Path, name: &str, seq: u64) -> PathBuf {
    let place = folder.join(name);
    if place.exists() { folder.join(format!("{name}.{seq}")) } else { place }
}

fn lock(dir: &Path) -> Result<File, BankError> {
    let path = dir.join(".lock");
    let file = File::create(&path).map_err(|error| BankError::io("create", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BankError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(BankError::io("lock", &path, error)),
    }
}
