//! What happens to a shop's orders, told at once to every till of that shop.

mod event;

use dure_score::Bid;
use dure_service::live::{self, Crowded};

pub use event::{LiveEvent, PaidEvent, RefundedEvent};

/// Open streams of this process: bounds memory and sockets.
const STREAMS: usize = 2_048;

/// The tills' open streams.
pub type Hub = live::Hub<Bid, LiveEvent>;

/// No stream is open yet. At a till somebody works: none makes way for another.
pub fn hub() -> Hub {
    Hub::new(STREAMS, Crowded::Refuse)
}
