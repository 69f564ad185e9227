//! Connections that send payments and note how each was answered.

use std::{cell::RefCell, collections::BTreeMap, net::SocketAddr, rc::Rc, time::Duration};

use tokio::time::sleep;

use crate::{
    Payments,
    gate::Gate,
    http::{Answer, Connection, post},
};

/// Pause before a node that does not answer is called again.
const RECONNECT: Duration = Duration::from_millis(100);

/// Pause when a busy node names none.
const PAUSE: Duration = Duration::from_secs(1);

/// Most bytes of a refusal that are kept for people.
const SHOWN: usize = 300;

/// What the connections share.
pub(crate) struct Sending {
    pub(crate) payments: Payments,
    pub(crate) gate: Gate,
    pub(crate) tally: RefCell<Tally>,
}

/// How payments were answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Taken in, or final already.
    pub(crate) accepted: u64,
    /// Turned away for good, by status.
    pub(crate) refused: BTreeMap<u16, u64>,
    /// Told to come back later, by status; each was sent again.
    pub(crate) busy: BTreeMap<u16, u64>,
    /// Connections that broke; what was on them was sent again.
    pub(crate) broken: u64,
    /// What the first refusal said.
    pub(crate) example: Option<String>,
}

/// What to do after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It was taken.
    Taken,
    /// Once more after a pause.
    Again(Duration),
    /// Never.
    Refused,
}

impl Tally {
    pub(crate) fn note(&mut self, answer: &Answer) -> Next {
        match answer.status {
            200 | 202 => {
                self.accepted = self.accepted.saturating_add(1);
                Next::Taken
            }
            status @ (429 | 503) => {
                count(&mut self.busy, status);
                Next::Again(answer.retry_after.map_or(PAUSE, Duration::from_secs))
            }
            status => {
                count(&mut self.refused, status);
                self.example.get_or_insert_with(|| {
                    String::from_utf8_lossy(answer.body.get(..SHOWN).unwrap_or(&answer.body)).into_owned()
                });
                Next::Refused
            }
        }
    }
}

fn count(of: &mut BTreeMap<u16, u64>, status: u16) {
    let entry = of.entry(status).or_default();
    *entry = entry.saturating_add(1);
}

/// One connection's life: takes up to `depth` payments, sends them in one piece, reads their answers.
pub(crate) async fn send(shared: Rc<Sending>, address: SocketAddr, depth: usize) {
    let (mut places, mut requests) = (Vec::with_capacity(depth), Vec::new());
    loop {
        let Ok(mut connection) = Connection::open(address).await else {
            sleep(RECONNECT).await;
            continue;
        };
        loop {
            let Some(first) = shared.gate.take().await else { return };
            places.push(first);
            while places.len() < depth
                && let Some(next) = shared.gate.try_take()
            {
                places.push(next);
            }
            let done = exchange(&shared, &mut connection, &places, &mut requests).await;
            // What got no answer is sent again: a transaction that came in twice counts once.
            places.drain(..done);
            let broke = !places.is_empty();
            places.drain(..).for_each(|at| shared.gate.give_back(at, Duration::ZERO));
            if broke {
                let mut tally = shared.tally.borrow_mut();
                tally.broken = tally.broken.saturating_add(1);
                break;
            }
        }
        sleep(RECONNECT).await;
    }
}

/// Sends payments and reads answers; returns how many were answered.
async fn exchange(
    shared: &Sending,
    connection: &mut Connection,
    places: &[usize],
    requests: &mut Vec<u8>,
) -> usize {
    requests.clear();
    for (_, wire) in places.iter().filter_map(|at| shared.payments.get(*at)) {
        post(requests, "", wire);
    }
    if connection.send(requests).await.is_err() {
        return 0;
    }
    for (done, at) in places.iter().enumerate() {
        let Ok(answer) = connection.answer().await else { return done };
        if let Next::Again(pause) = shared.tally.borrow_mut().note(&answer) {
            shared.gate.give_back(*at, pause);
        }
    }
    places.len()
}
