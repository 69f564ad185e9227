//! The place of a node: the bits of all keys below it.

use dure_chain::sparse;

/// The first `len` bits of `bits`; the others are zero, so that `bits` is also the first key of the place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Prefix {
    bits: [u8; 32],
    len: usize,
}

impl Prefix {
    /// Levels below the root.
    pub(super) const fn depth(&self) -> usize {
        self.len
    }

    /// The first key that belongs there.
    pub(super) const fn first(&self) -> &[u8; 32] {
        &self.bits
    }

    /// The half with a zero next.
    pub(super) const fn left(&self) -> Self {
        Self { bits: self.bits, len: self.len.saturating_add(1) }
    }

    /// The half with a one next.
    pub(super) fn right(&self) -> Self {
        let mut half = self.left();
        if let Some(byte) = half.bits.get_mut(self.len / 8) {
            *byte |= 0x80 >> (self.len % 8);
        }
        half
    }

    /// The half to which `key` belongs.
    pub(super) fn toward(&self, key: &[u8; 32]) -> Self {
        if sparse::bit(key, self.len) { self.right() } else { self.left() }
    }

    /// Whether `key` belongs there.
    pub(super) fn covers(&self, key: &[u8; 32]) -> bool {
        let (whole, bits) = (self.len / 8, self.len % 8);
        let mask = !(0xff_u8.checked_shr(u32::try_from(bits).unwrap_or(0)).unwrap_or(0));
        self.bits.get(..whole) == key.get(..whole)
            && self.bits.get(whole).copied().unwrap_or(0) & mask
                == key.get(whole).copied().unwrap_or(0) & mask
    }

    /// The part of `changes`, which are in order of key, that belongs there.
    pub(super) fn part<'a, T>(&self, all: &'a [([u8; 32], T)]) -> &'a [([u8; 32], T)] {
        let start = all.partition_point(|(key, _)| key < self.first());
        let rest = all.get(start..).unwrap_or(&[]);
        let end = rest.partition_point(|(key, _)| self.covers(key));
        rest.get(..end).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_what_begins_with_its_bits() {
        let mut place = Prefix::default();
        let key = [0b1010_0110; 32];
        for depth in 0..=256 {
            assert!(place.covers(&key), "{depth}");
            assert!(place.first() <= &key && place.depth() == depth);
            if let Some(bit) = depth.checked_sub(1) {
                let mut other = key;
                other.get_mut(bit / 8).into_iter().for_each(|byte| *byte ^= 0x80 >> (bit % 8));
                assert!(!place.covers(&other), "{depth}");
            }
            if depth < 256 {
                place = place.toward(&key);
            }
        }
    }
}
