//! Open event streams: what the follower has just written, to whom it concerns, in their language.

use dure_service::live::{self, Crowded};
use dure_web::Lang;

use crate::repo::{accounts::Account, entries::Entry};

/// Streams of the process.
const STREAMS: usize = 20_000;

/// News for one account.
#[derive(Debug, Clone)]
pub enum Event {
    /// The balance has changed.
    Account(Account),
    /// Something came or went.
    Entry(Box<Entry>),
}

/// The wallets' open streams, by BID and language.
pub type Hub = live::Hub<String, Event, Lang>;

/// No stream is open yet. A person's oldest stream makes way for the newest.
pub fn hub() -> Hub {
    Hub::new(STREAMS, Crowded::OldestMakesWay)
}
