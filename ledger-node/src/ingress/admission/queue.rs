//! Transactions between a handler and a verifier: bounded, in order of coming.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::answer::{Admitted, Origin, Taken, TurnedAway};

/// Most transactions of clients that wait: a core verifies so many in about a quarter of a second.
const MAX_OF_CLIENTS: usize = 8_192;

/// Most transactions of peers that wait: theirs come from three nodes or more and are worth more than strangers'.
const MAX_OF_PEERS: usize = 16_384;

/// Most wire bytes that wait, of clients and of peers each.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Most transactions of one batch: more would not be verified faster, and the first would wait for the last.
pub(super) const BATCH: usize = 256;

/// After a batch of so many the next is let grow for a moment.
const BUSY: usize = 4;

/// How long it is let grow: little beside the time between blocks, and nothing while the node is idle. A signature in a batch of
/// sixteen costs a third of one alone.
const GATHER: Duration = Duration::from_millis(12);

/// After so many batches that came to the size of the one before, a larger one is tried.
const STEADY: u32 = 8;

/// How far the batches of one verifier are let grow. Those who wait for an answer before they send again never make a batch larger
/// than they are many, and waiting any longer for more would only slow them down.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// So many are waited for: what came of late, and less and less where fewer come.
    goal: usize,
    steady: u32,
}

impl Pace {
    /// After a batch of so many.
    fn note(&mut self, count: usize) {
        let eighth = (self.goal / 8).max(1);
        if count != self.goal {
            *self = Self { goal: count.max(self.goal.saturating_sub(eighth)), steady: 0 };
            return;
        }
        self.steady = self.steady.saturating_add(1);
        if self.steady >= STEADY {
            *self = Self { goal: self.goal.saturating_add(eighth), steady: 0 };
        }
    }
}

/// A transaction with somebody who wants to know what becomes of it.
pub(super) struct Ticket {
    pub(super) wire: Bytes,
    pub(super) reply: Reply,
}

/// Who gets the answer.
pub(super) enum Reply {
    /// A client, who may want to wait for finality.
    Client { sender: oneshot::Sender<Result<Admitted, TurnedAway>>, wait: bool },
    /// The batch of a peer.
    Peer(Arc<Tally>),
}

/// Counts what became of a peer's batch, and tells it once all of it is decided, however it is.
pub(super) struct Tally {
    accepted: AtomicUsize,
    refused: AtomicUsize,
    total: usize,
    sender: Option<oneshot::Sender<Taken>>,
}

impl Tally {
    pub(super) const fn new(total: usize, sender: oneshot::Sender<Taken>) -> Self {
        Self { accepted: AtomicUsize::new(0), refused: AtomicUsize::new(0), total, sender: Some(sender) }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let (accepted, refused) = (*self.accepted.get_mut(), *self.refused.get_mut());
        let no_room = self.total.saturating_sub(accepted).saturating_sub(refused);
        if let Some(sender) = self.sender.take() {
            // A peer that has hung up needs no answer.
            let _ = sender.send(Taken { accepted, refused, no_room });
        }
    }
}

impl Reply {
    pub(super) const fn origin(&self) -> Origin {
        match self {
            Self::Client { .. } => Origin::Client,
            Self::Peer(_) => Origin::Peer,
        }
    }

    pub(super) const fn wants_to_wait(&self) -> bool {
        matches!(self, Self::Client { wait: true, .. })
    }

    pub(super) fn answer(self, result: Result<Admitted, TurnedAway>) {
        match self {
            // A client that has hung up needs no answer; its transaction waits all the same.
            Self::Client { sender, .. } => drop(sender.send(result)),
            Self::Peer(tally) => {
                let counter = match result {
                    Ok(_) => &tally.accepted,
                    Err(error) if error.is_for_want_of_room() => return,
                    Err(_) => &tally.refused,
                };
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// The queue.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    came: Condvar,
    /// Ends a gathering early.
    full: Condvar,
}

#[derive(Default)]
struct State {
    tickets: VecDeque<Ticket>,
    clients: Load,
    peers: Load,
    /// Somebody lets a batch grow to so many: nobody else need be woken until it has them.
    gathering: Option<usize>,
    closed: bool,
}

#[derive(Default)]
struct Load {
    count: usize,
    bytes: usize,
}

impl State {
    const fn load(&mut self, origin: Origin) -> (&mut Load, usize) {
        match origin {
            Origin::Client => (&mut self.clients, MAX_OF_CLIENTS),
            Origin::Peer => (&mut self.peers, MAX_OF_PEERS),
        }
    }
}

impl Queue {
    /// Takes all of these, which have one origin, or none.
    pub(super) fn push(&self, tickets: Vec<Ticket>) -> Result<(), TurnedAway> {
        let Some(origin) = tickets.first().map(|ticket| ticket.reply.origin()) else { return Ok(()) };
        let bytes = tickets.iter().fold(0usize, |sum, ticket| sum.saturating_add(ticket.wire.len()));
        let mut state = self.state.lock();
        if state.closed {
            return Err(TurnedAway::Stopping);
        }
        let (load, most) = state.load(origin);
        let (count, bytes) = (load.count.saturating_add(tickets.len()), load.bytes.saturating_add(bytes));
        if count > most || bytes > MAX_BYTES {
            return Err(TurnedAway::Overloaded);
        }
        (load.count, load.bytes) = (count, bytes);
        state.tickets.extend(tickets);
        let (gathering, waiting) = (state.gathering, state.tickets.len());
        drop(state);
        match gathering {
            None => drop(self.came.notify_one()),
            Some(goal) if waiting >= goal => drop(self.full.notify_one()),
            Some(_) => {}
        }
        Ok(())
    }

    /// Waits for transactions and takes a batch of them; `None` once the queue is closed and empty. `pace` is the caller's own.
    pub(super) fn pop(&self, pace: &mut Pace) -> Option<Vec<Ticket>> {
        let mut state = self.state.lock();
        while state.tickets.is_empty() {
            if state.closed {
                return None;
            }
            self.came.wait(&mut state);
        }
        let goal = pace.goal.min(BATCH);
        if goal >= BUSY && state.gathering.is_none() && state.tickets.len() < goal && !state.closed {
            state.gathering = Some(goal);
            let few = |state: &mut State| state.tickets.len() < goal && !state.closed;
            // Whether it is full or the moment is over, what is there is taken.
            let _ = self.full.wait_while_for(&mut state, few, GATHER);
            state.gathering = None;
        }
        let count = state.tickets.len().min(BATCH);
        pace.note(count);
        let batch: Vec<Ticket> = state.tickets.drain(..count).collect();
        for ticket in &batch {
            let (load, _) = state.load(ticket.reply.origin());
            load.count = load.count.saturating_sub(1);
            load.bytes = load.bytes.saturating_sub(ticket.wire.len());
        }
        if !state.tickets.is_empty() {
            self.came.notify_one();
        }
        Some(batch)
    }

    /// Takes nothing more; what is in it is still answered.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.came.notify_all();
        self.full.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn client(bytes: usize) -> (Ticket, oneshot::Receiver<Result<Admitted, TurnedAway>>) {
        let (sender, answer) = oneshot::channel();
        (Ticket { wire: vec![0; bytes].into(), reply: Reply::Client { sender, wait: false } }, answer)
    }

    #[test]
    fn a_batch_is_let_grow_to_what_came_before_and_sometimes_a_little_further() {
        let mut pace = Pace::default();
        pace.note(64);
        assert_eq!(pace.goal, 64, "the first says how many there are");
        for _ in 0..STEADY {
            assert_eq!(pace.goal, 64);
            pace.note(64);
        }
        assert_eq!(pace.goal, 72, "perhaps more would come");
        pace.note(64);
        assert_eq!(pace.goal, 64, "they did not");
        pace.note(200);
        assert_eq!(pace.goal, 200, "more were there at once");
        pace.note(100);
        assert_eq!(pace.goal, 175, "a smaller one may be chance");
        (0..40).for_each(|_| pace.note(1));
        assert!(pace.goal < BUSY, "nothing is waited for once it is quiet");
    }

    /// Sixty-four clients who each send again once they have an answer wait for each other, and for nothing else.
    #[test]
    fn clients_who_wait_for_their_answers_are_not_kept_waiting() {
        let (queue, mut pace) = (Queue::default(), Pace::default());
        let mut waited = 0;
        for _ in 0..40 {
            let tickets: Vec<Ticket> = (0..64).map(|_| client(1).0).collect();
            queue.push(tickets).unwrap();
            waited += usize::from(pace.goal > 64);
            assert_eq!(queue.pop(&mut pace).unwrap().len(), 64);
        }
        assert!((1..=4).contains(&waited), "{waited} of forty batches were let grow");
    }

    #[test]
    fn it_is_bounded_by_count_and_bytes_and_drains_in_order() {
        let queue = Queue::default();
        let mut answers = Vec::new();
        for _ in 0..MAX_OF_CLIENTS {
            let (ticket, answer) = client(1);
            queue.push(vec![ticket]).unwrap();
            answers.push(answer);
        }
        assert!(matches!(queue.push(vec![client(1).0]), Err(TurnedAway::Overloaded)));
        // Peers have room of their own.
        let (sender, mut taken) = oneshot::channel();
        let tally = Arc::new(Tally::new(1, sender));
        queue.push(vec![Ticket { wire: Bytes::new(), reply: Reply::Peer(tally) }]).unwrap();
        assert_eq!(queue.pop(&mut Pace::default()).unwrap().len(), BATCH);
        queue.push(vec![client(1).0]).unwrap();
        assert!(matches!(queue.push(vec![client(MAX_BYTES).0]), Err(TurnedAway::Overloaded)));
        queue.close();
        assert!(matches!(queue.push(vec![client(1).0]), Err(TurnedAway::Stopping)));
        assert!(taken.try_recv().is_err());
        while queue.pop(&mut Pace::default()).is_some() {}
        assert_eq!(taken.try_recv().unwrap(), Taken { accepted: 0, refused: 0, no_room: 1 });
        let state = queue.state.lock();
        assert_eq!((state.clients.count, state.clients.bytes, state.peers.count), (0, 0, 0));
    }
}
