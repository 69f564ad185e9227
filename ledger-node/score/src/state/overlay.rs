//! State under change: a base that is never written, and above it one entry for each record that the block has found or
//! changed. A transaction's changes go into the entries at once, with a note of what was there before; a transaction
//! that is refused is taken back by its notes. So a read looks at one place, however much the block has done.
//!
//! What was found below stays for the rest of the block: campaigns, shops and officers are read again and again, and the
//! store is the slowest of all. An entry is replaced as a whole by a change, so nothing kept can be older than its record.

use std::{
    any::Any,
    cell::RefCell,
    collections::{BTreeMap, btree_map::Entry as Place},
    sync::Arc,
};

use minicbor::{Decode, Encode};

use super::{Changes, Pair, StateError, StateRead};
use crate::{
    codec,
    ids::Code,
    key::{Key, KeyBytes},
    meter::{Meter, Spent},
    record::Contract,
};

/// Records that a migration reads at a time.
const PAGE: usize = 1_024;

/// State under change. The changes of the transaction at work are kept or dropped as a whole.
pub struct Overlay<S> {
    base: S,
    /// In key order, so that changes come out in it.
    entries: RefCell<BTreeMap<KeyBytes, Entry>>,
    /// What the transaction at work has replaced, in order. Bounded by what one call may write.
    undo: Vec<(KeyBytes, Option<Entry>)>,
    /// Room for a record while it is encoded, used again and again.
    scratch: Vec<u8>,
    meter: Meter,
    active: Option<u32>,
}

/// A record, or its absence.
struct Entry {
    value: Option<Vec<u8>>,
    /// The value decoded, once somebody has asked for it in that form.
    record: Option<Arc<dyn Any + Send + Sync>>,
    /// Differs from what is below, or may.
    changed: bool,
}

impl Entry {
    const fn new(value: Option<Vec<u8>>, changed: bool) -> Self {
        Self { value, record: None, changed }
    }
}

impl<S: StateRead> Overlay<S> {
    /// No changes yet, over `base`.
    pub fn new(base: S) -> Self {
        Self {
            base,
            entries: RefCell::default(),
            undo: Vec::new(),
            scratch: Vec::new(),
            meter: Meter::default(),
            active: None,
        }
    }

    /// The record under `key`.
    pub fn read<T: for<'b> Decode<'b, ()>>(&self, key: &Key<'_>) -> Result<Option<T>, StateError> {
        self.look(key.bytes(), |entry| Some(decoded(key, entry.value.as_deref()?)))?.transpose()
    }

    /// As [`Self::read`], for records that most transactions ask for: decoded once a block, unless it changes.
    pub fn read_shared<T: for<'b> Decode<'b, ()> + Send + Sync + 'static>(
        &self,
        key: &Key<'_>,
    ) -> Result<Option<Arc<T>>, StateError> {
        let shared = |entry: &mut Entry| {
            let known = entry.record.clone().and_then(|record| record.downcast().ok());
            if let Some(record) = known {
                return Some(Ok(record));
            }
            let record = decoded::<T>(key, entry.value.as_deref()?).map(Arc::new);
            if let Ok(record) = &record {
                let kept: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(record);
                entry.record = Some(kept);
            }
            Some(record)
        };
        self.look(key.bytes(), shared)?.transpose()
    }

    /// Stores a record.
    pub fn write<T: Encode<()>>(&mut self, key: &Key<'_>, record: &T) {
        codec::encode_into(record, &mut self.scratch);
        let value = self.scratch.as_slice().to_vec();
        self.change(key.bytes(), Some(value));
    }

    /// Removes a record.
    pub fn remove(&mut self, key: &Key<'_>) {
        self.change(key.bytes(), None);
    }

    /// Stores or removes bytes under a key of at most [`KeyBytes::MAX`] bytes: for contract versions with records of
    /// their own. Changes nothing on `Err`.
    pub fn put(&mut self, key: &[u8], value: Option<Vec<u8>>) -> Result<(), StateError> {
        let long = || StateError(format!("a key of {} bytes, more than {}", key.len(), KeyBytes::MAX));
        self.change(KeyBytes::new(key).ok_or_else(long)?, value);
        Ok(())
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
                self.put(&key, changed)?;
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

    /// Keeps the changes of the transaction at work.
    pub fn keep(&mut self) {
        self.undo.clear();
    }

    /// Drops the changes of the transaction at work.
    pub fn discard(&mut self) {
        let entries = self.entries.get_mut();
        for (key, before) in self.undo.drain(..).rev() {
            match before {
                Some(before) => entries.insert(key, before),
                None => entries.remove(&key),
            };
        }
    }

    /// All kept changes.
    pub fn into_changes(mut self) -> Changes {
        self.discard();
        let entries = self.entries.into_inner().into_iter().filter(|(_, entry)| entry.changed);
        entries.map(|(key, entry)| (key.as_slice().to_vec(), entry.value)).collect()
    }

    /// All kept changes, to look at.
    pub fn changes(&self) -> Changes {
        let mut changes = self.written_under(&[]);
        for (key, before) in self.undo.iter().rev() {
            match before {
                Some(before) if before.changed => {
                    changes.insert(key.as_slice().to_vec(), before.value.clone())
                }
                _ => changes.remove(key.as_slice()),
            };
        }
        changes
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

    /// What `see` makes of the entry of `key`; `None` if there is no such record.
    fn look<T>(
        &self,
        key: KeyBytes,
        see: impl FnOnce(&mut Entry) -> Option<T>,
    ) -> Result<Option<T>, StateError> {
        self.count()?;
        match self.entries.borrow_mut().entry(key) {
            Place::Occupied(mut entry) => Ok(see(entry.get_mut())),
            Place::Vacant(place) => match self.meter.below(|| self.base.get(key.as_slice()))? {
                Some(value) => Ok(see(place.insert(Entry::new(Some(value), false)))),
                // Absence is mostly that of something new, which nobody asks for again.
                None => Ok(None),
            },
        }
    }

    fn change(&mut self, key: KeyBytes, value: Option<Vec<u8>>) {
        // What a call writes beyond its limit is dropped: the call is refused as a whole.
        if self.meter.count().is_ok() {
            let before = self.entries.get_mut().insert(key, Entry::new(value, true));
            self.undo.push((key, before));
        }
    }

    fn written_under(&self, prefix: &[u8]) -> Changes {
        // No key of an entry is as long as a prefix that is too long for a key.
        let Some(first) = KeyBytes::new(prefix) else { return Changes::new() };
        let entries = self.entries.borrow();
        let of_prefix = entries.range(first..).take_while(|(key, _)| key.as_slice().starts_with(prefix));
        let written = of_prefix.filter(|(_, entry)| entry.changed);
        written.map(|(key, entry)| (key.as_slice().to_vec(), entry.value.clone())).collect()
    }

    fn count(&self) -> Result<(), StateError> {
        self.meter.count().map_err(|Spent| StateError("the call has used up its reads and writes".into()))
    }
}

fn decoded<T: for<'b> Decode<'b, ()>>(key: &Key<'_>, bytes: &[u8]) -> Result<T, StateError> {
    minicbor::decode(bytes).map_err(|error| StateError(format!("{key:?}: {error}")))
}

/// The state as the transaction at work sees it.
impl<S: StateRead> StateRead for Overlay<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        match KeyBytes::new(key) {
            Some(key) => self.look(key, |entry| entry.value.clone()),
            None => {
                self.count()?;
                self.meter.below(|| self.base.get(key))
            }
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
