//! The channel's ledger: applied blocks, receipts, state and their indexes, over any store.
//!
//! One writer ([`Ledger::apply`]), many readers. A block becomes visible with all that belongs to it or not at all.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use dure_consensus::{BlockHeader, Finalized};
use dure_score::{
    ChainId, Genesis, Hash32, Overlay, Receipt, StateError, TxId, VerifiedTx, codec, invariant::Broken,
    limits::MAX_VALIDITY_MS, merkle, state::MemoryState,
};
use tokio::sync::watch;

use crate::{
    archive, books,
    executor::{Executed, execute},
    measure,
    proofs::{Past, handovers},
    prune,
    record::{
        BlockRecord, GENESIS, HEAD, Head, JOINED, Joined, Place, height_key, items_from_bytes,
        items_to_bytes, read, receipt_key, tx_key,
    },
    store::{Batch, Read, StateView, Store, StoreError, Table},
    tree::{self, Prepared, StateTree},
};

/// Key, in the meta table of a ledger that began with a snapshot, of the mark that the transactions before it which might still be
/// repeated are indexed.
const INDEXED: &[u8] = b"indexed";

/// How far this machine's clock and the block times that it lets pass may be off together, ms: two seconds each, and one more.
const CLOCKS_MS: u64 = 5_000;

/// Why the ledger cannot take a block or start.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state holds what is not a record.
    #[error(transparent)]
    State(#[from] StateError),
    /// The store belongs to another genesis.
    #[error("the data directory belongs to another ledger (its genesis is a different one)")]
    OtherGenesis,
    /// A final block does not follow the last applied one.
    #[error("final block {got} does not follow block {applied}")]
    OutOfOrder {
        /// Last applied height.
        applied: u64,
        /// The block's height.
        got: u64,
    },
    /// A final block holds a transaction that does not verify: more validators are faulty than can be borne.
    #[error("final block {0} holds a transaction that does not verify")]
    BadBlock(u64),
    /// The books would not balance: nothing was written.
    #[error("after block {height}: {broken}")]
    Unbalanced {
        /// The block.
        height: u64,
        /// What does not hold.
        broken: Broken,
    },
}

impl LedgerError {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(error @ StoreError::OldFormat) => error.code(),
            Self::Store(_) => "LEDGER_STORE",
            Self::State(_) => "LEDGER_STATE",
            Self::OtherGenesis => "LEDGER_OTHER_GENESIS",
            Self::OutOfOrder { .. } => "LEDGER_OUT_OF_ORDER",
            Self::BadBlock(_) => "LEDGER_BAD_BLOCK",
            Self::Unbalanced { .. } => "LEDGER_UNBALANCED",
        }
    }
}

/// What a ledger knows of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is in no block that this ledger knows.
    Unknown,
    /// Its receipt.
    Final(Box<Receipt>),
    /// It is in a block, but its receipt is no longer kept here.
    Pruned(Place),
}

/// A ledger.
pub struct Ledger {
    store: Arc<dyn Store>,
    genesis: Genesis,
    head: watch::Sender<Head>,
    past: Past,
    tree: StateTree,
}

impl Ledger {
    /// Opens the ledger in `store`; an empty store becomes block 0 of `genesis`, whose consensus header is `origin`.
    pub fn open(store: Arc<dyn Store>, genesis: Genesis, origin: &BlockHeader) -> Result<Self, LedgerError> {
        Self::open_with(store, genesis, origin, tree::CACHE_BYTES)
    }

    /// [`Ledger::open`] with so many bytes for cached leaves of the state tree.
    pub fn open_with(
        store: Arc<dyn Store>,
        genesis: Genesis,
        origin: &BlockHeader,
        cache_bytes: usize,
    ) -> Result<Self, LedgerError> {
        let bytes = codec::encode(&genesis);
        let head: Head = match store.get(Table::Meta, HEAD)? {
            Some(head) if store.get(Table::Meta, GENESIS)?.as_ref() == Some(&bytes) => read("head", &head)?,
            Some(_) => return Err(LedgerError::OtherGenesis),
            None => {
                archive::import::discard_partial(&*store)?;
                write_genesis(&*store, &genesis, &bytes, origin)?
            }
        };
        let tree = StateTree::open(&*store, head.height, head.state_root, cache_bytes)?;
        books::measure_all(&*store)?;
        Ok(Self { store, genesis, head: watch::Sender::new(head), past: Past::default(), tree })
    }

    /// The channel.
    pub const fn chain(&self) -> &ChainId {
        &self.genesis.chain
    }

    /// The agreement before the first block.
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The last applied block.
    pub fn head(&self) -> Head {
        *self.head.borrow()
    }

    /// Follows the last applied block.
    pub fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// What accounts held before the last blocks.
    pub(crate) const fn past(&self) -> &Past {
        &self.past
    }

    /// The state tree.
    pub const fn tree(&self) -> &StateTree {
        &self.tree
    }

    /// A view of everything, and the head that it belongs to.
    pub fn view(&self) -> Result<(Box<dyn Read + '_>, Head), StoreError> {
        let view = self.store.view();
        let head = view.get(Table::Meta, HEAD)?.ok_or_else(|| StoreError::Corrupt("no head".to_owned()))?;
        let head = read("head", &head)?;
        Ok((view, head))
    }

    /// Applies the next final block: durable when it returns. `before_visible` runs after the write and before anybody can see
    /// the new head.
    pub fn apply(
        &self,
        finalized: &Finalized,
        txs: &[Arc<VerifiedTx>],
        before_visible: impl FnOnce(),
    ) -> Result<Executed, LedgerError> {
        let start = Instant::now();
        let header = &finalized.block.header;
        let applied = self.head().height;
        if applied.checked_add(1) != Some(header.height) {
            return Err(LedgerError::OutOfOrder { applied, got: header.height });
        }
        let view = self.store.view();
        let executed = execute(StateView(&*view), header.height, header.time_ms, txs)?;
        if cfg!(debug_assertions) {
            check_books(&*view, header.height, &executed)?;
        }
        let prepared = self.tree.prepare(&*view, header.height, &executed.changes)?;
        let (mut batch, head) = self.block_batch(&*view, finalized, &executed, &prepared)?;
        handovers::record(&self.tree, &*view, header, finalized.certificate.as_deref(), &mut batch)?;
        let replaced = Past::replaced(&*view, &executed.changes)?;
        drop(view);
        self.past.remember(header.height, replaced);
        self.store.write(batch)?;
        self.tree.commit(prepared)?;
        before_visible();
        self.head.send_replace(head);
        books::measure_changes(&executed.changes)?;
        let good = executed.receipts.iter().filter(|receipt| receipt.is_applied()).count();
        measure::block(head.height, good, executed.receipts.len().saturating_sub(good), start.elapsed());
        measure::block_delay(now_ms().saturating_sub(head.time_ms));
        Ok(executed)
    }

    /// All that a block leaves behind, as one batch.
    fn block_batch(
        &self,
        view: &dyn Read,
        finalized: &Finalized,
        executed: &Executed,
        prepared: &Prepared,
    ) -> Result<(Batch, Head), LedgerError> {
        let (block, header) = (&finalized.block, &finalized.block.header);
        let height = header.height;
        let mut batch = Batch::default();
        let state_root = prepared.root();
        prepared.put_rows(&mut batch);
        for (key, value) in &executed.changes {
            match value {
                Some(value) => batch.put(Table::State, key.as_slice(), value.as_slice()),
                None => batch.delete(Table::State, key.as_slice()),
            }
        }
        let roots = (state_root, executed.receipts_root);
        let record = BlockRecord::new(header, roots, finalized.certificate.clone());
        batch.put(Table::Headers, height_key(height), codec::encode(&record));
        batch.put(Table::Blocks, height_key(height), items_to_bytes(block));
        batch.put(Table::BlockHash, *record.digest.as_bytes(), height_key(height));
        let mut seen = HashSet::new();
        for receipt in &executed.receipts {
            let place = Place { height, index: receipt.index };
            batch.put(Table::Receipts, receipt_key(place), receipt.to_bytes());
            // The first occurrence counts: a repetition never hides what the transaction really did.
            if seen.insert(receipt.tx) && view.get(Table::TxIndex, tx_key(&receipt.tx))?.is_none() {
                batch.put(Table::TxIndex, tx_key(&receipt.tx), codec::encode(&place));
            }
        }
        let head = Head { height, digest: record.digest, time_ms: header.time_ms, state_root };
        batch.put(Table::Meta, HEAD, codec::encode(&head));
        Ok((batch, head))
    }

    /// What is kept of the block at `height`; 0 is genesis.
    pub fn record(&self, height: u64) -> Result<Option<BlockRecord>, StoreError> {
        let bytes = self.store.get(Table::Headers, &height_key(height))?;
        bytes.map(|bytes| read("block record", &bytes)).transpose()
    }

    /// The transactions of the block at `height`.
    pub fn items(&self, height: u64) -> Result<Vec<Bytes>, StoreError> {
        let bytes = self.store.get(Table::Blocks, &height_key(height))?;
        bytes.map_or_else(|| Ok(Vec::new()), |bytes| items_from_bytes(&bytes))
    }

    /// The receipts of the block at `height`.
    pub fn receipts(&self, height: u64) -> Result<Vec<Receipt>, StoreError> {
        let found = self.store.scan(Table::Receipts, &height_key(height), dure_consensus::MAX_ITEMS)?;
        found.iter().map(|(_, value)| read("receipt", value)).collect()
    }

    /// The height of the block with that digest.
    pub fn height_of(&self, digest: &Hash32) -> Result<Option<u64>, StoreError> {
        let Some(bytes) = self.store.get(Table::BlockHash, digest.as_bytes())? else { return Ok(None) };
        let bytes = bytes.try_into().map_err(|_| StoreError::Corrupt("block index".to_owned()))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// Where a transaction is.
    pub fn locate(&self, id: &TxId) -> Result<Option<Place>, StoreError> {
        let bytes = self.store.get(Table::TxIndex, tx_key(id))?;
        bytes.map(|bytes| read("transaction index", &bytes)).transpose()
    }

    /// The receipt at a place.
    pub fn receipt_at(&self, place: Place) -> Result<Option<Receipt>, StoreError> {
        let bytes = self.store.get(Table::Receipts, &receipt_key(place))?;
        bytes.map(|bytes| read("receipt", &bytes)).transpose()
    }

    /// What is known of a transaction.
    pub fn find(&self, id: &TxId) -> Result<Found, StoreError> {
        let Some(place) = self.locate(id)? else { return Ok(Found::Unknown) };
        // Looked at after the index: pruning removes the receipt, never the index.
        Ok(self.receipt_at(place)?.map_or(Found::Pruned(place), |receipt| Found::Final(Box::new(receipt))))
    }

    /// The height up to which this node has no transactions and receipts (any more); 0 if it has all. With a start from a
    /// snapshot, at least the snapshot's.
    pub fn pruned(&self) -> Result<u64, StoreError> {
        let joined = self.joined()?.map_or(0, |joined| joined.height);
        Ok(prune::pruned(&*self.store)?.max(joined))
    }

    /// The snapshot that this ledger began with; `None` if it knows every block.
    pub fn joined(&self) -> Result<Option<Joined>, StoreError> {
        self.store.get(Table::Meta, JOINED)?.map(|bytes| read("joined", &bytes)).transpose()
    }

    /// Whether every transaction that a block from `now_ms` on may hold, and that is on the chain already, is in the index. After a
    /// start from a snapshot: once what came shortly before is indexed, or is out of its time.
    pub fn knows_repetitions(&self, now_ms: u64) -> Result<bool, StoreError> {
        let Some(joined) = self.joined()? else { return Ok(true) };
        let over = joined.time_ms.saturating_add(MAX_VALIDITY_MS).saturating_add(CLOCKS_MS);
        Ok(now_ms > over || self.store.get(Table::Meta, INDEXED)?.is_some())
    }

    /// Indexes transactions of final blocks before the snapshot that this ledger began with. `last`: no more of them are needed.
    pub fn index_earlier(&self, found: &[(TxId, Place)], last: bool) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for (id, place) in found {
            batch.put(Table::TxIndex, tx_key(id), codec::encode(place));
        }
        if last {
            batch.put(Table::Meta, INDEXED, Vec::new());
        }
        self.store.write(batch)
    }

    /// Forgets transactions and receipts up to `top`: at most `step` blocks, and only if more than `slack` wait. True if there
    /// is more to forget.
    pub(crate) fn prune(&self, top: u64, step: u64, slack: u64) -> Result<bool, StoreError> {
        prune::prune(&*self.store, top, step, slack)
    }

    /// The final receipt of a transaction.
    pub fn receipt(&self, id: &TxId) -> Result<Option<Receipt>, StoreError> {
        self.locate(id)?.map_or(Ok(None), |place| self.receipt_at(place))
    }
}

fn write_genesis(
    store: &dyn Store,
    genesis: &Genesis,
    bytes: &[u8],
    origin: &BlockHeader,
) -> Result<Head, LedgerError> {
    let mut overlay = Overlay::new(MemoryState::default());
    genesis.write(&mut overlay);
    let mut batch = Batch::default();
    let prepared = StateTree::empty(0).prepare(store, 0, overlay.changes())?;
    let state_root = prepared.root();
    prepared.put_rows(&mut batch);
    for (key, value) in overlay.into_changes() {
        if let Some(value) = value {
            batch.put(Table::State, key, value);
        }
    }
    let record = BlockRecord::new(origin, (state_root, merkle::root([])), None);
    let head = Head { height: 0, digest: record.digest, time_ms: genesis.time_ms, state_root };
    batch.put(Table::Headers, height_key(0), codec::encode(&record));
    batch.put(Table::Meta, GENESIS, bytes);
    batch.put(Table::Meta, HEAD, codec::encode(&head));
    store.write(batch)?;
    Ok(head)
}

fn check_books(view: &dyn Read, height: u64, executed: &Executed) -> Result<(), LedgerError> {
    match books::check(view, &executed.changes)? {
        Some(Err(broken)) => {
            measure::books(false);
            Err(LedgerError::Unbalanced { height, broken })
        }
        Some(Ok(())) => {
            measure::books(true);
            Ok(())
        }
        None => Ok(()),
    }
}

/// This machine's clock, ms since 1970 UTC.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
