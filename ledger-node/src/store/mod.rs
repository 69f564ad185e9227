//! Where everything durable lives: tables of bytes, one atomic and synced write a block, consistent views.
//!
//! The trait is small on purpose: what a key or value means is decided once, above it ([`crate::record`],
//! [`crate::ledger`]), and both implementations pass one suite ([`RocksStore`] on disk, [`MemoryStore`] its twin).

mod batch;
mod memory;
mod options;
mod reader;
mod rocks;
#[cfg(test)]
mod suite;

use dure_score::{StateError, StateRead};

pub use batch::Batch;
pub(crate) use batch::Change;
pub use memory::MemoryStore;
pub use reader::RocksReader;
pub use rocks::RocksStore;

/// Version of all that is stored: tables, keys and values. A folder with another one is refused, never guessed at.
pub const FORMAT: u32 = 3;

/// A table (in RocksDB: a column family). The names are disk format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Contract state: key and value as the contract has them.
    State,
    /// Leaves of the state tree: SHA-256 of a state key → SHA-256 of the value.
    Leaves,
    /// Height → header, digest, roots, certificate.
    Headers,
    /// Height and number → some of the block's transactions with what their receipts add ([`crate::record::rows`]).
    Blocks,
    /// Transaction id → height and index of its first occurrence.
    TxIndex,
    /// Block digest → height.
    BlockHash,
    /// Head, genesis, version of the format.
    Meta,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 7] =
        [Self::State, Self::Leaves, Self::Headers, Self::Blocks, Self::TxIndex, Self::BlockHash, Self::Meta];

    /// The name on disk.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Leaves => "leaves",
            Self::Headers => "headers",
            Self::Blocks => "blocks",
            Self::TxIndex => "tx_index",
            Self::BlockHash => "block_hash",
            Self::Meta => "meta",
        }
    }
}

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
