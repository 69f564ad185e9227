//! A whole node in this process: real store, real orderer, real HTTP, asked through the real client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod access;
mod admission;
mod admission_load;
mod bad_input;
mod follow;
mod handover;
mod life;
mod pressure;
mod proofs;
mod prune;
mod roles;
mod rules;
mod stream;
mod support;
