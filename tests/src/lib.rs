//! What the tests of several processes share: a network in a temporary folder, running our own programs, and breaking what runs.
//!
//! The programs must have been built: `make test` does that first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

pub mod chaos;
pub mod floods;
pub mod mounts;
pub mod network;
pub mod newcomer;
pub mod program;
pub mod schema;
