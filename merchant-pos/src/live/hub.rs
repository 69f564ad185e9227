//! Hands events to the open streams of a shop. Never waits: a stream whose reader does not keep up is closed, and its
//! browser opens a new one and catches up.

use std::collections::HashMap;

use dure_score::Bid;
use parking_lot::Mutex;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::event::LiveEvent;
use crate::error::PosError;

/// Open streams of one shop: its tills, and a few forgotten tabs.
pub const STREAMS_PER_SHOP: usize = 16;
/// Open streams of this process: bounds memory and sockets.
pub const STREAMS_TOTAL: usize = 2_048;
/// Events that may wait for one reader: more than a shop sells while a phone changes cells.
pub const BUFFERED_EVENTS: usize = 64;

/// The open streams.
#[derive(Default)]
pub struct Hub {
    shops: Mutex<HashMap<Bid, Vec<Sender<LiveEvent>>>>,
}

impl Hub {
    /// Opens a stream of `shop`'s events. Refused when the shop or the process has too many.
    pub fn subscribe(&self, shop: Bid) -> Result<Receiver<LiveEvent>, PosError> {
        let mut shops = self.shops.lock();
        shops.retain(|_, streams| {
            streams.retain(|stream| !stream.is_closed());
            !streams.is_empty()
        });
        let total: usize = shops.values().map(Vec::len).sum();
        let own = shops.entry(shop).or_default();
        if total >= STREAMS_TOTAL || own.len() >= STREAMS_PER_SHOP {
            return Err(PosError::TooManyStreams);
        }
        let (sender, receiver) = mpsc::channel(BUFFERED_EVENTS);
        own.push(sender);
        Ok(receiver)
    }

    /// Hands `event` to every open stream of its shop.
    pub fn publish(&self, event: &LiveEvent) {
        let mut shops = self.shops.lock();
        if let Some(streams) = shops.get_mut(&event.shop()) {
            // Full or closed: the stream ends here, its browser comes back and catches up.
            streams.retain(|stream| stream.try_send(event.clone()).is_ok());
        }
    }

    /// Streams now open.
    pub fn open_streams(&self) -> usize {
        self.shops.lock().values().flatten().filter(|stream| !stream.is_closed()).count()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::live::RefundedEvent;

    fn event(shop: Bid, at: i64) -> LiveEvent {
        let text = String::new;
        let event = RefundedEvent {
            order_id: text(),
            amount: text(),
            refunded: text(),
            refundable: text(),
            tx: text(),
            at,
        };
        LiveEvent::Refunded(shop, event)
    }

    #[tokio::test]
    async fn a_shop_hears_its_own_events_only() {
        let (hub, mine, other) = (Hub::default(), Bid::new([1; 16]), Bid::new([2; 16]));
        let mut stream = hub.subscribe(mine).unwrap();
        hub.publish(&event(other, 1));
        hub.publish(&event(mine, 2));
        assert_eq!(stream.recv().await.unwrap().at(), 2);
        assert!(stream.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_reader_that_does_not_keep_up_is_cut_off() {
        let (hub, shop) = (Hub::default(), Bid::new([1; 16]));
        let mut stream = hub.subscribe(shop).unwrap();
        for at in 0..=64 {
            hub.publish(&event(shop, at));
        }
        assert_eq!(hub.open_streams(), 0);
        let mut read = 0;
        while stream.recv().await.is_some() {
            read += 1;
        }
        assert_eq!(read, BUFFERED_EVENTS);
    }

    #[test]
    fn streams_are_bounded_and_closed_ones_make_room() {
        let (hub, shop) = (Hub::default(), Bid::new([1; 16]));
        let open: Vec<_> = (0..STREAMS_PER_SHOP).map(|_| hub.subscribe(shop).unwrap()).collect();
        assert_eq!(hub.subscribe(shop).unwrap_err().code(), "TOO_MANY_STREAMS");
        assert!(hub.subscribe(Bid::new([2; 16])).is_ok());
        drop(open);
        assert!(hub.subscribe(shop).is_ok());
    }
}
