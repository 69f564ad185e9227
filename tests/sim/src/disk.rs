//! A disk that fails: in a storm of storage faults a write may report failure, whether or not it happened.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use ledger_node::store::{Batch, Pair, Read, Store, StoreError, Table};
use parking_lot::Mutex;

use crate::rng::Rng;

/// Writes that fail while the storm lasts, of a hundred.
const FAILING: u64 = 6;

/// The store of a process.
pub struct Disk {
    inner: Arc<dyn Store>,
    storm: Arc<AtomicBool>,
    rng: Mutex<Rng>,
}

impl Disk {
    /// Over `inner`; fails while `storm` is set.
    pub fn new(inner: Arc<dyn Store>, storm: Arc<AtomicBool>, rng: Rng) -> Self {
        Self { inner, storm, rng: Mutex::new(rng) }
    }
}

impl Read for Disk {
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

impl Store for Disk {
    fn view(&self) -> Box<dyn Read + Sync + '_> {
        self.inner.view()
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        if self.storm.load(Ordering::Relaxed) {
            let mut rng = self.rng.lock();
            if rng.percent(FAILING) {
                if rng.percent(50) {
                    self.inner.write(batch)?;
                }
                return Err(StoreError::Engine("a simulated disk failed".to_owned()));
            }
        }
        self.inner.write(batch)
    }

    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        self.inner.load(batch)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.inner.flush()
    }
}
