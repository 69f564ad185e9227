//! Follows the ledger: each final block becomes rows, in one SQL transaction with the checkpoint, and then news on open screens.
//! A crash leaves no half block, no block counts twice, and no screen says *paid* before the database does.
//!
//! What a block means is the face's own ([`Follower`]); reading blocks, their order, the checkpoint, trying again and telling how
//! far it has come are here.

mod blocks;
mod face;
mod progress;
mod run;

pub use blocks::write;
pub use face::Follower;
pub use progress::Progress;
pub use run::{next_height, run, take};
