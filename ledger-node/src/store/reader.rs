//! Reads the database of a node that may be running: a *secondary* of RocksDB, which takes no lock and writes nothing into the
//! node's folder.
//!
//! It shows the files as they were when it was opened. A node that writes meanwhile may leave it with tables of slightly
//! different age; whoever reads must check that what belongs together fits, and open again if it does not.

use std::path::Path;

use rocksdb::{Cache, ColumnFamilyDescriptor, Direction, IteratorMode, Options};

use super::{
    Pair, Read, StoreError, Table,
    rocks::{Db, collect, engine, handle, refuse_old, table_options},
};

/// Memory for cached blocks, bytes: a copy reads everything once and in order.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// A node's tables, to read.
pub struct RocksReader {
    db: Db,
}

impl RocksReader {
    /// Opens the database in `dir`; `scratch` is a folder for the reader's own log, to be removed afterwards.
    pub fn open(dir: &Path, scratch: &Path) -> Result<Self, StoreError> {
        refuse_old(dir)?;
        let mut options = Options::default();
        // Every file is held open, so that one which the node replaces stays readable.
        options.set_max_open_files(-1);
        options.set_keep_log_file_num(1);
        let cache = Cache::new_lru_cache(CACHE_BYTES);
        let tables = Table::ALL.map(|table| ColumnFamilyDescriptor::new(table.name(), table_options(&cache)));
        let db = Db::open_cf_descriptors_as_secondary(&options, dir, scratch, tables).map_err(engine)?;
        Ok(Self { db })
    }
}

impl Read for RocksReader {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db.get_cf(&handle(&self.db, table)?, key).map_err(engine)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let from = IteratorMode::From(prefix, Direction::Forward);
        collect(self.db.iterator_cf(&handle(&self.db, table)?, from), prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let from = IteratorMode::From(from, Direction::Forward);
        collect(self.db.iterator_cf(&handle(&self.db, table)?, from), &[], limit)
    }
}
