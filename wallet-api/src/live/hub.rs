//! Subscribers per account, each with a bounded queue. A subscriber that does not keep up is dropped: its browser
//! reconnects and reads the account anew, so nothing is lost but a moment.

use std::collections::HashMap;

use dure_web::Lang;
use parking_lot::Mutex;
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::repo::{accounts::Account, entries::Entry};

/// Events waiting for one browser: a burst of payments, not more.
const QUEUE: usize = 64;
/// Streams of one person: devices, and tabs that were forgotten.
const PER_ACCOUNT: usize = 16;
/// Streams of the process.
const TOTAL: usize = 20_000;

/// News for one account.
#[derive(Debug, Clone)]
pub enum Event {
    /// The balance has changed.
    Account(Account),
    /// Something came or went.
    Entry(Box<Entry>),
}

/// All open streams.
#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    closed: bool,
    total: usize,
    by_account: HashMap<String, Vec<Subscriber>>,
}

struct Subscriber {
    sender: mpsc::Sender<Event>,
    lang: Lang,
}

impl Hub {
    /// A stream of the account's news; `None` when there are too many or the service stops. A person's oldest
    /// stream makes way for the newest.
    pub fn subscribe(&self, bid: &str, lang: Lang) -> Option<mpsc::Receiver<Event>> {
        let mut inner = self.inner.lock();
        inner.sweep();
        if inner.closed || inner.total >= TOTAL {
            return None;
        }
        let (sender, receiver) = mpsc::channel(QUEUE);
        let list = inner.by_account.entry(bid.to_owned()).or_default();
        if list.len() >= PER_ACCOUNT {
            list.remove(0);
        }
        list.push(Subscriber { sender, lang });
        inner.count();
        Some(receiver)
    }

    /// Languages in which somebody listens to this account; empty for nobody.
    pub fn languages(&self, bid: &str) -> Vec<Lang> {
        let inner = self.inner.lock();
        let list = inner.by_account.get(bid).map(Vec::as_slice).unwrap_or_default();
        Lang::ALL.iter().copied().filter(|lang| list.iter().any(|one| one.lang == *lang)).collect()
    }

    /// Sends news to those who listen to this account in `lang`.
    pub fn publish(&self, bid: &str, lang: Lang, event: &Event) {
        let mut inner = self.inner.lock();
        let Some(list) = inner.by_account.get_mut(bid) else { return };
        list.retain(|one| {
            one.lang != lang
                || match one.sender.try_send(event.clone()) {
                    Ok(()) => true,
                    Err(TrySendError::Full(_) | TrySendError::Closed(_)) => false,
                }
        });
        inner.count();
    }

    /// Ends every stream, so that the server can stop.
    pub fn close(&self) {
        let mut inner = self.inner.lock();
        inner.closed = true;
        inner.by_account.clear();
        inner.count();
    }
}

impl Inner {
    fn sweep(&mut self) {
        self.by_account.retain(|_, list| {
            list.retain(|one| !one.sender.is_closed());
            !list.is_empty()
        });
        self.count();
    }

    fn count(&mut self) {
        self.total = self.by_account.values().map(Vec::len).sum();
        metrics::gauge!("wallet_event_streams").set(u32::try_from(self.total).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn news() -> Event {
        Event::Account(Account { bid: "a".into(), balance: 5, height: 1 })
    }

    #[test]
    fn news_reaches_its_account_and_language_only() {
        let hub = Hub::default();
        let mut mine = hub.subscribe("a", Lang::Ko).unwrap();
        let mut english = hub.subscribe("a", Lang::En).unwrap();
        let mut other = hub.subscribe("b", Lang::Ko).unwrap();
        hub.publish("a", Lang::Ko, &news());
        assert!(matches!(mine.try_recv().unwrap(), Event::Account(account) if account.balance == 5));
        assert!(english.try_recv().is_err() && other.try_recv().is_err());
        assert_eq!(hub.languages("a"), vec![Lang::Ko, Lang::En]);
    }

    #[test]
    fn slow_and_superfluous_streams_end() {
        let hub = Hub::default();
        let mut slow = hub.subscribe("a", Lang::Ko).unwrap();
        for _ in 0..=QUEUE {
            hub.publish("a", Lang::Ko, &news());
        }
        assert!(hub.languages("a").is_empty());
        for _ in 0..QUEUE {
            slow.try_recv().unwrap();
        }
        assert_eq!(slow.try_recv().unwrap_err(), mpsc::error::TryRecvError::Disconnected);
        let mut first = hub.subscribe("b", Lang::Ko).unwrap();
        let rest: Vec<_> = (0..PER_ACCOUNT).map(|_| hub.subscribe("b", Lang::Ko).unwrap()).collect();
        assert_eq!(first.try_recv().unwrap_err(), mpsc::error::TryRecvError::Disconnected);
        hub.close();
        assert!(hub.subscribe("b", Lang::Ko).is_none());
        drop(rest);
    }
}
