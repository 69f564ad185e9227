//! The store on disk: RocksDB, one column family a table, every write synced.

use std::path::Path;

use rocksdb::{
    ColumnFamily, DBIteratorWithThreadMode, DBRawIteratorWithThreadMode, DBWithThreadMode, Direction,
    IteratorMode, Options, PrefixRange, ReadOptions, SingleThreaded, SnapshotWithThreadMode, WriteBatch,
    WriteOptions,
};

use super::{Batch, Change, FORMAT, Pair, Read, Run, Store, StoreError, Table, Take, options};

/// Tables never come or go while a database is open, so that looking one up takes no lock.
pub(super) type Db = DBWithThreadMode<SingleThreaded>;

/// Key of the format's version in the meta table.
const FORMAT_KEY: &[u8] = b"format";

/// The version of every build that did not write one.
const UNNUMBERED: u32 = 1;

/// Bytes that the engine adds to a change in its own batch, at most: kind, table, two lengths.
const AROUND: usize = 12;

/// Tables in RocksDB.
pub struct RocksStore {
    db: Db,
}

impl RocksStore {
    /// Opens the database in `dir`, creating it if need be. Fails if another process has it open, or if it was written in
    /// another format.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        check_tables(dir)?;
        let db = Db::open_cf_descriptors(&options::engine(), dir, options::node_tables()).map_err(engine)?;
        let store = Self { db };
        if store.scan(Table::Meta, &[], 1)?.is_empty() {
            let mut batch = Batch::default();
            batch.put(Table::Meta, FORMAT_KEY, FORMAT.to_be_bytes());
            store.write(batch)?;
        }
        check_format(&store)?;
        Ok(store)
    }

    fn apply(&self, batch: &Batch, options: &WriteOptions) -> Result<(), StoreError> {
        let mut all =
            WriteBatch::with_capacity_bytes(batch.size().saturating_add(batch.len().saturating_mul(AROUND)));
        let mut last: Option<(Table, &ColumnFamily)> = None;
        for (table, change) in batch.changes() {
            // Changes of one table follow one another.
            let known = last.filter(|(known, _)| *known == table);
            let (_, at) = *last.insert(known.map_or_else(|| Ok((table, handle(&self.db, table)?)), Ok)?);
            match change {
                Change::Put(key, value) => all.put_cf(at, key, value),
                Change::Delete(key) => all.delete_cf(at, key),
                Change::DeleteRange(from, to) => all.delete_range_cf(at, from, to),
            }
        }
        self.db.write_opt(all, options).map_err(engine)
    }
}

/// Refuses a folder with tables that this build does not have: the engine would only say that it cannot open them.
pub(super) fn check_tables(dir: &Path) -> Result<(), StoreError> {
    // A folder without a database has no tables to list; any other trouble shows when it is opened.
    let there = Db::list_cf(&Options::default(), dir).unwrap_or_default();
    let known = |name: &String| name == "default" || Table::ALL.iter().any(|table| table.name() == name);
    if there.iter().all(known) { Ok(()) } else { Err(StoreError::OldFormat { found: UNNUMBERED }) }
}

/// Refuses what was written in another format.
pub(super) fn check_format(from: &dyn Read) -> Result<(), StoreError> {
    let stored = from.get(Table::Meta, FORMAT_KEY)?;
    let found = stored.and_then(|bytes| bytes.try_into().ok()).map_or(UNNUMBERED, u32::from_be_bytes);
    if found == FORMAT { Ok(()) } else { Err(StoreError::OldFormat { found }) }
}

pub(super) fn handle(db: &Db, table: Table) -> Result<&ColumnFamily, StoreError> {
    let missing = || StoreError::Corrupt(format!("table {} is missing", table.name()));
    db.cf_handle(table.name()).ok_or_else(missing)
}

pub(super) fn engine(error: rocksdb::Error) -> StoreError {
    StoreError::Engine(error.into_string())
}

/// Where a scan begins and which options bound it: without an end the engine would look beyond the prefix.
pub(super) fn bounded(mut options: ReadOptions, prefix: &[u8]) -> ReadOptions {
    if !prefix.is_empty() {
        options.set_iterate_range(PrefixRange(prefix));
    }
    options
}

pub(super) const fn from(key: &[u8]) -> IteratorMode<'_> {
    IteratorMode::From(key, Direction::Forward)
}

pub(super) fn collect(
    entries: DBIteratorWithThreadMode<'_, Db>,
    limit: usize,
) -> Result<Vec<Pair>, StoreError> {
    entries
        .take(limit)
        .map(|entry| entry.map(|(key, value)| (key.into_vec(), value.into_vec())).map_err(engine))
        .collect()
}

fn get_many(
    db: &Db,
    table: Table,
    keys: &[&[u8]],
    options: &ReadOptions,
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let found = db.batched_multi_get_cf_opt(handle(db, table)?, keys, keys.is_sorted(), options);
    found.into_iter().map(|value| Ok(value.map_err(engine)?.map(|value| value.to_vec()))).collect()
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
        self.db.get_cf(handle(&self.db, table)?, key).map_err(engine)
    }

    fn get_many(&self, table: Table, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        get_many(&self.db, table, keys, &ReadOptions::default())
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

struct View<'a> {
    db: &'a Db,
    snapshot: SnapshotWithThreadMode<'a, Db>,
}

impl Read for View<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.snapshot.get_cf(handle(self.db, table)?, key).map_err(engine)
    }

    fn get_many(&self, table: Table, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let mut options = ReadOptions::default();
        options.set_snapshot(&self.snapshot);
        get_many(self.db, table, keys, &options)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let options = bounded(ReadOptions::default(), prefix);
        collect(self.snapshot.iterator_cf_opt(handle(self.db, table)?, options, from(prefix)), limit)
    }

    fn scan_from(&self, table: Table, key: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        collect(self.snapshot.iterator_cf(handle(self.db, table)?, from(key)), limit)
    }

    fn runs(&self, table: Table, runs: &[Run<'_>], take: &mut Take<'_>) -> Result<(), StoreError> {
        read_runs(self.snapshot.raw_iterator_cf(handle(self.db, table)?), runs, take)
    }
}

impl Store for RocksStore {
    fn view(&self) -> Box<dyn Read + Sync + '_> {
        Box::new(View { db: &self.db, snapshot: self.db.snapshot() })
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut synced = WriteOptions::default();
        synced.set_sync(true);
        self.apply(&batch, &synced)
    }

    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        let mut unlogged = WriteOptions::default();
        unlogged.disable_wal(true);
        self.apply(&batch, &unlogged)
    }

    fn flush(&self) -> Result<(), StoreError> {
        Table::ALL
            .into_iter()
            .try_for_each(|table| self.db.flush_cf(handle(&self.db, table)?).map_err(engine))
    }
}
