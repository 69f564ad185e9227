//! What a block changes: one piece of memory with all keys and values, and a list of them in order of key.

use core::ops::Range;
use std::collections::BTreeMap;

/// Key → new bytes, or `None` for removed; in order of key, each key once.
#[derive(Clone, Default)]
pub struct Changes {
    bytes: Vec<u8>,
    list: Vec<Change>,
}

#[derive(Clone)]
struct Change {
    key: Range<usize>,
    value: Option<Range<usize>>,
}

impl Changes {
    /// Changes whose values lie in `bytes`, for [`Self::push`].
    pub(super) fn over(bytes: Vec<u8>, count: usize) -> Self {
        Self { bytes, list: Vec::with_capacity(count) }
    }

    /// One more change, with a key after all others' and a value that lies in the bytes given to [`Self::over`].
    pub(super) fn push(&mut self, key: &[u8], value: Option<Range<usize>>) {
        let key = self.keep(key);
        self.list.push(Change { key, value });
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// True if nothing changes.
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All changes, in order of key.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], Option<&[u8]>)> + ExactSizeIterator {
        self.list
            .iter()
            .map(|Change { key, value }| (self.part(key), value.as_ref().map(|value| self.part(value))))
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.iter().map(|(key, _)| key)
    }

    /// The change of `key`, if there is one.
    pub fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        let at = self.list.binary_search_by(|change| self.part(&change.key).cmp(key)).ok()?;
        self.list.get(at).map(|change| change.value.as_ref().map(|value| self.part(value)))
    }

    fn keep(&mut self, part: &[u8]) -> Range<usize> {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(part);
        from..self.bytes.len()
    }

    #[inline]
    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}

/// In any order; of two changes of one key the later counts.
impl<K: AsRef<[u8]> + Ord, V: AsRef<[u8]>> FromIterator<(K, Option<V>)> for Changes {
    fn from_iter<I: IntoIterator<Item = (K, Option<V>)>>(changes: I) -> Self {
        let mut all = Self::default();
        for (key, value) in changes.into_iter().collect::<BTreeMap<K, Option<V>>>() {
            let value = value.map(|value| all.keep(value.as_ref()));
            all.push(key.as_ref(), value);
        }
        all
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}
impl Eq for Changes {}

impl core::fmt::Debug for Changes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
