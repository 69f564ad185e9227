//! Counts what one call does to the state, so that no call can do more than a transaction may.
//!
//! Beyond the limit reads fail and writes are dropped: memory stays bounded, the call ends at its next read,
//! and whoever started it asks [`Meter::end`] whether it went too far. Equal on every node, because the count
//! depends on nothing but the call and the state.

use std::cell::Cell;

/// Reads and writes of the call at work. Outside a call nothing is limited.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: u32,
    used: Cell<u32>,
    beneath: Cell<bool>,
}

/// The call has done as much as a call may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent;

impl Default for Meter {
    fn default() -> Self {
        Self { limit: u32::MAX, used: Cell::new(0), beneath: Cell::new(false) }
    }
}

impl Meter {
    /// Counts anew, up to `limit`.
    pub(crate) fn begin(&mut self, limit: u32) {
        *self = Self { limit, ..Self::default() };
    }

    /// Ends the count; true if the call went beyond its limit.
    pub(crate) fn end(&mut self) -> bool {
        let over = self.used.get() > self.limit;
        (self.limit, self.used) = (u32::MAX, Cell::new(0));
        over
    }

    /// One more read or write.
    #[inline]
    pub(crate) fn count(&self) -> Result<(), Spent> {
        let used = self.used.get().saturating_add(1);
        self.used.set(used);
        if used > self.limit { Err(Spent) } else { Ok(()) }
    }

    /// Runs `read`, which asks the store below. A panic in there is the node's, not the contract's.
    #[inline]
    pub(crate) fn below<T>(&self, read: impl FnOnce() -> T) -> T {
        self.beneath.set(true);
        let value = read();
        self.beneath.set(false);
        value
    }

    /// True if the last read of the store below never came back.
    pub(crate) const fn stuck_below(&self) -> bool {
        self.beneath.get()
    }
}
