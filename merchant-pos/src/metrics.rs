//! The till's own figures for Prometheus; those of every service are in `dure-service`.

use metrics::{counter, describe_counter};

const ORDERS: &str = "dure_till_orders_total";
const PAYMENTS: &str = "dure_till_payments_total";
const MISMATCHES: &str = "dure_till_mismatches_total";
const REFUNDS: &str = "dure_till_refunds_total";
const DEVICES: &str = "dure_till_devices_total";
const LOCKS: &str = "dure_till_locks_total";

/// Starts to count; what has not happened yet is shown as none.
pub fn start() {
    dure_service::metrics::start();
    let all = [
        (ORDERS, "Orders made on tills"),
        (PAYMENTS, "Payments seen on the ledger"),
        (MISMATCHES, "Payments of another amount than the price"),
        (REFUNDS, "Refunds seen on the ledger"),
        (DEVICES, "Devices enrolled"),
        (LOCKS, "Devices locked by wrong PINs"),
    ];
    for (name, meaning) in all {
        describe_counter!(name, meaning);
        counter!(name).increment(0);
    }
}

/// An order was made.
pub fn order_made() {
    counter!(ORDERS).increment(1);
}
/// A payment became known; `mismatch` if it was not the price.
pub fn paid(mismatch: bool) {
    counter!(PAYMENTS).increment(1);
    counter!(MISMATCHES).increment(u64::from(mismatch));
}
/// A refund became known.
pub fn refunded() {
    counter!(REFUNDS).increment(1);
}
/// A device was enrolled.
pub fn enrolled() {
    counter!(DEVICES).increment(1);
}
/// A device was locked by wrong PINs.
pub fn locked() {
    counter!(LOCKS).increment(1);
}
