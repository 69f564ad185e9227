//! The till's figures for Prometheus: counters since the start, and two gauges.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// The figures.
#[derive(Default)]
pub struct Metrics {
    orders: AtomicU64,
    payments: AtomicU64,
    mismatches: AtomicU64,
    refunds: AtomicU64,
    devices: AtomicU64,
    locks: AtomicU64,
    follower_failures: AtomicU64,
    follower_height: AtomicU64,
}

impl Metrics {
    /// An order was made.
    pub fn order_made(&self) {
        self.orders.fetch_add(1, Relaxed);
    }
    /// A payment became known; `mismatch` if it was not the price.
    pub fn paid(&self, mismatch: bool) {
        self.payments.fetch_add(1, Relaxed);
        self.mismatches.fetch_add(u64::from(mismatch), Relaxed);
    }
    /// A refund became known.
    pub fn refunded(&self) {
        self.refunds.fetch_add(1, Relaxed);
    }
    /// A device was enrolled.
    pub fn enrolled(&self) {
        self.devices.fetch_add(1, Relaxed);
    }
    /// A device was locked by wrong PINs.
    pub fn locked(&self) {
        self.locks.fetch_add(1, Relaxed);
    }
    /// The follower met trouble.
    pub fn follower_failed(&self) {
        self.follower_failures.fetch_add(1, Relaxed);
    }
    /// The follower has applied `height`.
    pub fn follower_at(&self, height: u64) {
        self.follower_height.fetch_max(height, Relaxed);
    }
    /// The last height that the follower applied since the start; 0 before the first.
    pub fn follower_height(&self) -> u64 {
        self.follower_height.load(Relaxed)
    }

    /// The figures in Prometheus' text format.
    pub fn render(&self, open_streams: usize) -> String {
        let counters = [
            ("dure_till_orders_total", "Orders made on tills", &self.orders),
            ("dure_till_payments_total", "Payments seen on the ledger", &self.payments),
            ("dure_till_mismatches_total", "Payments of another amount than the price", &self.mismatches),
            ("dure_till_refunds_total", "Refunds seen on the ledger", &self.refunds),
            ("dure_till_devices_total", "Devices enrolled", &self.devices),
            ("dure_till_locks_total", "Devices locked by wrong PINs", &self.locks),
            ("dure_till_follower_failures_total", "Troubles of the block follower", &self.follower_failures),
        ];
        let mut out = String::with_capacity(1024);
        for (name, help, value) in counters {
            line(&mut out, name, help, "counter", value.load(Relaxed));
        }
        line(&mut out, "dure_till_follower_height", "Last applied block", "gauge", self.follower_height());
        let streams = u64::try_from(open_streams).unwrap_or(u64::MAX);
        line(&mut out, "dure_till_event_streams", "Open event streams", "gauge", streams);
        out
    }
}

fn line(out: &mut String, name: &str, help: &str, kind: &str, value: u64) {
    // Writing to a String cannot fail.
    let _infallible = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
}
