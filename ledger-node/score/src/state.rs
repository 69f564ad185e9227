//! How the contract sees its state: reads from below, writes kept above until the block is committed.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::{codec, key::Key};

/// The store failed or holds bytes that are not a record: the node must stop, not refuse the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError(pub String);

impl core::fmt::Display for StateError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the ledger's state cannot be read: {}", self.0)
    }
}
impl std::error::Error for StateError {}

/// Where committed state is read from.
pub trait StateRead {
    /// The bytes under `key`, or `None`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;
}

impl<S: StateRead + ?Sized> StateRead for &S {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        (**self).get(key)
    }
}

/// Committed state in memory: for tests, replay and simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryState(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl StateRead for MemoryState {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(key).cloned())
    }
}

impl MemoryState {
    /// Applies the changes of a block.
    pub fn commit(&mut self, changes: Changes) {
        for (key, value) in changes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
    }
}

/// Key → new bytes, or `None` for removed; in key order.
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// State under change: a base that is never written, and two layers of writes above it. The upper layer
/// belongs to the transaction at work and is kept or dropped as a whole.
pub struct Overlay<S> {
    base: S,
    block: Changes,
    transaction: Changes,
}

impl<S: StateRead> Overlay<S> {
    /// No changes yet, over `base`.
    pub fn new(base: S) -> Self {
        Self { base, block: Changes::new(), transaction: Changes::new() }
    }

    /// The record under `key`.
    pub fn read<T: Encode<()> + for<'b> Decode<'b, ()>>(
        &self,
        key: &Key<'_>,
    ) -> Result<Option<T>, StateError> {
        let bytes = key.to_bytes();
        let written = self.transaction.get(&bytes).or_else(|| self.block.get(&bytes));
        let stored;
        let value = match written {
            Some(value) => value.as_deref(),
            None => {
                stored = self.base.get(&bytes)?;
                stored.as_deref()
            }
        };
        value.map(minicbor::decode).transpose().map_err(|error| StateError(format!("{key:?}: {error}")))
    }

    /// Stores a record.
    pub fn write<T: Encode<()>>(&mut self, key: &Key<'_>, record: &T) {
        self.transaction.insert(key.to_bytes(), Some(codec::encode(record)));
    }

    /// Removes a record.
    pub fn remove(&mut self, key: &Key<'_>) {
        self.transaction.insert(key.to_bytes(), None);
    }

    /// Keeps the writes of the transaction at work.
    pub fn keep(&mut self) {
        self.block.append(&mut self.transaction);
    }

    /// Drops the writes of the transaction at work.
    pub fn discard(&mut self) {
        self.transaction.clear();
    }

    /// All kept changes.
    pub fn into_changes(self) -> Changes {
        self.block
    }

    /// All kept changes, to look at.
    pub fn changes(&self) -> &Changes {
        &self.block
    }
}
