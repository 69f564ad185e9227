//! The bank gateway and the daily settlement batch.
//!
//! Two jobs over one database, one ledger and one bank folder: [`gateway`] turns booked deposits into coin, [`run`] pays
//! merchants out and burns their coin. Both may run at once, be killed at any moment and be run again: nothing happens
//! twice and nothing is lost. Money is moved only by the ledger and the bank; the database remembers what was decided.
//!
//! Map: [`bank`] (folders and ISO 20022), [`ingest`] (bank files → rows), [`netting`] (who is owed what),
//! [`batch`] (the state machine), [`ledger`] (exactly-once transactions), [`repo`] (SQL), [`calendar`], [`status`].
#![forbid(unsafe_code)]

pub mod bank;
mod batch;
pub mod calendar;
pub mod config;
mod error;
mod gateway;
mod ingest;
mod ledger;
mod money;
mod netting;
mod repo;
mod start;
mod status;
#[cfg(test)]
mod tests;

pub use batch::Summary;
pub use config::{Config, Names, Overrides};
pub use error::SettlementError;
pub use start::{gateway, run, status as show_status, summary};
pub use status::{BatchLine, Status};
