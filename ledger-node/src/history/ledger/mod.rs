//! The channel's ledger: applied blocks, receipts, state and their indexes, over any store.
//!
//! One writer ([`Ledger::write`]), many readers (`lookup`). A block becomes visible with all that belongs to it or not at all:
//! everything that it leaves behind is one synced batch, and the new head is shown after that.

mod block;
mod cache;
mod clock;
mod error;
pub mod handovers;
mod lookup;
pub(crate) mod partial;
mod past;
mod pruned;
mod writer;

pub use clock::now_ms;
pub use error::LedgerError;
pub use lookup::Found;
pub(crate) use pruned::pruned;
pub use writer::{Ledger, Written};
