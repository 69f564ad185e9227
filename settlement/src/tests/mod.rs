//! The whole crate against the contract in memory, a bank made of a few lines, and both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod bank;
mod city;
mod day;
mod deposits;
mod kills;
mod schema;
mod strangers;
mod world;
