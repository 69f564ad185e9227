//! Rows of the bank gateway and of the daily batch, one file a table. The only place that knows diesel.

pub mod batches;
pub mod deposits;
pub mod files;
pub mod payouts;
