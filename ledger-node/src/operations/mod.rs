//! What a node does beside payments, and what its operator does with copies: the disk is watched, old blocks are forgotten, copies
//! are audited and restored.

pub mod audit;
pub mod disk;
mod restore;
pub mod upkeep;

pub use restore::restore;
