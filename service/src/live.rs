//! Open event streams: each account's subscribers, each with a bounded queue. Nothing here waits: a subscriber that does not keep
//! up is dropped, its browser comes back and reads anew, so nothing is lost but a moment.

use std::{collections::HashMap, hash::Hash};

use parking_lot::Mutex;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::error::ServiceError;

/// Events waiting for one browser: more than a shop sells, or a person pays, while a phone changes cells.
pub const BUFFERED: usize = 64;
/// Streams of one account: its screens, and tabs that were forgotten.
pub const PER_ACCOUNT: usize = 16;

/// What happens when an account has all of its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowded {
    /// The oldest makes way: it is a tab that somebody has forgotten.
    OldestMakesWay,
    /// The newest is refused: each is a till that somebody works at.
    Refuse,
}

/// All open streams of a process: of events `E` to accounts `A`, each opened as some `K`, such as a language.
pub struct Hub<A, E, K = ()> {
    total: usize,
    crowded: Crowded,
    streams: Mutex<Streams<A, E, K>>,
}

struct Streams<A, E, K> {
    closed: bool,
    accounts: HashMap<A, Vec<Stream<E, K>>>,
}

struct Stream<E, K> {
    sender: Sender<E>,
    kind: K,
}

impl<A: Hash + Eq, E: Clone, K: Copy + PartialEq> Hub<A, E, K> {
    /// A hub of at most `total` streams.
    pub fn new(total: usize, crowded: Crowded) -> Self {
        let streams = Mutex::new(Streams { closed: false, accounts: HashMap::new() });
        Self { total, crowded, streams }
    }

    /// Opens a stream of the account's events. Refused when there are too many, or the process stops.
    pub fn subscribe(&self, account: A, kind: K) -> Result<Receiver<E>, ServiceError> {
        let mut streams = self.streams.lock();
        streams.accounts.retain(|_, list| {
            list.retain(|one| !one.sender.is_closed());
            !list.is_empty()
        });
        let total: usize = streams.accounts.values().map(Vec::len).sum();
        if streams.closed || total >= self.total {
            return Err(ServiceError::TooManyStreams);
        }
        let list = streams.accounts.entry(account).or_default();
        if list.len() >= PER_ACCOUNT {
            match self.crowded {
                Crowded::Refuse => return Err(ServiceError::TooManyStreams),
                Crowded::OldestMakesWay => drop(list.remove(0)),
            }
        }
        let (sender, receiver) = mpsc::channel(BUFFERED);
        list.push(Stream { sender, kind });
        streams.count();
        Ok(receiver)
    }

    /// As what somebody listens to this account, each once; empty for nobody.
    pub fn kinds(&self, account: &A) -> Vec<K> {
        let streams = self.streams.lock();
        let mut kinds: Vec<K> = Vec::new();
        for stream in streams.accounts.get(account).into_iter().flatten() {
            if !kinds.contains(&stream.kind) {
                kinds.push(stream.kind);
            }
        }
        kinds
    }

    /// Hands `event` to those who listen to this account as `kind`.
    pub fn publish(&self, account: &A, kind: K, event: &E) {
        let mut streams = self.streams.lock();
        if let Some(list) = streams.accounts.get_mut(account) {
            // Full or closed: the stream ends here, its browser comes back and catches up.
            list.retain(|one| one.kind != kind || one.sender.try_send(event.clone()).is_ok());
        }
        streams.count();
    }

    /// Ends every stream, so that the server can stop.
    pub fn close(&self) {
        let mut streams = self.streams.lock();
        streams.closed = true;
        streams.accounts.clear();
        streams.count();
    }
}

impl<A, E, K> Streams<A, E, K> {
    fn count(&self) {
        let total: usize = self.accounts.values().map(Vec::len).sum();
        metrics::gauge!("dure_event_streams").set(u32::try_from(total).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tokio::sync::mpsc::error::TryRecvError;

    fn hub(crowded: Crowded) -> Hub<&'static str, u32, bool> {
        Hub::new(100, crowded)
    }

    #[test]
    fn news_reaches_its_account_and_kind_only() {
        let hub = hub(Crowded::Refuse);
        let mut mine = hub.subscribe("a", true).unwrap();
        let mut otherwise = hub.subscribe("a", false).unwrap();
        let mut others = hub.subscribe("b", true).unwrap();
        hub.publish(&"a", true, &5);
        assert_eq!(mine.try_recv(), Ok(5));
        assert!(otherwise.try_recv().is_err() && others.try_recv().is_err());
        assert_eq!((hub.kinds(&"a"), hub.kinds(&"c")), (vec![true, false], vec![]));
    }

    #[test]
    fn a_reader_that_does_not_keep_up_is_cut_off() {
        let hub = hub(Crowded::Refuse);
        let mut slow = hub.subscribe("a", true).unwrap();
        (0..=64).for_each(|event| hub.publish(&"a", true, &event));
        assert!(hub.kinds(&"a").is_empty());
        assert!((0..64).all(|event| slow.try_recv() == Ok(event)));
        assert_eq!(slow.try_recv(), Err(TryRecvError::Disconnected));
    }

    #[test]
    fn the_oldest_makes_way_where_forgotten_tabs_are_many() {
        let hub = hub(Crowded::OldestMakesWay);
        let mut first = hub.subscribe("a", true).unwrap();
        let rest: Vec<_> = (0..PER_ACCOUNT).map(|_| hub.subscribe("a", true).unwrap()).collect();
        assert_eq!(first.try_recv(), Err(TryRecvError::Disconnected));
        assert!(rest.iter().all(|stream| !stream.is_closed()));
        hub.close();
        assert!(hub.subscribe("a", true).is_err() && rest.iter().all(Receiver::is_closed));
    }

    #[test]
    fn streams_are_bounded_and_closed_ones_make_room() {
        let hub = hub(Crowded::Refuse);
        let open: Vec<_> = (0..PER_ACCOUNT).map(|_| hub.subscribe("a", true).unwrap()).collect();
        assert_eq!(hub.subscribe("a", true).unwrap_err().code(), "TOO_MANY_STREAMS");
        assert!(hub.subscribe("b", true).is_ok());
        drop(open);
        assert!(hub.subscribe("a", true).is_ok());
        let small = Hub::<_, u32, bool>::new(1, Crowded::OldestMakesWay);
        let _one = small.subscribe("a", true).unwrap();
        assert!(small.subscribe("b", true).is_err());
    }
}
