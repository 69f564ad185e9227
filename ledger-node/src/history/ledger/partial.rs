//! A store that is being filled with a whole state: marked until its head is written, and cleared by whoever finds the mark.
//!
//! Without the mark a kill in the middle would leave entries of which no head knows. With it the store counts as empty.

use crate::store::{Batch, Store, StoreError, Table, record::height_key};

/// Key in the meta table that says that tables are being filled.
const IMPORTING: &[u8] = b"importing";

/// Entries that are deleted at once when a partial import is cleared.
const CLEAR: usize = 10_000;

/// Marks the store before it is filled with the state after block `height`; clears first what an earlier attempt left.
pub fn begin(store: &dyn Store, height: u64) -> Result<(), StoreError> {
    discard(store)?;
    let mut mark = Batch::default();
    mark.put(Table::Meta, IMPORTING, height_key(height));
    store.write(mark)
}

/// Puts the removal of the mark into `batch`: the one that writes the head.
pub fn end(batch: &mut Batch) {
    batch.delete(Table::Meta, IMPORTING);
}

/// Clears what an import left that did not come to its end. Does nothing to a ledger, or to an empty store.
pub fn discard(store: &dyn Store) -> Result<(), StoreError> {
    if store.get(Table::Meta, IMPORTING)?.is_none() {
        return Ok(());
    }
    for table in [Table::State, Table::Leaves] {
        loop {
            let found = store.scan_from(table, &[], CLEAR)?;
            if found.is_empty() {
                break;
            }
            let mut batch = Batch::default();
            found.into_iter().for_each(|(key, _)| batch.delete(table, key));
            store.load(batch)?;
        }
    }
    store.flush()?;
    let mut batch = Batch::default();
    end(&mut batch);
    store.write(batch)
}
