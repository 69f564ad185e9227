//! The store on disk: RocksDB, one column family a table, every write synced.

use std::path::Path;

use rocksdb::{
    BlockBasedOptions, BoundColumnFamily, Cache, ColumnFamilyDescriptor, DBCompressionType,
    DBIteratorWithThreadMode, DBRawIteratorWithThreadMode, DBRecoveryMode, DBWithThreadMode, Direction,
    IteratorMode, MultiThreaded, Options, SnapshotWithThreadMode, WriteBatch, WriteOptions,
};
use std::sync::Arc;

use super::{Batch, Pair, Read, Run, Store, StoreError, Table, Take};

pub(super) type Db = DBWithThreadMode<MultiThreaded>;

/// Memory for cached blocks of all tables, bytes. Hot accounts fit; the rest is the operating system's to cache.
const CACHE_BYTES: usize = 48 * 1024 * 1024;
/// Memory for unflushed writes of all tables, bytes.
const WRITE_BUFFER_BYTES: usize = 32 * 1024 * 1024;
/// Write-ahead log kept at most, bytes: bounds the time to open after a crash.
const MAX_WAL_BYTES: u64 = 64 * 1024 * 1024;
/// Files held open at most.
const MAX_OPEN_FILES: i32 = 256;
/// Bits a key in the filters that spare a disk read for absent keys (about 1 % false answers).
const BLOOM_BITS: f64 = 10.0;

/// Tables in RocksDB.
pub struct RocksStore {
    db: Db,
}

impl RocksStore {
    /// Opens the database in `dir`, creating it if need be. Fails if another process has it open.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        refuse_old(dir)?;
        let mut options = Options::default();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_db_write_buffer_size(WRITE_BUFFER_BYTES);
        options.set_max_total_wal_size(MAX_WAL_BYTES);
        options.set_max_open_files(MAX_OPEN_FILES);
        options.set_keep_log_file_num(4);
        // A log may end in the middle of a record: that write was never acknowledged. Anything else that does not add up is damage,
        // and a store that went on from before it would have forgotten blocks.
        options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
        // So would one that went on without a log that ought to be there.
        options.set_track_and_verify_wals_in_manifest(true);
        let cache = Cache::new_lru_cache(CACHE_BYTES);
        let tables = Table::ALL.map(|table| ColumnFamilyDescriptor::new(table.name(), table_options(&cache)));
        let db = Db::open_cf_descriptors(&options, dir, tables).map_err(engine)?;
        Ok(Self { db })
    }

    fn table(&self, table: Table) -> Result<Arc<BoundColumnFamily<'_>>, StoreError> {
        handle(&self.db, table)
    }

    fn apply(&self, batch: Batch, options: &WriteOptions) -> Result<(), StoreError> {
        let mut all = WriteBatch::default();
        for (table, key, value) in batch.into_changes() {
            let table = self.table(table)?;
            match value {
                Some(value) => all.put_cf(&table, key, value),
                None => all.delete_cf(&table, key),
            }
        }
        self.db.write_opt(all, options).map_err(engine)
    }
}

/// Refuses a database with tables that this version does not have.
pub(super) fn refuse_old(dir: &Path) -> Result<(), StoreError> {
    // It lists none of a folder that is not a database yet.
    let tables = Db::list_cf(&Options::default(), dir).unwrap_or_default();
    let known = |name: &String| name == "default" || Table::ALL.iter().any(|table| table.name() == *name);
    if tables.iter().all(known) { Ok(()) } else { Err(StoreError::OldFormat) }
}

pub(super) fn handle(db: &Db, table: Table) -> Result<Arc<BoundColumnFamily<'_>>, StoreError> {
    let missing = || StoreError::Corrupt(format!("table {} is missing", table.name()));
    db.cf_handle(table.name()).ok_or_else(missing)
}

pub(super) fn table_options(cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_bloom_filter(BLOOM_BITS, false);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    let mut options = Options::default();
    options.set_block_based_table_factory(&blocks);
    options.set_compression_type(DBCompressionType::Lz4);
    options
}

pub(super) fn engine(error: rocksdb::Error) -> StoreError {
    StoreError::Engine(error.into_string())
}

pub(super) fn collect(
    entries: DBIteratorWithThreadMode<'_, Db>,
    prefix: &[u8],
    limit: usize,
) -> Result<Vec<Pair>, StoreError> {
    let mut found = Vec::new();
    for entry in entries.take(limit) {
        let (key, value) = entry.map_err(engine)?;
        if !key.starts_with(prefix) {
            break;
        }
        found.push((key.into_vec(), value.into_vec()));
    }
    Ok(found)
}

/// One iterator for all runs: making one costs as much as reading a short run.
pub(super) fn read_runs(
    mut entries: DBRawIteratorWithThreadMode<'_, Db>,
    runs: &[Run<'_>],
    take: &mut Take<'_>,
) -> Result<(), StoreError> {
    for (number, run) in runs.iter().enumerate() {
        entries.seek(run.from);
        for left in (0..run.limit).rev() {
            let Some((key, value)) = entries.item() else { break };
            take(number, key, value);
            if left > 0 {
                entries.next();
            }
        }
        entries.status().map_err(engine)?;
    }
    Ok(())
}

impl Read for RocksStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db.get_cf(&self.table(table)?, key).map_err(engine)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let from = IteratorMode::From(prefix, Direction::Forward);
        collect(self.db.iterator_cf(&self.table(table)?, from), prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let from = IteratorMode::From(from, Direction::Forward);
        collect(self.db.iterator_cf(&self.table(table)?, from), &[], limit)
    }

    fn runs(&self, table: Table, runs: &[Run<'_>], take: &mut Take<'_>) -> Result<(), StoreError> {
        read_runs(self.db.raw_iterator_cf(&self.table(table)?), runs, take)
    }
}

struct View<'a> {
    store: &'a RocksStore,
    snapshot: SnapshotWithThreadMode<'a, Db>,
}

impl Read for View<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.snapshot.get_cf(&self.store.table(table)?, key).map_err(engine)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let from = IteratorMode::From(prefix, Direction::Forward);
        collect(self.snapshot.iterator_cf(&self.store.table(table)?, from), prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let from = IteratorMode::From(from, Direction::Forward);
        collect(self.snapshot.iterator_cf(&self.store.table(table)?, from), &[], limit)
    }

    fn runs(&self, table: Table, runs: &[Run<'_>], take: &mut Take<'_>) -> Result<(), StoreError> {
        read_runs(self.snapshot.raw_iterator_cf(&self.store.table(table)?), runs, take)
    }
}

impl Store for RocksStore {
    fn view(&self) -> Box<dyn Read + '_> {
        Box::new(View { store: self, snapshot: self.db.snapshot() })
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut synced = WriteOptions::default();
        synced.set_sync(true);
        self.apply(batch, &synced)
    }

    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        let mut unlogged = WriteOptions::default();
        unlogged.disable_wal(true);
        self.apply(batch, &unlogged)
    }

    fn flush(&self) -> Result<(), StoreError> {
        Table::ALL.into_iter().try_for_each(|table| self.db.flush_cf(&self.table(table)?).map_err(engine))
    }
}
