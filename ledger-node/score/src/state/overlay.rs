//! State under change: a base that is never written, and above it one entry for each record that the block has looked for or
//! changed. A transaction's changes go into the entries at once, with a note of what was there before; a transaction
//! that is refused is taken back by its notes. So a read looks at one place, however much the block has done.
//!
//! What was found below stays for the rest of the block: campaigns, shops and officers are read again and again, and the
//! store is the slowest of all. The records that most transactions touch stay decoded ([`Record`]) and become bytes once,
//! when the block ends; all other bytes lie in two pieces of memory, so that a transaction asks the allocator for nearly nothing.

use std::{cell::RefCell, collections::BTreeMap};

use minicbor::{Decode, Encode};

use super::{
    Changes, Pair, StateError, StateRead,
    entries::{Entries, Entry, Value},
    kept::Record,
    too_long,
};
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
    entries: RefCell<Entries>,
    /// What the transaction at work has replaced, in order. Bounded by what one call may write.
    undo: Vec<(usize, Entry)>,
    /// Length of [`Entries`]' written bytes before the transaction at work.
    written_before: usize,
    meter: Meter,
    active: Option<u32>,
}

impl<S: StateRead> Overlay<S> {
    /// No changes yet, over `base`.
    pub fn new(base: S) -> Self {
        Self {
            base,
            entries: RefCell::default(),
            undo: Vec::new(),
            written_before: 0,
            meter: Meter::default(),
            active: None,
        }
    }

    /// The record under `key`.
    pub fn read<T: for<'b> Decode<'b, ()>>(&self, key: &Key<'_>) -> Result<Option<T>, StateError> {
        self.bytes(&key.bytes(), |bytes| decoded(key, bytes))?.transpose()
    }

    /// As [`Self::read`], for records that stay decoded; what `see` makes of it. `see` cannot read any further.
    #[inline]
    pub(crate) fn see<T: Record, R>(
        &self,
        key: &Key<'_>,
        see: impl FnOnce(&T) -> R,
    ) -> Result<Option<R>, StateError> {
        let place = self.place(&key.bytes())?;
        let mut guard = self.entries.borrow_mut();
        let entries = &mut *guard;
        let Some(entry) = entries.table.get(place) else { return Ok(None) };
        if let Value::Kept(kept) = &entry.value
            && let Some(record) = T::kept(kept)
        {
            return Ok(Some(see(record)));
        }
        let stored = entries.bytes(&entry.value, |bytes| decoded(key, bytes)).transpose()?;
        let Some(record): Option<T> = stored else { return Ok(None) };
        let seen = see(&record);
        // What was written as bytes stays as it was written.
        if let Some(entry) = entries.table.get_mut(place)
            && let Value::Found(range) = &entry.value
        {
            if range.end == entries.found.len() {
                // Its bytes came last and are of no more use.
                entries.found.truncate(range.start);
            }
            entry.value = Value::Kept(record.keep());
        }
        Ok(Some(seen))
    }

    /// As [`Self::read`], for records that stay decoded.
    #[inline]
    pub(crate) fn load<T: Record>(&self, key: &Key<'_>) -> Result<Option<T>, StateError> {
        self.see(key, T::clone)
    }

    /// Stores a record.
    pub fn write<T: Encode<()>>(&mut self, key: &Key<'_>, record: &T) {
        self.change(&key.bytes(), |written| {
            let from = written.len();
            codec::append(record, written);
            Value::Written(from..written.len())
        });
    }

    /// Stores a record that stays decoded.
    #[inline]
    pub(crate) fn store<T: Record>(&mut self, key: &Key<'_>, record: T) {
        self.change(&key.bytes(), |_| Value::Kept(record.keep()));
    }

    /// As [`Self::store`] and [`Self::keep`], for what stays whatever becomes of the call that follows.
    pub(crate) fn store_and_keep<T: Record>(&mut self, key: &Key<'_>, record: T) {
        self.keep();
        let key = key.bytes();
        let table = &mut self.entries.get_mut().table;
        let place = table.find_or_add(&key, || Entry::UNKNOWN);
        let Some(entry) = table.get_mut(place) else { return };
        entry.changed = true;
        let known = if let Value::Kept(kept) = &mut entry.value { T::kept_mut(kept) } else { None };
        match known {
            Some(known) => *known = record,
            None => entry.value = Value::Kept(record.keep()),
        }
    }

    /// Removes a record.
    pub fn remove(&mut self, key: &Key<'_>) {
        self.change(&key.bytes(), |_| Value::Absent);
    }

    /// Stores or removes bytes under a key of at most [`KeyBytes::MAX`] bytes: for contract versions with records of
    /// their own. Changes nothing on `Err`.
    pub fn put(&mut self, key: &[u8], value: Option<Vec<u8>>) -> Result<(), StateError> {
        let key = KeyBytes::new(key).ok_or_else(|| too_long(key))?;
        self.change(&key, |written| match value {
            Some(value) => {
                let from = written.len();
                written.extend_from_slice(&value);
                Value::Written(from..written.len())
            }
            None => Value::Absent,
        });
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
        self.written_before = self.entries.get_mut().written.len();
    }

    /// Drops the changes of the transaction at work.
    pub fn discard(&mut self) {
        let entries = self.entries.get_mut();
        for (place, before) in self.undo.drain(..).rev() {
            if let Some(entry) = entries.table.get_mut(place) {
                *entry = before;
            }
        }
        // Nothing points there any more.
        entries.written.truncate(self.written_before);
    }

    /// All kept changes.
    pub fn into_changes(mut self) -> Changes {
        self.discard();
        self.entries.into_inner().into_changes()
    }

    /// All kept changes, to look at.
    pub fn changes(&self) -> Changes {
        let entries = self.entries.borrow();
        // The first note of a place says what was there before the transaction at work.
        let before: BTreeMap<usize, &Entry> =
            self.undo.iter().rev().map(|(place, entry)| (*place, entry)).collect();
        let all = entries.table.entries().iter().enumerate();
        let kept = all.map(|(place, (key, entry))| (key, before.get(&place).copied().unwrap_or(entry)));
        let changed = kept.filter(|(_, entry)| entry.changed);
        changed.map(|(key, entry)| (key.as_slice(), entries.to_vec(&entry.value))).collect()
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

    /// The place of a key's entry, whose value is known from then on.
    #[inline]
    fn place(&self, key: &KeyBytes) -> Result<usize, StateError> {
        self.count()?;
        let mut guard = self.entries.borrow_mut();
        let entries = &mut *guard;
        let place = entries.table.find_or_add(key, || Entry::UNKNOWN);
        match entries.table.get_mut(place) {
            Some(entry) if matches!(entry.value, Value::Unknown) => {
                let from = entries.found.len();
                let there = self.meter.below(|| self.base.look(key.as_slice(), &mut entries.found))?;
                entry.value = if there { Value::Found(from..entries.found.len()) } else { Value::Absent };
            }
            _ => {}
        }
        Ok(place)
    }

    /// What `see` makes of a record's bytes; `None` if there is none.
    fn bytes<T>(&self, key: &KeyBytes, see: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, StateError> {
        let (place, entries) = (self.place(key)?, self.entries.borrow());
        match entries.table.get(place) {
            // Nobody has changed it, so that its bytes are those below.
            Some(Entry { value: Value::Kept(_), changed: false }) => {
                let mut found = Vec::new();
                let there = self.meter.below(|| self.base.look(key.as_slice(), &mut found))?;
                Ok(there.then(|| see(&found)))
            }
            Some(entry) => Ok(entries.bytes(&entry.value, see)),
            None => Ok(None),
        }
    }

    fn change(&mut self, key: &KeyBytes, value: impl FnOnce(&mut Vec<u8>) -> Value) {
        // What a call writes beyond its limit is dropped: the call is refused as a whole.
        if self.meter.count().is_err() {
            return;
        }
        let entries = self.entries.get_mut();
        let after = Entry { value: value(&mut entries.written), changed: true };
        let place = entries.table.find_or_add(key, || Entry::UNKNOWN);
        if let Some(entry) = entries.table.get_mut(place) {
            self.undo.push((place, std::mem::replace(entry, after)));
        }
    }

    fn written_under(&self, prefix: &[u8]) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        let entries = self.entries.borrow();
        let of_prefix = entries.table.entries().iter().filter(|(key, _)| key.as_slice().starts_with(prefix));
        let written = of_prefix.filter(|(_, entry)| entry.changed);
        written.map(|(key, entry)| (key.as_slice().to_vec(), entries.to_vec(&entry.value))).collect()
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
        let Some(key) = KeyBytes::new(key) else {
            self.count()?;
            return self.meter.below(|| self.base.get(key));
        };
        self.bytes(&key, <[u8]>::to_vec)
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
