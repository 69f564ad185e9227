//! The door: what comes in is decoded, verified and held against the state before it may wait for a block.

use std::sync::Arc;

use dure_consensus::Engine;
use dure_score::{
    BlockContext, Overlay, Receipt, Refusal, SignedTx, Transaction, TxId, VerifiedTx,
    apply::precheck,
    limits::{MAX_TX_BYTES, MAX_VALIDITY_MS},
};
use parking_lot::RwLock;

use crate::{
    gossip::Gossip,
    ledger::{Found, Ledger, LedgerError, now_ms},
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
    /// There is too little space to be sure that it could be kept.
    #[error(
        "the node's disk is nearly full; it takes no transactions until its operator has made space: use another node"
    )]
    DiskFull,
    /// It may have been final long ago, and this node cannot tell any more what came of it.
    #[error("this node no longer keeps what came of this transaction; ask a node that keeps all blocks")]
    Pruned,
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
            Self::DiskFull => "DISK_FULL",
            Self::Pruned => "PRUNED",
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
    engine: RwLock<Option<Arc<Engine>>>,
}

impl Admission {
    /// A door that opens to `pool`.
    pub fn new(ledger: Arc<Ledger>, pool: Arc<Pool>, signatures: Arc<Signatures>, gossip: Gossip) -> Self {
        Self { ledger, pool, signatures, gossip, engine: RwLock::new(None) }
    }

    /// Names the orderer to be woken from now on. Without one the node observes: it proposes nothing, and passes on to its
    /// peers whatever comes in.
    pub fn wakes(&self, engine: Arc<Engine>) {
        engine.wake();
        *self.engine.write() = Some(engine);
    }

    /// From now on the node observes.
    pub fn observes(&self) {
        *self.engine.write() = None;
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
        if let Some(answer) = self.known(&id)? {
            return Ok(answer);
        }
        if self.pool.contains(&id) {
            // An observer depends on its peers, and one of them may have lost it.
            if origin == Origin::Client && self.engine.read().is_none() {
                self.gossip.pass_on(signed.wire());
            }
            return Ok(Admitted::Pending(id));
        }
        if self.pool.is_held() {
            return Err(TurnedAway::DiskFull);
        }
        let tx = self.signatures.verify(signed).map_err(TurnedAway::Refused)?;
        if let Err(refused) = self.check(tx.signed().transaction()) {
            // A block with it may have been applied since we looked: then its nonce is used by itself.
            return self.known(&id)?.ok_or(refused);
        }
        self.let_in(&tx, origin)
    }

    /// The answer to a transaction that is in a block already.
    fn known(&self, id: &TxId) -> Result<Option<Admitted>, TurnedAway> {
        match self.ledger.find(id)? {
            Found::Unknown => Ok(None),
            Found::Final(receipt) => Ok(Some(Admitted::Final(receipt))),
            Found::Pruned(_) => Err(TurnedAway::Pruned),
        }
    }

    fn let_in(&self, tx: &Arc<VerifiedTx>, origin: Origin) -> Result<Admitted, TurnedAway> {
        let id = tx.signed().id();
        match self.pool.insert(tx) {
            Inserted::Full => return Err(TurnedAway::Full),
            Inserted::Known => return Ok(Admitted::Pending(id)),
            Inserted::New => {}
        }
        // A block with it may have been applied since we looked: then it must not be proposed again.
        if let Some(answer) = self.known(&id)? {
            self.pool.settle([id], 0);
            return Ok(answer);
        }
        let engine = self.engine.read().clone();
        if let Some(engine) = &engine {
            engine.wake();
        }
        // An observer passes on what peers bring as well: it proposes nothing itself. Each transaction is new once only, so
        // that it never goes round.
        if origin == Origin::Client || engine.is_none() {
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
        match answer {
            // *Expired* promises that it was never paid. Of what came before a snapshot this node cannot promise that.
            Err(Refusal::Expired { .. } | Refusal::Replay | Refusal::NonceTooOld { .. })
                if self.may_be_older_than_we_know(transaction)? =>
            {
                Err(TurnedAway::Pruned)
            }
            answer => answer.map_err(TurnedAway::Refused),
        }
    }

    fn may_be_older_than_we_know(&self, transaction: &Transaction) -> Result<bool, StoreError> {
        let joined = self.ledger.joined()?;
        Ok(joined.is_some_and(|at| transaction.valid_until <= at.time_ms.saturating_add(MAX_VALIDITY_MS)))
    }
}
