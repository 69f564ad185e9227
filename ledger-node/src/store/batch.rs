//! Changes that belong together, in one piece of memory: a block leaves ten thousand of them.

use super::Table;

/// Changes that happen together or not at all; of two changes of one key the later counts.
#[derive(Debug, Default)]
pub struct Batch {
    /// Every key and value, one after another.
    bytes: Vec<u8>,
    slots: Vec<Slot>,
}

/// One change; its bytes begin where those of the one before end.
#[derive(Clone, Copy, Debug)]
struct Slot {
    table: Table,
    kind: Kind,
    /// Length of the first part: a key.
    first: usize,
    /// Length of the second part: a value, or the key where a range ends.
    second: usize,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Put,
    Delete,
    DeleteRange,
}

/// A change, to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    /// A value under a key.
    Put(&'a [u8], &'a [u8]),
    /// No value under a key.
    Delete(&'a [u8]),
    /// No value under any key from the first up to, not including, the second.
    DeleteRange(&'a [u8], &'a [u8]),
}

impl Batch {
    /// Stores `value` under `key`.
    pub fn put(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.push(table, Kind::Put, key.as_ref(), value.as_ref());
    }

    /// Removes `key`.
    pub fn delete(&mut self, table: Table, key: impl AsRef<[u8]>) {
        self.push(table, Kind::Delete, key.as_ref(), &[]);
    }

    /// Removes every key from `from` up to, not including, `to`.
    pub fn delete_range(&mut self, table: Table, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) {
        self.push(table, Kind::DeleteRange, from.as_ref(), to.as_ref());
    }

    /// Bytes of all keys and values so far.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Number of changes so far.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// True if nothing changes.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All changes, in order.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (Table, Change<'_>)> {
        let mut rest = self.bytes.as_slice();
        self.slots.iter().map(move |slot| {
            let (first, after) = rest.split_at_checked(slot.first).unwrap_or_default();
            let (second, after) = after.split_at_checked(slot.second).unwrap_or_default();
            rest = after;
            let change = match slot.kind {
                Kind::Put => Change::Put(first, second),
                Kind::Delete => Change::Delete(first),
                Kind::DeleteRange => Change::DeleteRange(first, second),
            };
            (slot.table, change)
        })
    }

    fn push(&mut self, table: Table, kind: Kind, first: &[u8], second: &[u8]) {
        self.bytes.extend_from_slice(first);
        self.bytes.extend_from_slice(second);
        self.slots.push(Slot { table, kind, first: first.len(), second: second.len() });
    }
}
