//! Re-applies a copy of the ledger, block by block, and believes nothing of it.
//!
//! From the genesis (or a snapshot that the validators' signatures prove) on: every header follows the one before, commits to the
//! transactions, and is signed by a quorum of the validators of its epoch, itself or through a block after it; every signature of a
//! transaction holds; the contract gives the very receipts of the copy; every state root that a header claims is the root of the
//! state that comes of the blocks; the books balance; nothing that may happen once happens twice.
//!
//! It shares the contract and the tree's hash rules with the node, and nothing of how the node keeps state: the [`tree`] is its own,
//! in memory. Two
//! threads work: one reads files and checks signatures ([`reader`]), one applies ([`machine`]). Memory holds the whole state.

mod books;
mod machine;
mod once;
mod reader;
mod replay;
mod report;
pub mod tree;

pub(crate) use reader::read_segment;
pub use replay::audit;
pub(crate) use replay::{Replayed, replay};
pub use report::{Progress, Report, SupplyLine};
