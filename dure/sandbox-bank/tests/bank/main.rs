//! The bank seen from outside: files in, files out, and the counter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod counter;
mod deposits;
mod malformed;
mod payments;
mod process;
mod restart;
mod schema;
mod support;
