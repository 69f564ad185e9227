//! What the ledger stores. Field numbers are disk format: append, never reuse.

mod campaign;
mod identity;
mod money;
mod network;

pub use campaign::*;
pub use identity::*;
pub use money::*;
pub use network::*;
