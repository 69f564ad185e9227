//! Reads the database of a node that may be running: a *secondary* of RocksDB, which takes no lock and writes nothing into the
//! node's folder.
//!
//! It shows the files as they were when it was opened. A node that writes meanwhile may leave it with tables of slightly
//! different age; whoever reads must check that what belongs together fits, and open again if it does not.

use std::path::Path;

use rocksdb::{Options, ReadOptions};

use super::{
    Pair, Read, Run, StoreError, Table, Take, options,
    rocks::{Db, bounded, check_format, check_tables, collect, engine, from, handle, read_runs},
};

/// Memory for cached blocks, bytes: a copy reads everything once and in order.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// A node's tables, to read.
pub struct RocksReader {
    db: Db,
}

impl RocksReader {
    /// Opens the database in `dir`; `scratch` is a folder for the reader's own log, to be removed afterwards.
    /// Fails if it was written in another format.
    pub fn open(dir: &Path, scratch: &Path) -> Result<Self, StoreError> {
        check_tables(dir)?;
        let mut options = Options::default();
        // Every file is held open, so that one which the node replaces stays readable.
        options.set_max_open_files(-1);
        options.set_keep_log_file_num(1);
        let tables = options::tables(CACHE_BYTES);
        let db = Db::open_cf_descriptors_as_secondary(&options, dir, scratch, tables).map_err(engine)?;
        let reader = Self { db };
        check_format(&reader)?;
        Ok(reader)
    }
}

impl Read for RocksReader {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db.get_cf(handle(&self.db, table)?, key).map_err(engine)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let options = bounded(ReadOptions::default(), prefix);
        collect(self.db.iterator_cf_opt(handle(&self.db, table)?, options, from(prefix)), limit)
    }

    fn scan_from(&self, table: Table, key: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        collect(self.db.iterator_cf(handle(&self.db, table)?, from(key)), limit)
    }

    fn runs(&self, table: Table, runs: &[Run<'_>], take: &mut Take<'_>) -> Result<(), StoreError> {
        read_runs(self.db.raw_iterator_cf(handle(&self.db, table)?), runs, take)
    }
}
