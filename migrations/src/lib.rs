//! The one SQL database of a deployment: its tables, its migrations, and what several services share.
//!
//! Promises: the same code runs on SQLite and PostgreSQL (chosen by URL); [`Db::connect`] leaves the database at
//! the newest migration or fails; work runs off the async threads; [`Db::transaction`] takes the write
//! lock first, so that a read inside it cannot be overtaken. Money is `i64` minor units, times are `i64` milliseconds
//! since 1970 UTC, ids are lowercase hex or ASCII text.
//!
//! The shared repos ([`codes`], [`sessions`], [`devices`], [`outbox`], [`outgoing`], [`checkpoints`],
//! [`people`], [`merchants`]) are free functions over a connection, so that a service composes them in one transaction.

mod clock;
mod connection;
mod db;
mod error;
mod migrate;
mod repo;
pub mod schema;
#[cfg(feature = "testing")]
pub mod testing;

pub use clock::now_ms;
pub use connection::{DbConnection, in_transaction};
pub use db::Db;
pub use error::{DbError, unless_taken};
pub use repo::{
    checkpoints, codes, counter_cases, device_choices, devices, idempotency, look_ups, merchants, new_phones,
    outbox, outgoing, payer_codes, people, registrations, sessions,
};
