//! Which payment may be sent next: one gate for all connections, so that a slow or dead node holds nothing up.

use std::{
    cell::RefCell,
    collections::VecDeque,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

/// Longest pause that a node may ask for before a payment is sent again: a run has only seconds.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Hands out the places of payments.
pub(crate) struct Gate {
    state: RefCell<State>,
    opened: Notify,
}

#[derive(Default)]
struct State {
    total: usize,
    /// The first place that was not handed out.
    next: usize,
    /// Places below it may be handed out.
    allowed: usize,
    /// Places that go to the probes; 0 for none.
    every: usize,
    again: Vec<usize>,
    later: VecDeque<(Instant, usize)>,
    waiting: usize,
    closed: bool,
}

impl Gate {
    /// For `total` payments, each `every`-th of which is not handed out here.
    pub(crate) fn new(total: usize, every: usize) -> Self {
        Self { state: RefCell::new(State { total, every, ..State::default() }), opened: Notify::new() }
    }

    /// Lets all places below `allowed` go. Returns those that became free.
    pub(crate) fn allow(&self, allowed: usize) -> std::ops::Range<usize> {
        let mut state = self.state.borrow_mut();
        let from = state.allowed;
        state.allowed = allowed.min(state.total).max(from);
        let free = from..state.allowed;
        let wake = free.len().min(state.waiting);
        drop(state);
        self.wake(wake);
        free
    }

    /// Lets those go whose pause is over.
    pub(crate) fn tick(&self, now: Instant) {
        let mut state = self.state.borrow_mut();
        let mut due = 0usize;
        while let Some((_, at)) = state.later.pop_front_if(|(when, _)| *when <= now) {
            state.again.push(at);
            due = due.saturating_add(1);
        }
        let wake = due.min(state.waiting);
        drop(state);
        self.wake(wake);
    }

    /// A place that must be sent once more, at once or after a pause.
    pub(crate) fn give_back(&self, at: usize, pause: Duration) {
        let mut state = self.state.borrow_mut();
        if pause.is_zero() {
            state.again.push(at);
            drop(state);
            self.opened.notify_one();
        } else {
            state.later.push_back((Instant::now() + pause.min(LONGEST_PAUSE), at));
        }
    }

    /// No more is handed out.
    pub(crate) fn close(&self) {
        self.state.borrow_mut().closed = true;
        self.opened.notify_waiters();
    }

    /// Whether every place was handed out.
    pub(crate) fn is_exhausted(&self) -> bool {
        let state = self.state.borrow();
        state.allowed >= state.total && state.next >= state.total && state.again.is_empty()
    }

    /// Waits for the next place; `None` once closed.
    pub(crate) async fn take(&self) -> Option<usize> {
        loop {
            let opened = self.opened.notified();
            tokio::pin!(opened);
            // Register first, look second: a wake in between is not missed.
            opened.as_mut().enable();
            {
                let mut state = self.state.borrow_mut();
                if state.closed {
                    return None;
                }
                if let Some(at) = state.pop() {
                    return Some(at);
                }
                state.waiting = state.waiting.saturating_add(1);
            }
            opened.await;
            let mut state = self.state.borrow_mut();
            state.waiting = state.waiting.saturating_sub(1);
        }
    }

    /// The next place, if there is one now.
    pub(crate) fn try_take(&self) -> Option<usize> {
        let mut state = self.state.borrow_mut();
        if state.closed { None } else { state.pop() }
    }

    fn wake(&self, count: usize) {
        (0..count).for_each(|_| self.opened.notify_one());
    }
}

impl State {
    fn pop(&mut self) -> Option<usize> {
        if let Some(at) = self.again.pop() {
            return Some(at);
        }
        while self.next < self.allowed {
            let at = self.next;
            self.next = at.saturating_add(1);
            if self.every == 0 || !at.is_multiple_of(self.every) {
                return Some(at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::rc::Rc;

    /// Connections that fail now and then, a pace that opens bit by bit: every place is sent, each once for every time that it was
    /// given back, but for those of the probes.
    #[test]
    fn every_place_is_handed_out_and_none_is_lost() {
        const TOTAL: usize = 500;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let local = tokio::task::LocalSet::new();
        let gate = Rc::new(Gate::new(TOTAL, 50));
        let sent = Rc::new(RefCell::new(vec![0u32; TOTAL]));
        runtime.block_on(local.run_until(async {
            let worker = |number: usize| {
                let (gate, sent) = (Rc::clone(&gate), Rc::clone(&sent));
                tokio::task::spawn_local(async move {
                    while let Some(at) = gate.take().await {
                        let times = {
                            let mut sent = sent.borrow_mut();
                            let times = sent.get_mut(at).unwrap();
                            *times += 1;
                            *times
                        };
                        if times == 1 && at.is_multiple_of(7) {
                            let pause = if at.is_multiple_of(2) { 0 } else { 3 };
                            gate.give_back(at, Duration::from_millis(pause));
                        } else if (at + number).is_multiple_of(3) {
                            tokio::task::yield_now().await;
                        }
                    }
                })
            };
            let workers: Vec<_> = (0..5).map(worker).collect();
            let mut probed = Vec::new();
            for allowed in (0..=TOTAL + 40).step_by(20) {
                probed.extend(gate.allow(allowed).filter(|at| at.is_multiple_of(50)));
                gate.tick(Instant::now());
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            gate.tick(Instant::now());
            tokio::time::sleep(Duration::from_millis(5)).await;
            assert!(gate.is_exhausted());
            gate.close();
            for worker in workers {
                worker.await.unwrap();
            }
            assert_eq!(probed, (0..TOTAL).step_by(50).collect::<Vec<_>>());
        }));
        for (at, times) in sent.borrow().iter().enumerate() {
            let expected = if at.is_multiple_of(50) { 0 } else { 1 + u32::from(at.is_multiple_of(7)) };
            assert_eq!(*times, expected, "place {at}");
        }
    }
}
