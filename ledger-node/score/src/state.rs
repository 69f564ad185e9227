//! How the contract sees its state: reads from below, writes kept above ([`Overlay`]) until the block is committed.

mod changes;
mod entries;
mod hashed;
mod kept;
mod overlay;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use changes::Changes;
pub use hashed::HashedState;
pub use overlay::Overlay;

use crate::key::KeyBytes;

/// The store failed or holds bytes that are not a record: the node must stop, not refuse the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError(pub String);

impl core::fmt::Display for StateError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the ledger's state cannot be read: {}", self.0)
    }
}
impl std::error::Error for StateError {}

/// A key and the bytes under it.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Where committed state is read from. Failures are errors, never panics: a panic stops the node.
pub trait StateRead {
    /// The bytes under `key`, or `None`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;
    /// As [`Self::get`], but puts the bytes at the end of `out`, and nothing if there is no such record; true if there is.
    fn look(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StateError> {
        let found = self.get(key)?;
        out.extend_from_slice(found.as_deref().unwrap_or_default());
        Ok(found.is_some())
    }
    /// The first `limit` records whose key begins with `prefix`, in key order.
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError>;
}

impl<S: StateRead + ?Sized> StateRead for &S {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        (**self).get(key)
    }
    fn look(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StateError> {
        (**self).look(key, out)
    }
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        (**self).scan(prefix, limit)
    }
}

/// Committed state in memory: for tests, replay and simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryState(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl StateRead for MemoryState {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(key).cloned())
    }
    fn look(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StateError> {
        let found = self.0.get(key);
        out.extend_from_slice(found.map(Vec::as_slice).unwrap_or_default());
        Ok(found.is_some())
    }
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        let found = self.0.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(found.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl MemoryState {
    /// Applies the changes of a block.
    pub fn commit(&mut self, changes: Changes) {
        for (key, value) in changes.iter() {
            match value {
                Some(value) => self.0.insert(key.to_vec(), value.to_vec()),
                None => self.0.remove(key),
            };
        }
    }
}

fn too_long(key: &[u8]) -> StateError {
    StateError(format!("a key of {} bytes, more than {}", key.len(), KeyBytes::MAX))
}
