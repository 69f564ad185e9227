//! Follows the ledger: each final block becomes orders paid or refunded, in one SQL transaction with the checkpoint, and
//! then events on the shops' screens. Events go out after the commit, so a screen never says *paid* before the database does.

mod change;
mod run;

pub use change::{Change, changes};
pub use run::{follow, take};
