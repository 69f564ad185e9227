//! The checks: what comes in is decoded, verified and held against the state before it may wait for a block.
//!
//! Handlers put transactions into a bounded [`queue`] and await the answer; a few threads take whatever waits there as one batch
//! ([`verifier`]), so that under load signatures are checked hundreds at a time against one view of the state ([`checks`]), and an
//! idle node answers at once. Everything that is taken gets an answer; what finds no room is told when to come back.

mod answer;
mod checks;
mod queue;
mod verifier;

use std::sync::Arc;

use bytes::Bytes;
use dure_consensus::Engine;
use tokio::sync::oneshot;

pub use answer::{Admitted, Origin, Taken, TurnedAway};

use crate::{
    history::ledger::Ledger,
    ingress::{finality::Finality, gossip::Gossip, pool::Pool, signatures::Signatures},
    measure,
};
use checks::Checks;
use queue::{Queue, Reply, Tally, Ticket};
use verifier::Verifiers;

/// The checks of one node.
pub struct Admission {
    checks: Arc<Checks>,
    queue: Arc<Queue>,
    _verifiers: Verifiers,
}

impl Admission {
    /// A checks that opens to `pool`, with its threads; these end when it is dropped. `finality` tells clients who wait.
    pub fn new(
        ledger: Arc<Ledger>,
        pool: Arc<Pool>,
        signatures: Arc<Signatures>,
        finality: Arc<Finality>,
        gossip: Gossip,
    ) -> std::io::Result<Self> {
        let checks = Arc::new(Checks::new(ledger, pool, signatures, finality, gossip));
        let queue = Arc::new(Queue::default());
        let verifiers = Verifiers::start(&checks, &queue)?;
        Ok(Self { checks, queue, _verifiers: verifiers })
    }

    /// Names the orderer to be woken from now on. Without one the node observes: it proposes nothing, and passes on to its
    /// peers whatever comes in.
    pub fn wakes(&self, engine: Arc<Engine>) {
        engine.wake();
        self.checks.orders(Some(engine));
    }

    /// From now on the node observes.
    pub fn observes(&self) {
        self.checks.orders(None);
    }

    /// Takes nothing more, because the node stops: whoever comes is told to go elsewhere. What was taken is still answered.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Where clients wait for finality.
    pub fn finality(&self) -> &Arc<Finality> {
        self.checks.finality()
    }

    /// Takes a client's transaction in. Taking the same one twice is the same as once. With `wait` an admitted one comes with a
    /// wait for its receipt, unless too many wait.
    pub async fn submit(&self, wire: Bytes, wait: bool) -> Result<Admitted, TurnedAway> {
        let (sender, answer) = oneshot::channel();
        let result = match self.queue.push(vec![Ticket { wire, reply: Reply::Client { sender, wait } }]) {
            Ok(()) => answer.await.unwrap_or(Err(TurnedAway::Stopping)),
            Err(full) => Err(full),
        };
        measure::admission(match &result {
            Ok(Admitted::Pending(..)) => "admitted",
            Ok(Admitted::Final(_)) => "final",
            Err(error) => error.code(),
        });
        result
    }

    /// Takes what another node passes on: all of it, or nothing while too much waits here.
    pub async fn take(&self, wires: Vec<Bytes>) -> Result<Taken, TurnedAway> {
        if wires.is_empty() {
            return Ok(Taken::default());
        }
        let (sender, answer) = oneshot::channel();
        let tally = Arc::new(Tally::new(wires.len(), sender));
        let ticket = |wire| Ticket { wire, reply: Reply::Peer(Arc::clone(&tally)) };
        self.queue.push(wires.into_iter().map(ticket).collect())?;
        drop(tally);
        answer.await.map_err(|_| TurnedAway::Stopping)
    }
}
