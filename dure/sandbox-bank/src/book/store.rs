//! The book on disk: one JSON file, replaced as a whole, so that a crash leaves either the old book or the new one.

use super::records::Book;
use crate::error::BankError;
use crate::files::write_atomically;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where the book is kept.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
}

impl Store {
    /// A book kept in this folder.
    pub(crate) fn in_dir(dir: &Path) -> Self {
        Self { path: dir.join("book.json") }
    }

    /// Reads the book, or starts an empty one where there is none. A book that does not add up is refused.
    pub(crate) fn load(&self) -> Result<Book, BankError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Book::empty()),
            Err(error) => return Err(BankError::io("read", &self.path, error)),
        };
        let mut book: Book =
            serde_json::from_slice(&bytes).map_err(|error| self.refuse(error.to_string()))?;
        book.audit().map_err(|reason| self.refuse(reason))?;
        book.index();
        Ok(book)
    }

    /// Writes the book; when this returns, it survives a power cut.
    pub(crate) fn save(&self, book: &Book) -> Result<(), BankError> {
        book.audit().map_err(|reason| self.refuse(reason))?;
        let bytes = serde_json::to_vec(book).map_err(|error| self.refuse(error.to_string()))?;
        write_atomically(&self.path, &bytes)
    }

    fn refuse(&self, reason: String) -> BankError {
        BankError::Book { path: self.path.clone(), reason }
    }
}
