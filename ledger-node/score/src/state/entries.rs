//! What an overlay knows of each record, and where its bytes are.

use core::ops::Range;

use super::{Changes, kept::Kept, table::Table};

#[derive(Default)]
pub(super) struct Entries {
    pub(super) table: Table<Entry>,
    /// Bytes of records as they are below, and as they were written.
    pub(super) found: Vec<u8>,
    pub(super) written: Vec<u8>,
}

/// What is known of a record.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) value: Value,
    /// Differs from what is below, or may.
    pub(super) changed: bool,
}

#[derive(Debug)]
pub(super) enum Value {
    /// Nobody has asked for it, or whoever changed it was refused.
    Unknown,
    Absent,
    Found(Range<usize>),
    Written(Range<usize>),
    Kept(Kept),
}

impl Entry {
    /// Nobody has asked for it.
    pub(super) const UNKNOWN: Self = Self { value: Value::Unknown, changed: false };
}

impl Entries {
    /// Gives the record's bytes to `see`; `None` if there is none.
    pub(super) fn bytes<T>(&self, value: &Value, see: impl FnOnce(&[u8]) -> T) -> Option<T> {
        match value {
            Value::Unknown | Value::Absent => None,
            Value::Found(range) => self.found.get(range.clone()).map(see),
            Value::Written(range) => self.written.get(range.clone()).map(see),
            Value::Kept(record) => {
                let mut bytes = Vec::new();
                record.append(&mut bytes);
                Some(see(&bytes))
            }
        }
    }

    /// The record's bytes.
    pub(super) fn to_vec(&self, value: &Value) -> Option<Vec<u8>> {
        self.bytes(value, <[u8]>::to_vec)
    }

    /// What has changed, in order of key.
    pub(super) fn into_changes(self) -> Changes {
        let Entries { table, mut written, .. } = self;
        let changed = table.sorted(|_, entry| entry.changed);
        let ranges: Vec<Option<Range<usize>>> = changed
            .iter()
            .map(|(_, entry)| match &entry.value {
                // What is found or unknown is as it is below.
                Value::Unknown | Value::Absent | Value::Found(_) => None,
                Value::Written(range) => Some(range.clone()),
                Value::Kept(record) => {
                    let from = written.len();
                    record.append(&mut written);
                    Some(from..written.len())
                }
            })
            .collect();
        let mut changes = Changes::over(written, ranges.len());
        changed.iter().zip(ranges).for_each(|((key, _), range)| changes.push(key.as_slice(), range));
        changes
    }
}
