//! What accounts held a few blocks ago.
//!
//! A header names a state that is one or a few blocks old, and the state table has only the newest values. So
//! the values that the last blocks replaced are kept in memory, those of holdings alone. After a restart they
//! are missing for as long as it takes to apply a few blocks; until then an account that changed in between
//! is not provable, and nothing else is affected.

use std::collections::VecDeque;

use dure_score::state::Changes;
use parking_lot::RwLock;

use crate::{
    state::hashed::HashMap,
    store::{Read, StoreError, Table},
};

/// Blocks that are remembered: a header names a state at most this much older than the last block, else there
/// is no account proof until it does. Full blocks of 1,000 payments replace 2,000 values of a few hundred
/// bytes, so this is some MB.
const KEPT_BLOCKS: usize = 16;

/// First byte of the key of holdings.
const HOLDINGS: u8 = b'H';

/// Values before a block, by key; `None` where there was none.
type Replaced = HashMap<Vec<u8>, Option<Vec<u8>>>;

/// The last blocks' replaced holdings, newest last.
#[derive(Debug, Default)]
pub(crate) struct Past(RwLock<VecDeque<(u64, Replaced)>>);

impl Past {
    /// What `changes` will replace; `view` is the ledger before them.
    pub(crate) fn replaced(view: &dyn Read, changes: &Changes) -> Result<Replaced, StoreError> {
        let keys = changes.keys().filter(|key| key.first() == Some(&HOLDINGS));
        keys.map(|key| Ok((key.to_vec(), view.get(Table::State, key)?))).collect()
    }

    /// Remembers what block `height` replaced. Called before the block can be seen.
    pub(crate) fn remember(&self, height: u64, replaced: Replaced) {
        let mut blocks = self.0.write();
        blocks.push_back((height, replaced));
        while blocks.len() > KEPT_BLOCKS {
            blocks.pop_front();
        }
    }

    /// The value of `key` after block `executed`, where `now` is its value after block `head`. `None` if that
    /// is too long ago.
    pub(crate) fn value_at(
        &self,
        key: &[u8],
        executed: u64,
        head: u64,
        now: Option<Vec<u8>>,
    ) -> Option<Option<Vec<u8>>> {
        let blocks = self.0.read();
        let mut wanted = head;
        let mut value = now;
        for (height, replaced) in blocks.iter().rev().filter(|(height, _)| *height <= head) {
            if wanted <= executed {
                break;
            }
            if *height != wanted {
                return None;
            }
            if let Some(before) = replaced.get(key) {
                value = before.clone();
            }
            wanted = wanted.checked_sub(1)?;
        }
        (wanted <= executed).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::{Bid, key::Key};

    #[test]
    fn only_holdings_are_remembered() {
        let key = |key: Key<'_>| key.to_bytes();
        let bid = Bid::default();
        let changes = [key(Key::Holdings(&bid)), key(Key::Member(&bid))];
        let changes: Changes = changes.into_iter().map(|key| (key, None::<Vec<u8>>)).collect();
        let replaced = Past::replaced(&crate::store::MemoryStore::default(), &changes).unwrap();
        assert_eq!(replaced.into_keys().collect::<Vec<_>>(), [key(Key::Holdings(&bid))]);
    }

    #[test]
    fn values_go_back_block_by_block_and_no_further_than_is_known() {
        let past = Past::default();
        let block = |value: Option<&[u8]>| HashMap::from_iter([(b"Ha".to_vec(), value.map(<[u8]>::to_vec))]);
        past.remember(5, block(None));
        past.remember(6, Replaced::default());
        past.remember(7, block(Some(b"one")));
        let at = |executed| past.value_at(b"Ha", executed, 7, Some(b"two".to_vec()));
        assert_eq!(at(7), Some(Some(b"two".to_vec())));
        assert_eq!(at(6), Some(Some(b"one".to_vec())));
        assert_eq!(at(5), Some(Some(b"one".to_vec())));
        assert_eq!(at(4), Some(None));
        assert_eq!(at(3), None);
        // A view that is a block behind does not look into the block after it.
        assert_eq!(past.value_at(b"Ha", 6, 6, Some(b"one".to_vec())), Some(Some(b"one".to_vec())));
        for height in 8..40 {
            past.remember(height, Replaced::default());
        }
        assert_eq!(past.0.read().len(), KEPT_BLOCKS);
    }
}
