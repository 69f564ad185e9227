//! Payments that are followed until they are final: how long a client waits, counted from when it meant to send.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use dure_score::TxId;
use tokio::{sync::Notify, time::sleep};

use crate::{
    http::{Connection, get, post},
    sender::{Next, Sending},
};

/// Longest wait for one answer, ms; a node allows no more.
const WAIT_MS: u64 = 30_000;

/// Pause after a failure.
const PAUSE: Duration = Duration::from_millis(20);

/// A payment and when it was meant to be sent.
type Due = (usize, Instant);

/// Payments that wait for a free probe, and those that are final.
#[derive(Default)]
pub(crate) struct Probes {
    due: RefCell<VecDeque<Due>>,
    added: Notify,
    done: RefCell<Vec<Seen>>,
    open: Cell<usize>,
}

/// One payment that is final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// When it was meant to be sent.
    pub(crate) meant: Instant,
    /// From then until its receipt was here.
    pub(crate) took: Duration,
}

impl Probes {
    /// A payment to be sent now, or that should have been sent at `meant`.
    pub(crate) fn add(&self, at: usize, meant: Instant) {
        self.open.set(self.open.get().saturating_add(1));
        self.due.borrow_mut().push_back((at, meant));
        self.added.notify_one();
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_idle(&self) -> bool {
        self.open.get() == 0
    }

    /// What is final so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.done.borrow().clone()
    }

    async fn next(&self) -> Due {
        loop {
            let added = self.added.notified();
            tokio::pin!(added);
            added.as_mut().enable();
            if let Some(due) = self.due.borrow_mut().pop_front() {
                return due;
            }
            added.await;
        }
    }
}

/// One probe's life: a payment at a time.
pub(crate) async fn probe(probes: Rc<Probes>, sending: Rc<Sending>, address: SocketAddr) {
    let mut connection = None;
    loop {
        let due = probes.next().await;
        match follow(&sending, &mut connection, address, due.0).await {
            Ok(is_final) => {
                probes.open.set(probes.open.get().saturating_sub(1));
                if is_final {
                    probes.done.borrow_mut().push(Seen { meant: due.1, took: due.1.elapsed() });
                }
            }
            Err(_) => {
                // Another probe, perhaps of another node, takes it up; its time goes on counting.
                connection = None;
                probes.due.borrow_mut().push_front(due);
                probes.added.notify_one();
                sleep(PAUSE).await;
            }
        }
    }
}

/// Sends a payment and waits until it is final. False if it was refused for good.
async fn follow(
    sending: &Sending,
    kept: &mut Option<Connection>,
    address: SocketAddr,
    at: usize,
) -> io::Result<bool> {
    let connection = match kept {
        Some(connection) => connection,
        None => kept.insert(Connection::open(address).await?),
    };
    let Some((id, wire)) = sending.payments.get(at) else { return Ok(false) };
    let mut request = Vec::new();
    post(&mut request, &format!("?wait=final&timeout_ms={WAIT_MS}"), wire);
    loop {
        connection.send(&request).await?;
        let answer = connection.answer().await?;
        let next = sending.tally.borrow_mut().note(&answer);
        match next {
            Next::Taken if is_final(&answer.body) => return Ok(true),
            Next::Taken => return wait(connection, id).await,
            Next::Again(pause) => sleep(pause).await,
            Next::Refused => return Ok(false),
        }
    }
}

/// Asks after a payment until it is final.
async fn wait(connection: &mut Connection, id: &TxId) -> io::Result<bool> {
    let request = get(&format!("/v1/transactions/{id}?wait=final&timeout_ms={WAIT_MS}"));
    loop {
        connection.send(&request).await?;
        let answer = connection.answer().await?;
        if answer.status != 200 {
            return Err(io::Error::other(format!("status {}", answer.status)));
        }
        if is_final(&answer.body) {
            return Ok(true);
        }
    }
}

fn is_final(body: &[u8]) -> bool {
    let wanted = b"\"status\":\"final\"";
    body.windows(wanted.len()).any(|found| found == wanted)
}
