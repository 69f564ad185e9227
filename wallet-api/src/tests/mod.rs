//! Tests of the whole service against the real contract: a ledger in memory, a node's HTTP in front of it, both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod choices;
mod counter;
mod enrolment;
mod follower;
mod http;
mod ledger;
mod lost;
mod node;
mod pin;
mod registrations;
mod requests;
mod rules;
mod transactions;
