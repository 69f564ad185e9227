//! Bugs between ledger and store.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use dure_score::{Amount, codec, holdings::Holdings, record::Certificate, window::NonceWindow};
use ledger_node::store::{Batch, MemoryStore, Pair, Read, Store, StoreError, Table};
use parking_lot::Mutex;

use crate::seams::Seams;

/// More entries than any seed makes.
const MANY: usize = 1_000_000;

type Around = dyn Fn(&dyn Store, Batch) -> Result<(), StoreError> + Send + Sync;

/// A store whose writes are something else.
struct Tampered {
    inner: Arc<dyn Store>,
    write: Box<Around>,
}

impl Tampered {
    fn over(
        inner: Arc<dyn Store>,
        write: impl Fn(&dyn Store, Batch) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Arc<dyn Store> {
        Arc::new(Self { inner, write: Box::new(write) })
    }
}

impl Read for Tampered {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(table, key)
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.inner.scan(table, prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.inner.scan_from(table, from, limit)
    }
}

impl Store for Tampered {
    fn view(&self) -> Box<dyn Read + Sync + '_> {
        self.inner.view()
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        (self.write)(&*self.inner, batch)
    }

    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        self.inner.load(batch)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.inner.flush()
    }
}

fn all(store: &dyn Store, table: Table, prefix: &[u8]) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, StoreError> {
    Ok(store.scan(table, prefix, MANY)?.into_iter().collect())
}

/// Makes everything under `prefix` as it was.
fn put_back(
    store: &dyn Store,
    table: Table,
    prefix: &[u8],
    before: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> Result<(), StoreError> {
    let mut batch = Batch::default();
    for key in all(store, table, prefix)?.into_keys().filter(|key| !before.contains_key(key)) {
        batch.delete(table, key);
    }
    for (key, value) in before {
        batch.put(table, key.as_slice(), value.as_slice());
    }
    store.write(batch)
}

/// Records of one kind are never written.
pub struct Forgets(pub u8);

impl Seams for Forgets {
    fn store(&self, _: usize, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        let kind = self.0;
        Tampered::over(inner, move |store, batch| {
            let before = all(store, Table::State, &[kind])?;
            store.write(batch)?;
            put_back(store, Table::State, &[kind], &before)
        })
    }
}

/// The numbers that certificates have used are never written.
pub struct NumbersForgotten;

impl Seams for NumbersForgotten {
    fn store(&self, _: usize, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Tampered::over(inner, |store, batch| {
            store.write(batch)?;
            let mut forgetting = Batch::default();
            for (key, value) in all(store, Table::State, b"C")? {
                let record: Certificate =
                    codec::decode(&value).map_err(|error| StoreError::Corrupt(error.to_string()))?;
                let forgotten = Certificate { window: NonceWindow::default(), ..record };
                forgetting.put(Table::State, key.as_slice(), codec::encode(&forgotten));
            }
            store.write(forgetting)
        })
    }
}

type Snapshot = Vec<(Table, BTreeMap<Vec<u8>, Vec<u8>>)>;

/// A crash undoes the last write, of some tables.
pub struct Undone {
    tables: &'static [Table],
    last: Arc<Mutex<BTreeMap<usize, Snapshot>>>,
}

impl Undone {
    /// The state alone: half of a batch.
    pub fn state_only() -> Self {
        Self { tables: &[Table::State], last: Arc::default() }
    }

    /// Everything: a write that was never made durable.
    pub fn whole() -> Self {
        Self { tables: &Table::ALL, last: Arc::default() }
    }
}

impl Seams for Undone {
    fn store(&self, node: usize, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        let (tables, last) = (self.tables, Arc::clone(&self.last));
        // Block 0 is not at stake.
        last.lock().remove(&node);
        Tampered::over(inner, move |store, batch| {
            if store.get(Table::Meta, b"head")?.is_some() {
                let snapshot: Result<Snapshot, _> =
                    tables.iter().map(|table| Ok((*table, all(store, *table, b"")?))).collect();
                last.lock().insert(node, snapshot?);
            }
            store.write(batch)
        })
    }

    fn ended(&self, node: usize, disk: &MemoryStore) {
        for (table, before) in self.last.lock().remove(&node).into_iter().flatten() {
            put_back(disk, table, b"", &before).unwrap();
        }
    }
}

/// Adds a won to the first account when there are many transactions.
pub struct WonAppears;

impl Seams for WonAppears {
    fn store(&self, _: usize, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Tampered::over(inner, |store, batch| {
            let rich = |store: &dyn Store| Ok(store.scan(Table::TxIndex, b"", MANY)?.len() / 64);
            let before: usize = rich(store)?;
            store.write(batch)?;
            if rich(store)? > before {
                grow(store, &all(store, Table::State, b"H")?, |_, _| 1)?;
            }
            Ok(())
        })
    }
}

/// After a restart what the first block with credits brings is booked twice.
#[derive(Default)]
pub struct AppliedTwice(Mutex<BTreeMap<usize, u32>>);

impl Seams for AppliedTwice {
    fn store(&self, node: usize, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        let mut lives = self.0.lock();
        let lives = lives.entry(node).or_default();
        *lives += 1;
        let again = AtomicBool::new(*lives > 1);
        Tampered::over(inner, move |store, batch| {
            let before = all(store, Table::State, b"H")?;
            store.write(batch)?;
            if !again.load(Ordering::Relaxed) {
                return Ok(());
            }
            let grown = grow(store, &all(store, Table::State, b"H")?, |key, now| {
                let old = before.get(key).map_or(0, |value| total(value));
                now.saturating_sub(old)
            })?;
            again.store(!grown, Ordering::Relaxed);
            Ok(())
        })
    }
}

fn total(value: &[u8]) -> u64 {
    minicbor::decode::<Holdings>(value).unwrap().total().get()
}

/// Adds to the first account for which `by` says a number; says whether there was one.
fn grow(
    store: &dyn Store,
    accounts: &BTreeMap<Vec<u8>, Vec<u8>>,
    by: impl Fn(&[u8], u64) -> u64,
) -> Result<bool, StoreError> {
    for (key, value) in accounts {
        let mut holdings: Holdings = minicbor::decode(value).unwrap();
        let more = by(key, holdings.total().get());
        if let Some(lot) = holdings.lots.first_mut().filter(|_| more > 0) {
            lot.amount = Amount::new(lot.amount.get() + more);
            let mut batch = Batch::default();
            batch.put(Table::State, key.as_slice(), dure_score::codec::encode(&holdings));
            store.write(batch)?;
            return Ok(true);
        }
    }
    Ok(false)
}
