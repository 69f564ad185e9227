//! A validator's machine as the world sees it: what is wrong with its clock, how it behaves, how its process ended.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;

use super::Role;
use crate::bft::block::Digest;
use crate::engine::Stopped;

/// Twins kept by an equivocating validator: more than blocks of its own can be under way.
const MAX_TWINS: usize = 64;

#[derive(Default)]
pub(super) struct Machine {
    skew_ms: AtomicI64,
    role: Mutex<Role>,
    end: Mutex<Option<Stopped>>,
    twins: Mutex<BTreeMap<Digest, Digest>>,
    sent: Mutex<u64>,
}

impl Machine {
    pub(super) fn set_skew(&self, ms: i64) {
        self.skew_ms.store(ms, Ordering::Relaxed);
    }

    /// What its clock shows at the true time `now`.
    pub(super) fn shown(&self, now: SystemTime) -> SystemTime {
        self.shift(now, self.skew_ms.load(Ordering::Relaxed))
    }

    /// The true time at which its clock will show `shown`.
    pub(super) fn truth(&self, shown: SystemTime) -> SystemTime {
        self.shift(shown, self.skew_ms.load(Ordering::Relaxed).saturating_neg())
    }

    fn shift(&self, time: SystemTime, ms: i64) -> SystemTime {
        let by = Duration::from_millis(ms.unsigned_abs());
        let moved = if ms < 0 { time.checked_sub(by) } else { time.checked_add(by) };
        moved.unwrap_or(time)
    }

    pub(super) fn set_role(&self, role: Role) {
        *self.role.lock() = role;
    }

    pub(super) fn role(&self) -> Role {
        *self.role.lock()
    }

    /// Notes why the process ended; the first reason counts.
    pub(super) fn end(&self, reason: Stopped) {
        self.end.lock().get_or_insert(reason);
    }

    pub(super) fn take_end(&self) -> Option<Stopped> {
        self.end.lock().take()
    }

    pub(super) fn remember_twin(&self, block: Digest, twin: Digest) {
        let mut twins = self.twins.lock();
        if twins.len() >= MAX_TWINS {
            twins.clear();
        }
        twins.insert(block, twin);
    }

    pub(super) fn twin_of(&self, block: &Digest) -> Option<Digest> {
        self.twins.lock().get(block).copied()
    }

    /// Numbers the messages of a garbling validator.
    pub(super) fn count(&self) -> u64 {
        let mut sent = self.sent.lock();
        *sent = sent.wrapping_add(1);
        *sent
    }
}
