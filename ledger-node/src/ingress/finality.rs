//! Who waits for which transaction. Told from each applied block's receipts once these are durable, so that a waiting client
//! costs nothing until its own transaction is final.

use std::{collections::hash_map::Entry, sync::Arc};

use dure_score::{Receipt, TxId};
use parking_lot::Mutex;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use crate::state::hashed::HashMap;

/// Most clients that wait at once: as many as a handful of HTTP workers hold connections. Beyond it nobody is turned away, but
/// answered at once with how things stand.
pub const MAX_WAITING: usize = 16_384;

/// The clients that wait.
#[derive(Default)]
pub struct Finality {
    waiting: Mutex<Waiting>,
}

/// A waiter's number and how it is told.
type Waiter = (u64, oneshot::Sender<Arc<Receipt>>);

#[derive(Default)]
struct Waiting {
    by_id: HashMap<TxId, Vec<Waiter>>,
    count: usize,
    /// Numbers the waiters.
    last: u64,
}

/// One client's wait. Ends without a trace when it is dropped.
pub struct Wait {
    finality: Arc<Finality>,
    id: TxId,
    number: u64,
    receipt: oneshot::Receiver<Arc<Receipt>>,
}

/// How a wait has ended.
#[derive(Debug)]
pub enum Waited {
    /// With the receipt.
    Final(Receipt),
    /// The transaction has expired while it waited here.
    Gone,
    /// The time is over.
    Late,
}

impl Finality {
    /// Waits for a transaction from now on: a block that is applied after this call is not missed. `None` if too many wait.
    pub fn wait(self: &Arc<Self>, id: TxId) -> Option<Wait> {
        let (sender, receipt) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        if waiting.count >= MAX_WAITING {
            return None;
        }
        waiting.count = waiting.count.saturating_add(1);
        waiting.last = waiting.last.wrapping_add(1);
        let number = waiting.last;
        waiting.by_id.entry(id).or_default().push((number, sender));
        drop(waiting);
        Some(Wait { finality: Arc::clone(self), id, number, receipt })
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.lock().count
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// These are final and durable.
    pub fn tell(&self, receipts: Vec<Receipt>) {
        let mut waiting = self.waiting.lock();
        if waiting.count == 0 {
            return;
        }
        let told: Vec<_> = receipts
            .into_iter()
            .filter_map(|receipt| waiting.take(&receipt.tx).map(|senders| (receipt, senders)))
            .collect();
        drop(waiting);
        for (receipt, senders) in told {
            let receipt = Arc::new(receipt);
            for (_, sender) in senders {
                // Whoever has gone meanwhile needs no answer.
                drop(sender.send(Arc::clone(&receipt)));
            }
        }
    }

    /// These can be in no block any more.
    pub fn gone(&self, ids: &[TxId]) {
        let mut waiting = self.waiting.lock();
        // Without their senders the waits end.
        let senders: Vec<_> = ids.iter().filter_map(|id| waiting.take(id)).collect();
        drop(waiting);
        drop(senders);
    }
}

impl Waiting {
    fn take(&mut self, id: &TxId) -> Option<Vec<Waiter>> {
        let senders = self.by_id.remove(id)?;
        self.count = self.count.saturating_sub(senders.len());
        Some(senders)
    }
}

impl Wait {
    /// Waits until `deadline` at most.
    pub async fn until(mut self, deadline: Instant) -> Waited {
        match timeout_at(deadline, &mut self.receipt).await {
            Ok(Ok(receipt)) => Waited::Final(Arc::unwrap_or_clone(receipt)),
            Ok(Err(_)) => Waited::Gone,
            Err(_) => Waited::Late,
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut waiting = self.finality.waiting.lock();
        let Entry::Occupied(mut senders) = waiting.by_id.entry(self.id) else { return };
        let before = senders.get().len();
        senders.get_mut().retain(|(number, _)| *number != self.number);
        let gone = before.saturating_sub(senders.get().len());
        if senders.get().is_empty() {
            senders.remove();
        }
        waiting.count = waiting.count.saturating_sub(gone);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use dure_score::{CertId, Outcome};

    use super::*;

    fn receipt(id: u8) -> Receipt {
        Receipt {
            tx: TxId::new([id; 32]),
            signer: CertId::new([1; 16]),
            height: 1,
            index: 0,
            time_ms: 1,
            outcome: Outcome::Applied,
            effects: Vec::new(),
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    #[tokio::test]
    async fn everybody_who_waits_is_told_and_nobody_stays_behind() {
        let finality = Arc::new(Finality::default());
        let wait = |id: u8| finality.wait(TxId::new([id; 32])).unwrap();
        let (one, two, other, gone, late) = (wait(1), wait(1), wait(2), wait(3), wait(4));
        drop(other);
        assert_eq!(finality.len(), 4);
        finality.tell(vec![receipt(1), receipt(2), receipt(9)]);
        finality.gone(&[TxId::new([3; 32])]);
        for wait in [one, two] {
            assert!(matches!(wait.until(soon()).await, Waited::Final(found) if found == receipt(1)));
        }
        assert!(matches!(gone.until(soon()).await, Waited::Gone));
        assert!(matches!(late.until(soon()).await, Waited::Late));
        assert!(finality.is_empty() && finality.waiting.lock().by_id.is_empty());
    }

    #[test]
    fn only_so_many_wait() {
        let finality = Arc::new(Finality::default());
        let id = TxId::new([1; 32]);
        let mut waits: Vec<_> = (0..MAX_WAITING).map(|_| finality.wait(id).unwrap()).collect();
        assert!(finality.wait(id).is_none());
        waits.pop();
        assert!(finality.wait(id).is_some());
    }
}
