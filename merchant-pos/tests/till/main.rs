//! The till from outside: HTTP on a loopback port, the contract itself behind it, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod bad_input;
mod enrolment;
mod events;
mod follower;
mod officer;
mod orders;
mod payer_codes;
mod pin;
mod refunds;
mod support;
