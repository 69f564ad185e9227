//! What a block means for the wallet: the SQL read model. It can be dropped and rebuilt from the ledger at any time.

mod counter;
mod draft;
mod run;
mod write;

#[cfg(test)]
pub use run::write_with_terms;
#[cfg(test)]
pub use write::{Terms, WriteError};

/// The follower's name in the checkpoints table.
pub const NAME: &str = "wallet";
