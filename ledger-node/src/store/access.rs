//! How tables are read and written, and what can go wrong.

use dure_score::{StateError, StateRead};

use super::{batch::Batch, table::Table};

/// Version of all that is stored: tables, keys and values. A folder with another one is refused, never guessed at.
pub const FORMAT: u32 = 3;

/// Why the store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The storage engine failed: disk full, file damaged, locked by another process …
    #[error("the store failed: {0}")]
    Engine(String),
    /// Bytes that we wrote do not read back as what they are.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The folder was written by a build that stores things differently.
    #[error(
        "the data folder has format {found}, this build reads and writes format {FORMAT}: make a backup with the build that wrote \
         it and restore that, or empty the folder and join from a snapshot"
    )]
    OldFormat {
        /// The folder's version; 1 for all builds that did not write one.
        found: u32,
    },
}

impl StoreError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Engine(_) => "STORE_ENGINE",
            Self::Corrupt(_) => "STORE_CORRUPT",
            Self::OldFormat { .. } => "LEDGER_OLD_FORMAT",
        }
    }
}

/// Records that follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The first is this key's, or the next one's.
    pub from: &'a [u8],
    /// So many at most.
    pub limit: usize,
}

/// Gets an entry: the number of its run, key, and value.
pub type Take<'a> = dyn FnMut(usize, &[u8], &[u8]) + 'a;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Reads tables.
pub trait Read {
    /// The value under `key`.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// The values under `keys`, in their order: cheaper than one by one where the keys are sorted and many.
    fn get_many(&self, table: Table, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        keys.iter().map(|key| self.get(table, key)).collect()
    }
    /// Up to `limit` entries whose key begins with `prefix`, in order of key.
    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError>;
    /// Up to `limit` entries whose key is `from` or comes after it, in order of key.
    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError>;
    /// Hands out the entries of several runs, with the number of the run: for many small reads, or one long one. Runs in order of
    /// key are read best.
    fn runs(&self, table: Table, runs: &[Run<'_>], take: &mut Take<'_>) -> Result<(), StoreError> {
        for (number, run) in runs.iter().enumerate() {
            for (key, value) in self.scan_from(table, run.from, run.limit)? {
                take(number, &key, &value);
            }
        }
        Ok(())
    }
}

/// A durable set of tables.
pub trait Store: Read + Send + Sync {
    /// All tables as they are now, unmoved by later writes.
    fn view(&self) -> Box<dyn Read + Sync + '_>;
    /// Applies all changes or none; durable when it returns.
    fn write(&self, batch: Batch) -> Result<(), StoreError>;
    /// Applies all changes, but what is durable of them before [`Store::flush`] is open: for a store that is being built.
    fn load(&self, batch: Batch) -> Result<(), StoreError>;
    /// Makes durable what was loaded.
    fn flush(&self) -> Result<(), StoreError>;
}

/// The contract's state in a store or view.
#[derive(Clone, Copy)]
pub struct StateView<'a>(pub &'a dyn Read);

impl StateRead for StateView<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.0.get(Table::State, key).map_err(|error| StateError(error.to_string()))
    }

    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        self.0.scan(Table::State, prefix, limit).map_err(|error| StateError(error.to_string()))
    }
}
