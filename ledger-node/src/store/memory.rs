//! The store's twin in memory: for tests and simulation. A view shares the tables; a write while views exist
//! copies what it changes.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::RwLock;

use super::{Batch, Change, Pair, Read, Store, StoreError, Table};

type Tables = BTreeMap<Table, Arc<BTreeMap<Vec<u8>, Vec<u8>>>>;

/// Tables in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: RwLock<Tables>,
}

struct View(Tables);

impl Read for View {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(&table).and_then(|entries| entries.get(key)).cloned())
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let Some(entries) = self.0.get(&table) else { return Ok(Vec::new()) };
        let from = entries.range(prefix.to_vec()..);
        let found = from.take_while(|(key, _)| key.starts_with(prefix)).take(limit);
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let Some(entries) = self.0.get(&table) else { return Ok(Vec::new()) };
        let found = entries.range(from.to_vec()..).take(limit);
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Read for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables.read().get(&table).and_then(|entries| entries.get(key)).cloned())
    }

    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        View(self.tables.read().clone()).scan(table, prefix, limit)
    }

    fn scan_from(&self, table: Table, from: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        View(self.tables.read().clone()).scan_from(table, from, limit)
    }
}

impl Store for MemoryStore {
    fn view(&self) -> Box<dyn Read + Sync + '_> {
        Box::new(View(self.tables.read().clone()))
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut tables = self.tables.write();
        for (table, change) in batch.changes() {
            let entries = Arc::make_mut(tables.entry(table).or_default());
            match change {
                Change::Put(key, value) => drop(entries.insert(key.to_vec(), value.to_vec())),
                Change::Delete(key) => drop(entries.remove(key)),
                Change::DeleteRange(from, to) => {
                    entries.retain(|key, _| key.as_slice() < from || key.as_slice() >= to)
                }
            }
        }
        Ok(())
    }

    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        self.write(batch)
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
