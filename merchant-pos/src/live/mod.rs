//! What happens to a shop's orders, told at once to every till of that shop.

mod event;
mod hub;

pub use event::{LiveEvent, PaidEvent, RefundedEvent};
pub use hub::{BUFFERED_EVENTS, Hub, STREAMS_PER_SHOP, STREAMS_TOTAL};
