//! How the contract sees its state: reads from below, writes kept above until the block is committed.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::{
    codec,
    ids::Code,
    key::Key,
    meter::{Meter, Spent},
    record::Contract,
};

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
    /// The first `limit` records whose key begins with `prefix`, in key order.
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError>;
}

impl<S: StateRead + ?Sized> StateRead for &S {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        (**self).get(key)
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
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        let found = self.0.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(found.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
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

/// Records that a migration reads at a time.
const PAGE: usize = 1_024;

/// State under change: a base that is never written, and two layers of writes above it. The upper layer
/// belongs to the transaction at work and is kept or dropped as a whole.
pub struct Overlay<S> {
    base: S,
    block: Changes,
    transaction: Changes,
    meter: Meter,
    active: Option<u32>,
}

impl<S: StateRead> Overlay<S> {
    /// No changes yet, over `base`.
    pub fn new(base: S) -> Self {
        let (block, transaction) = (Changes::new(), Changes::new());
        Self { base, block, transaction, meter: Meter::default(), active: None }
    }

    /// The record under `key`.
    pub fn read<T: Encode<()> + for<'b> Decode<'b, ()>>(
        &self,
        key: &Key<'_>,
    ) -> Result<Option<T>, StateError> {
        self.count()?;
        let bytes = key.to_bytes();
        let stored;
        let value = match self.written(&bytes) {
            Some(value) => value.as_deref(),
            None => {
                stored = self.meter.below(|| self.base.get(&bytes))?;
                stored.as_deref()
            }
        };
        value.map(minicbor::decode).transpose().map_err(|error| StateError(format!("{key:?}: {error}")))
    }

    /// Stores a record.
    pub fn write<T: Encode<()>>(&mut self, key: &Key<'_>, record: &T) {
        self.put(key.to_bytes(), Some(codec::encode(record)));
    }

    /// Removes a record.
    pub fn remove(&mut self, key: &Key<'_>) {
        self.put(key.to_bytes(), None);
    }

    /// Stores or removes bytes under a key: for contract versions with records of their own.
    pub fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        // What a call writes beyond its limit is dropped: the call is refused as a whole.
        if self.meter.count().is_ok() {
            self.transaction.insert(key, value);
        }
    }

    /// Gives every record whose key begins with `prefix` to `change`, in no promised order, and stores what comes
    /// back (`None` removes). For migrations. Reads page by page; the changes of the whole pass stay in memory
    /// until the block is stored. Answers how many records there were.
    pub fn rewrite(
        &mut self,
        prefix: &[u8],
        mut change: impl FnMut(&[u8], &[u8]) -> Result<Option<Vec<u8>>, StateError>,
    ) -> Result<u64, StateError> {
        let mut count = 0u64;
        let own = self.written_under(prefix);
        let written: Vec<Pair> =
            own.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?))).collect();
        // A prefix with more records than a page is split by its next byte, so this ends with the longest key.
        let mut waiting = vec![prefix.to_vec()];
        let mut page = written;
        loop {
            for (key, value) in page {
                count = count.saturating_add(1);
                let changed = change(&key, &value)?;
                self.put(key, changed);
            }
            let Some(next) = waiting.pop() else { return Ok(count) };
            page = self.base.scan(&next, PAGE)?;
            if page.len() >= PAGE {
                page.retain(|(key, _)| *key == next);
                waiting.extend((0..=u8::MAX).map(|byte| [next.as_slice(), &[byte]].concat()));
            }
            page.retain(|(key, _)| !own.contains_key(key));
        }
    }

    /// Keeps the writes of the transaction at work.
    pub fn keep(&mut self) {
        // Not `append`: that walks the whole block for each transaction.
        self.block.extend(std::mem::take(&mut self.transaction));
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

    /// The contract version that applies to this block; read once.
    pub(crate) fn active_version(&mut self) -> Result<u32, StateError> {
        if let Some(version) = self.active {
            return Ok(version);
        }
        let contract = self.contract()?;
        self.active = Some(contract.active);
        Ok(contract.active)
    }

    /// The registry's entry of the ledger's own contract.
    pub(crate) fn contract(&self) -> Result<Contract, StateError> {
        let missing = || StateError("the registry has no entry of the contract token".into());
        self.read(&Key::Contract(&Code::token()))?.ok_or_else(missing)
    }

    /// From here on another version applies.
    pub(crate) const fn set_active_version(&mut self, version: u32) {
        self.active = Some(version);
    }

    pub(crate) const fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }

    fn written(&self, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.transaction.get(key).or_else(|| self.block.get(key))
    }

    fn written_under(&self, prefix: &[u8]) -> Changes {
        let mut own = Changes::new();
        for layer in [&self.block, &self.transaction] {
            let of_prefix = layer.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
            own.extend(of_prefix.map(|(key, value)| (key.clone(), value.clone())));
        }
        own
    }

    fn count(&self) -> Result<(), StateError> {
        self.meter.count().map_err(|Spent| StateError("the call has used up its reads and writes".into()))
    }
}

/// The state as the transaction at work sees it.
impl<S: StateRead> StateRead for Overlay<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.count()?;
        match self.written(key) {
            Some(value) => Ok(value.clone()),
            None => self.meter.below(|| self.base.get(key)),
        }
    }

    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        self.count()?;
        let mut own = self.written_under(prefix);
        // Each own change hides at most one record below.
        let below = self.meter.below(|| self.base.scan(prefix, limit.saturating_add(own.len())))?;
        let mut all: BTreeMap<_, _> = below.into_iter().map(|(key, value)| (key, Some(value))).collect();
        all.append(&mut own);
        Ok(all.into_iter().filter_map(|(key, value)| Some((key, value?))).take(limit).collect())
    }
}
