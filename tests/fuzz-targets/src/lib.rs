//! What is fuzzed: one function for each decoder and each HTTP surface of the product.
//!
//! A target takes any bytes and must come back: it panics only if the product did something that it promises never
//! to do. A decoder's promise is *error, or a value that encodes to the same bytes*; two readers of one format agree;
//! a proof that was tampered with proves nothing; the books balance after any sequence of calls; no request is
//! answered with 500.
//!
//! The same functions run in three places: coverage-guided (`make fuzz`, the crate `fuzz`), on any machine with the
//! little mutator here (`dure-fuzz-driver`), and in every `make test`, which replays the corpora and mutates them with
//! fixed seeds. [`TARGETS`] says which target covers which decoders; a decoder that is in no line is not fuzzed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a harness: its own failure is a failure of the run"
)]

mod bank;
mod bytes;
mod client;
mod consensus;
pub mod corpus;
mod files;
mod forms;
mod http;
pub mod mutate;
mod node;
mod proofs;
mod qr;
pub mod reach;
pub mod run;
mod score;
pub mod seeds;
mod targets;
mod tree;

pub use targets::{TARGETS, Target, find};
