//! Committed state in memory that answers as quickly as memory can: for work through many blocks in a row.

use super::{Changes, Pair, StateError, StateRead, table::Table};
use crate::key::KeyBytes;

/// State in a hash table. A scan looks at every record; the contract makes none but in a migration.
#[derive(Clone, Debug, Default)]
pub struct HashedState {
    records: Table<Option<Box<[u8]>>>,
}

impl HashedState {
    /// State of these records. `Err` if a key is longer than a key may be.
    pub fn new(records: impl IntoIterator<Item = Pair>) -> Result<Self, StateError> {
        let mut state = Self::default();
        for (key, value) in records {
            state.set(&key, Some(&value))?;
        }
        Ok(state)
    }

    /// Applies the changes of a block. `Err` if a key is longer than a key may be.
    pub fn commit(&mut self, changes: Changes) -> Result<(), StateError> {
        changes.iter().try_for_each(|(key, value)| self.set(key, value))
    }

    fn set(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        let key = KeyBytes::new(key).ok_or_else(|| super::too_long(key))?;
        let place = self.records.find_or_add(&key, || None);
        let Some(stored) = self.records.get_mut(place) else { return Ok(()) };
        match (value, stored.as_deref_mut()) {
            // Most records keep their length.
            (Some(value), Some(old)) if old.len() == value.len() => old.copy_from_slice(value),
            (Some(value), _) => *stored = Some(value.into()),
            (None, _) => *stored = None,
        }
        Ok(())
    }

    fn find(&self, key: &[u8]) -> Option<&[u8]> {
        let place = self.records.find(&KeyBytes::new(key)?)?;
        self.records.get(place)?.as_deref()
    }
}

impl StateRead for HashedState {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.find(key).map(<[u8]>::to_vec))
    }

    fn look(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StateError> {
        let found = self.find(key);
        out.extend_from_slice(found.unwrap_or_default());
        Ok(found.is_some())
    }

    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        let found = self.records.sorted(|key, value| value.is_some() && key.as_slice().starts_with(prefix));
        let pairs = found
            .into_iter()
            .filter_map(|(key, value)| Some((key.as_slice().to_vec(), value.as_deref()?.to_vec())));
        Ok(pairs.take(limit).collect())
    }
}
