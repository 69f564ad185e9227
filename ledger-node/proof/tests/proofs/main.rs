//! Proofs hold as they are and with no bit changed, and the vectors that the browser's verifier reads as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod bits;
mod prover;
mod vectors;
