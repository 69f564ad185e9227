//! Where everything durable lives: tables of bytes, one atomic and synced write a block, consistent views.
//!
//! The trait is small on purpose: what a key or value means is decided once, above it ([`crate::store::record`],
//! [`crate::history::ledger`]), and both implementations pass one suite ([`RocksStore`] on disk, [`MemoryStore`] its twin).

mod access;
mod batch;
pub mod gap_check;
mod memory;
mod options;
mod reader;
pub mod record;
mod rocks;
#[cfg(test)]
mod suite;
mod table;

pub use access::{FORMAT, Pair, Read, Run, StateView, Store, StoreError, Take};
pub use batch::Batch;
pub(crate) use batch::Change;
pub use memory::MemoryStore;
pub use reader::RocksReader;
pub use rocks::RocksStore;
pub use table::Table;
