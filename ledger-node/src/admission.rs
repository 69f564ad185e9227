//! The door: what comes in is decoded, verified and held against the state before it may wait for a block.

use std::sync::{Arc, OnceLock};

use dure_consensus::Engine;
use dure_score::{
    BlockContext, Overlay, Receipt, Refusal, SignedTx, Transaction, TxId, VerifiedTx, apply::precheck,
    limits::MAX_TX_BYTES,
};

use crate::{
    gossip::Gossip,
    ledger::{Ledger, LedgerError, now_ms},
    measure,
    pool::{Inserted, Pool},
    signatures::Signatures,
    store::{StateView, StoreError},
};

/// What became of a transaction at the door.
#[derive(Debug)]
pub enum Admitted {
    /// It waits for a block.
    Pending(TxId),
    /// It is in a block already; its receipt.
    Final(Box<Receipt>),
}

/// Why a transaction was turned away.
#[derive(Debug, thiserror::Error)]
pub enum TurnedAway {
    /// Not a transaction in canonical form.
    #[error("these bytes are not a transaction in canonical form")]
    Malformed,
    /// Longer than a transaction may be.
    #[error("a transaction has at most {MAX_TX_BYTES} bytes")]
    TooLarge,
    /// The contract would refuse it for certain.
    #[error("{}", .0.sentence(dure_score::Lang::En))]
    Refused(Refusal),
    /// Too many wait.
    #[error("too many transactions wait; try again in a moment")]
    Full,
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for TurnedAway {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

impl TurnedAway {
    /// Stable machine-readable name; for a refusal, the refusal's own.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED_TRANSACTION",
            Self::TooLarge => "TOO_LARGE",
            Self::Refused(refusal) => refusal.code(),
            Self::Full => "MEMPOOL_FULL",
            Self::Ledger(error) => error.code(),
        }
    }
}

/// Where a transaction came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A client: it is passed on to the other nodes.
    Client,
    /// Another node, which has passed it on to everybody already.
    Peer,
}

/// The door of one node.
pub struct Admission {
    ledger: Arc<Ledger>,
    pool: Arc<Pool>,
    signatures: Arc<Signatures>,
    gossip: Gossip,
    engine: OnceLock<Arc<Engine>>,
}

impl Admission {
    /// A door that opens to `pool`.
    pub fn new(ledger: Arc<Ledger>, pool: Arc<Pool>, signatures: Arc<Signatures>, gossip: Gossip) -> Self {
        Self { ledger, pool, signatures, gossip, engine: OnceLock::new() }
    }

    /// Names the orderer to be woken; the first one named counts.
    pub fn wakes(&self, engine: Arc<Engine>) {
        let known = self.engine.get_or_init(|| engine);
        known.wake();
    }

    /// Takes a transaction in. Taking the same one twice is the same as once.
    pub fn submit(&self, wire: &[u8], origin: Origin) -> Result<Admitted, TurnedAway> {
        let result = self.admit(wire, origin);
        measure::admission(match &result {
            Ok(Admitted::Pending(_)) => "admitted",
            Ok(Admitted::Final(_)) => "final",
            Err(error) => error.code(),
        });
        result
    }

    fn admit(&self, wire: &[u8], origin: Origin) -> Result<Admitted, TurnedAway> {
        if wire.len() > MAX_TX_BYTES {
            return Err(TurnedAway::TooLarge);
        }
        let signed = SignedTx::from_wire(wire).map_err(|_| TurnedAway::Malformed)?;
        let id = signed.id();
        if let Some(receipt) = self.ledger.receipt(&id)? {
            return Ok(Admitted::Final(Box::new(receipt)));
        }
        if self.pool.contains(&id) {
            return Ok(Admitted::Pending(id));
        }
        let tx = self.signatures.verify(signed).map_err(TurnedAway::Refused)?;
        if let Err(refused) = self.check(tx.signed().transaction()) {
            // A block with it may have been applied since we looked: then its nonce is used by itself.
            let receipt = self.ledger.receipt(&id)?;
            return receipt.map(|receipt| Admitted::Final(Box::new(receipt))).ok_or(refused);
        }
        self.let_in(&tx, origin)
    }

    fn let_in(&self, tx: &Arc<VerifiedTx>, origin: Origin) -> Result<Admitted, TurnedAway> {
        let id = tx.signed().id();
        match self.pool.insert(tx) {
            Inserted::Full => return Err(TurnedAway::Full),
            Inserted::Known => return Ok(Admitted::Pending(id)),
            Inserted::New => {}
        }
        // A block with it may have been applied since we looked: then it must not be proposed again.
        if let Some(receipt) = self.ledger.receipt(&id)? {
            self.pool.settle([id], 0);
            return Ok(Admitted::Final(Box::new(receipt)));
        }
        if let Some(engine) = self.engine.get() {
            engine.wake();
        }
        if origin == Origin::Client {
            self.gossip.pass_on(tx.signed().wire());
        }
        Ok(Admitted::Pending(id))
    }

    /// Holds a transaction against the state as it is. It is refused as expired by the chain's own time only, since only that
    /// makes *not paid* certain; a chain that has been idle must not call a fresh one too long, hence the second look.
    fn check(&self, transaction: &Transaction) -> Result<(), TurnedAway> {
        let (view, head) = self.ledger.view()?;
        let state = Overlay::new(StateView(&*view));
        let at = |time_ms| {
            let block = BlockContext { height: head.height, time_ms, index: 0 };
            precheck(&state, transaction, &block).map_err(LedgerError::from)
        };
        let mut answer = at(head.time_ms)?;
        if matches!(answer, Err(Refusal::ValidTooLong { .. })) && now_ms() > head.time_ms {
            answer = at(now_ms())?;
        }
        answer.map_err(TurnedAway::Refused)
    }
}
