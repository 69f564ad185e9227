//! Opens a damaged folder as a node does and reads all of it.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use dure_score::{Hash32, state::Changes};
use ledger_node::{
    history::{
        archive::import::origin,
        ledger::{Ledger, LedgerError},
    },
    state::tree::StateTree,
    store::{MemoryStore, Read as _, RocksStore, StoreError, Table},
};

use crate::store::genesis;

/// What a ledger held before the damage, by height.
pub type Before = BTreeMap<u64, (Hash32, Hash32)>;

/// What came of the damage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// The node does not open.
    Refused,
    /// It opens; a read says that the bytes are not what was written.
    Unreadable,
    /// Nothing is missing and nothing differs.
    Unharmed,
    /// An earlier state of the same ledger: so many blocks are missing at the end.
    Shorter(u64),
    /// Another ledger, and nothing said so.
    Silent(String),
}

/// Looks at the ledger in `dir`.
pub fn examine(dir: &Path, before: &Before) -> Found {
    let looked = catch_unwind(AssertUnwindSafe(|| look(dir, before)));
    looked.unwrap_or_else(|_| Found::Silent("a panic".to_owned()))
}

fn look(dir: &Path, before: &Before) -> Found {
    let store = match RocksStore::open(dir) {
        Ok(store) => Arc::new(store),
        Err(error) => return refused(&error.into()),
    };
    let ledger = match Ledger::open(Arc::clone(&store) as _, genesis(), &origin(&genesis())) {
        Ok(ledger) => ledger,
        Err(error) => return refused(&error),
    };
    match read_all(&store, &ledger, before) {
        Ok(found) => found,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Found::Unreadable
        }
    }
}

fn refused(error: &LedgerError) -> Found {
    assert!(!error.code().is_empty() && !error.to_string().is_empty());
    Found::Refused
}

fn read_all(store: &RocksStore, ledger: &Ledger, before: &Before) -> Result<Found, StoreError> {
    let head = ledger.head();
    let last = *before.keys().next_back().unwrap();
    for height in 0..=head.height {
        let Some(record) = ledger.record(height)? else {
            return Ok(Found::Silent(format!("block {height} of {} is missing", head.height)));
        };
        if before.get(&height) != Some(&(record.digest, record.state_root)) {
            return Ok(Found::Silent(format!("block {height} is another one")));
        }
        let (items, receipts) = (ledger.items(height)?, ledger.receipts(height)?);
        if items.len() != receipts.len() {
            return Ok(Found::Silent(format!("block {height} has lost transactions or receipts")));
        }
        for receipt in &receipts {
            if ledger.locate(&receipt.tx)?.is_none() {
                return Ok(Found::Silent(format!("{} has left the index", receipt.tx)));
            }
        }
    }
    for table in Table::ALL {
        store.scan_from(table, b"", usize::MAX)?;
    }
    let root = root_of(store)?;
    if root != head.state_root {
        return Ok(Found::Silent(format!("the state at block {} is another one", head.height)));
    }
    Ok(if head.height == last { Found::Unharmed } else { Found::Shorter(last - head.height) })
}

/// The root of the state as it is stored, made anew from every value.
fn root_of(store: &RocksStore) -> Result<Hash32, StoreError> {
    let state = store.scan_from(Table::State, b"", usize::MAX)?;
    let changes: Changes = state.into_iter().map(|(key, value)| (key, Some(value))).collect();
    Ok(StateTree::empty(0).prepare(&MemoryStore::default(), 0, &changes)?.root())
}
