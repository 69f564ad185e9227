//! Open event streams: what the follower has just written, to whom it concerns.

mod hub;

pub use hub::{Event, Hub};
