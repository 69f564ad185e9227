//! Copies of the ledger: made of a real node or of a made-up town, damaged in every way, audited, imported, restored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod files;
mod flips;
mod forged;
mod import;
mod live;
