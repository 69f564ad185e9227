//! How far a ledger has forgotten the transactions and receipts of old blocks, and how it forgets more of them.
//!
//! Headers, certificates, the index of transactions and the state stay: the chain of headers has no gap, nothing can be
//! applied a second time, and the node can say of an old transaction that it was final, though not any more what its
//! receipt said.

use dure_score::codec;

use crate::{
    measure,
    store::{
        Batch, Read, Store, StoreError, Table,
        record::{PRUNED, read, rows},
    },
};

/// Highest height whose transactions and receipts are gone; 0 if none.
pub fn pruned(from: &dyn Read) -> Result<u64, StoreError> {
    from.get(Table::Meta, PRUNED)?.map_or(Ok(0), |bytes| read("pruned height", &bytes))
}

/// Deletes what blocks above the last pruned one up to `top` hold, at most `step` of them and only if more than `slack`
/// wait. True if there is more to do.
pub(super) fn prune(store: &dyn Store, top: u64, step: u64, slack: u64) -> Result<bool, StoreError> {
    let done = pruned(store)?;
    if top.saturating_sub(done) <= slack {
        return Ok(false);
    }
    let last = top.min(done.saturating_add(step));
    let mut batch = Batch::default();
    rows::delete(&mut batch, done.saturating_add(1), last);
    batch.put(Table::Meta, PRUNED, codec::encode(&last));
    store.write(batch)?;
    measure::pruned(last);
    Ok(last < top)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::{MemoryStore, record::height_key};

    #[test]
    fn goes_in_steps_and_leaves_the_newest() {
        let store = MemoryStore::default();
        let mut batch = Batch::default();
        for height in 1..=100 {
            for number in 0..3u32 {
                batch.put(Table::Blocks, [&height_key(height)[..], &number.to_be_bytes()].concat(), b"row");
            }
            batch.put(Table::Headers, height_key(height), b"header");
        }
        store.write(batch).unwrap();
        let count = |table| store.scan(table, &[], 1_000).unwrap().len();
        assert!(!prune(&store, 16, 8, 16).unwrap(), "within the slack");
        assert!(prune(&store, 20, 8, 16).unwrap());
        assert_eq!((pruned(&store).unwrap(), count(Table::Blocks)), (8, 92 * 3));
        assert!(!prune(&store, 20, 12, 11).unwrap());
        assert_eq!((pruned(&store).unwrap(), count(Table::Blocks)), (20, 80 * 3));
        assert_eq!(count(Table::Headers), 100);
        assert_eq!(store.scan(Table::Blocks, &height_key(21), 9).unwrap().len(), 3);
    }
}
