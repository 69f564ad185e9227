//! One validator's process: the product's parts over a disk that survives it, and the door for clients and peers.

use std::sync::Arc;

use dure_consensus::{Application, Block, BlockHeader, Content, Finalized, Validator, Verdict};
use dure_score::{
    BlockContext, Genesis, Overlay, Receipt, Refusal, SignedTx, TxId, apply::precheck, limits::MAX_TX_BYTES,
};
use ledger_node::{
    consensus::{application::NodeApplication, epoch_validators::EpochValidators},
    history::ledger::{Found, Ledger, LedgerError},
    ingress::{
        pool::{Inserted, Pool},
        signatures::Signatures,
    },
    store::{StateView, Store},
};

/// What the door says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It waits; `new` if it did not before.
    Pending {
        /// Whether it came in just now.
        new: bool,
    },
    /// It is in a block.
    Final(Box<Receipt>),
    /// It is turned away, with the code.
    Refused(String),
}

/// The product's parts of one life.
pub struct Process {
    /// The ledger.
    pub ledger: Arc<Ledger>,
    /// What waits.
    pub pool: Arc<Pool>,
    signatures: Arc<Signatures>,
}

impl Process {
    /// Opens the ledger in `store`.
    pub fn open(store: Arc<dyn Store>, genesis: &Genesis, origin: &BlockHeader) -> Result<Self, LedgerError> {
        let ledger = Arc::new(Ledger::open(store, genesis.clone(), origin)?);
        let signatures = Arc::new(Signatures::new(genesis.chain.clone()));
        Ok(Self { ledger, pool: Arc::default(), signatures })
    }

    /// What consensus gets.
    pub fn application(&self) -> Arc<dyn Application> {
        let (ledger, pool) = (Arc::clone(&self.ledger), Arc::clone(&self.pool));
        Arc::new(NodeApplication::new(ledger, pool, Arc::clone(&self.signatures), EpochValidators::default()))
    }

    /// Takes a transaction in, at the machine's time `now_ms`: the same checks in the same order as the node's door,
    /// without its HTTP.
    pub fn admit(&self, wire: &[u8], now_ms: u64) -> Answer {
        if wire.len() > MAX_TX_BYTES {
            return Answer::Refused("TOO_LARGE".to_owned());
        }
        let Ok(signed) = SignedTx::from_wire(wire) else {
            return Answer::Refused("MALFORMED_TRANSACTION".to_owned());
        };
        let id = signed.id();
        if let Some(receipt) = self.known(&id) {
            return Answer::Final(receipt);
        }
        if self.pool.contains(&id) {
            return Answer::Pending { new: false };
        }
        let tx = match self.signatures.verify(signed) {
            Ok(tx) => tx,
            Err(refusal) => return Answer::Refused(refusal.code().to_owned()),
        };
        if let Err(refusal) = self.check(tx.signed(), now_ms) {
            return Answer::Refused(refusal.code().to_owned());
        }
        match self.pool.insert(&tx) {
            Inserted::New => Answer::Pending { new: true },
            Inserted::Known => Answer::Pending { new: false },
            Inserted::Full | Inserted::SignerFull => Answer::Refused("MEMPOOL_FULL".to_owned()),
        }
    }

    fn known(&self, id: &TxId) -> Option<Box<Receipt>> {
        match self.ledger.find(id).unwrap() {
            Found::Final(receipt) => Some(receipt),
            Found::Unknown | Found::Pruned(_) => None,
        }
    }

    fn check(&self, tx: &SignedTx, now_ms: u64) -> Result<(), Refusal> {
        let (view, head) = self.ledger.view().unwrap();
        let state = Overlay::new(StateView(&*view));
        let at = |time_ms| {
            let block = BlockContext { height: head.height, time_ms, index: 0 };
            precheck(&state, tx.transaction(), &block).unwrap()
        };
        match at(head.time_ms) {
            Err(Refusal::ValidTooLong { .. }) if now_ms > head.time_ms => at(now_ms),
            answer => answer,
        }
    }
}

/// Is shown every block that a validator has taken over: whose, its ledger, the block.
pub type Seen = Arc<dyn Fn(usize, &Ledger, &Finalized) + Send + Sync>;

/// Shows every block that a validator has taken over to whoever checks it.
pub struct Watched {
    /// Whose.
    pub node: usize,
    /// The application that does the work.
    pub inner: Arc<dyn Application>,
    /// The ledger that it writes.
    pub ledger: Arc<Ledger>,
    /// Who watches.
    pub seen: Seen,
}

impl Application for Watched {
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], time_ms: u64) -> Content {
        self.inner.propose(parent, pending, time_ms)
    }

    fn has_work(&self) -> bool {
        self.inner.has_work()
    }

    fn verify(&self, block: &Block, pending: &[Arc<Block>]) -> Verdict {
        self.inner.verify(block, pending)
    }

    fn finalized(&self, finalized: Finalized) -> Result<(), String> {
        self.inner.finalized(finalized.clone())?;
        (self.seen)(self.node, &self.ledger, &finalized);
        Ok(())
    }

    fn applied_height(&self) -> u64 {
        self.inner.applied_height()
    }

    fn validators(&self, epoch: u64) -> Option<Vec<Validator>> {
        self.inner.validators(epoch)
    }

    fn header(&self, height: u64) -> Option<BlockHeader> {
        self.inner.header(height)
    }

    fn certified(&self) -> Option<Finalized> {
        self.inner.certified()
    }

    fn peer_blocked(&self, key: &[u8; 32]) {
        self.inner.peer_blocked(key);
    }
}
