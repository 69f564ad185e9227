//! One signer's waiting transactions, and when its turn is.

use std::sync::Arc;

use bytes::Bytes;
use dure_score::{CertId, TxId, VerifiedTx};

use super::lane::Lane;

/// A transaction that waits.
pub(super) struct Item {
    pub(super) id: TxId,
    pub(super) signer: CertId,
    pub(super) lane: Lane,
    pub(super) valid_until: u64,
    /// Grows with each transaction that comes: a signer's own order.
    pub(super) arrival: u64,
    /// Its wire bytes, shared with the verified transaction.
    pub(super) wire: Bytes,
}

/// The wire bytes of a verified transaction, without copying them.
struct Wire(Arc<VerifiedTx>);

impl AsRef<[u8]> for Wire {
    fn as_ref(&self) -> &[u8] {
        self.0.signed().wire()
    }
}

/// The wire bytes of a verified transaction, shared with it.
pub(crate) fn wire_of(tx: &Arc<VerifiedTx>) -> Bytes {
    Bytes::from_owner(Wire(Arc::clone(tx)))
}

impl Item {
    pub(super) fn new(tx: &Arc<VerifiedTx>, arrival: u64) -> Self {
        let signed = tx.signed();
        let transaction = signed.transaction();
        Self {
            id: signed.id(),
            signer: transaction.signer,
            lane: Lane::of(tx),
            valid_until: transaction.valid_until,
            arrival,
            wire: wire_of(tx),
        }
    }
}

/// One signer. `turn` orders the signers: who was never served by arrival, who was served by the time of that.
#[derive(Default)]
pub(super) struct Signer {
    pub(super) turn: u64,
    /// All that wait, also those that are set aside.
    pub(super) waiting: usize,
    /// Those that may be proposed, in order of arrival; at most [`super::MAX_PER_SIGNER`], so a plain list is quick.
    pub(super) ready: Vec<Arc<Item>>,
    /// Where the pool has it in line: its first transaction's lane and its turn.
    pub(super) in_line: Option<(Lane, u64)>,
}

impl Signer {
    /// Makes a transaction ready. `turn` counts if it is earlier than the signer's own, or if the signer has none.
    pub(super) fn ready(&mut self, item: Arc<Item>) {
        self.turn = if self.ready.is_empty() { item.arrival } else { self.turn.min(item.arrival) };
        let at = self.ready.partition_point(|other| other.arrival < item.arrival);
        self.ready.insert(at, item);
    }

    /// Takes a transaction out. True if it was the first: then the signer was served.
    pub(super) fn take(&mut self, arrival: u64) -> bool {
        let Ok(at) = self.ready.binary_search_by_key(&arrival, |item| item.arrival) else { return false };
        self.ready.remove(at);
        at == 0
    }
}
