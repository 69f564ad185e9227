//! Files of a node's data folder are torn and flipped, one at a time, in every kind of file. Whatever is done to them: the node
//! refuses with a clear error, or a read does, or nothing has changed, or, where a tail is torn off, it is an earlier state of the
//! very same ledger. Never another state, never a panic. What was detected where is printed as a table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod exam;
mod files;
mod store;
