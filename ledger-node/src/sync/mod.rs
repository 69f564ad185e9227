//! What this node asks of other nodes, in its own name: blocks that it has not, or a snapshot to begin with.

pub mod follow;
mod identity;

pub use identity::Identity;
