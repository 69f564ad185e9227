//! The follower: reads finalized blocks and keeps the SQL read model. A block's changes and the checkpoint are one SQL
//! transaction, so a crash leaves no half block and no block counts twice. The read model can be dropped and rebuilt.

mod counter;
mod draft;
mod progress;
mod run;
mod write;

pub use progress::Progress;
pub use run::run;
#[cfg(test)]
pub use write::{Terms, WriteError, write as write_with_terms};

/// The follower's name in the checkpoints table.
pub const NAME: &str = "wallet";
