//! Looks, when a ledger opens, whether its newest blocks are all there.
//!
//! The storage engine checks every byte that it reads, but not that its list of files is complete: one whose end was torn off names
//! older files, to which the engine adds the newest log. What was written in between is then missing without an error. Such a gap
//! lies right below the oldest block of the log, so looking at as many blocks as a log can hold finds it. All tables are flushed
//! together, so what holds for one holds for all.

use crate::store::{
    Read, StoreError, Table,
    record::{BlockRecord, Head, height_key, read},
};

/// Blocks that are looked at: as many as fit into the store's log (64 MiB) if each takes 1 KiB, less than an empty one does.
const NEWEST: u64 = 65_536;

/// Blocks that are read at once.
const PAGE: usize = 1_024;

/// Refuses a ledger that lacks one of its newest blocks above `lowest`, or whose head is not its last block.
pub fn check(store: &dyn Read, head: &Head, lowest: u64) -> Result<(), StoreError> {
    let missing = |height: u64| StoreError::Corrupt(format!("block {height} of {} is missing", head.height));
    let mut next = head.height.saturating_sub(NEWEST).max(lowest);
    while next <= head.height {
        let page = store.scan_from(Table::Headers, &height_key(next), PAGE)?;
        for (key, value) in &page {
            if key.as_slice() != height_key(next).as_slice() {
                return Err(missing(next));
            }
            if next == head.height {
                let record: BlockRecord = read("block record", value)?;
                let same = (record.digest, record.state_root) == (head.digest, head.state_root);
                return if same { Ok(()) } else { Err(missing(next)) };
            }
            next = next.saturating_add(1);
        }
        if page.is_empty() {
            return Err(missing(next));
        }
    }
    Ok(())
}
