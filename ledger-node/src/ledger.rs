//! The channel's ledger: applied blocks, receipts, state and their indexes, over any store.
//!
//! One writer ([`Ledger::apply`]), many readers ([`lookup`]). A block becomes visible with all that belongs to it or not at all:
//! everything that it leaves behind is one synced batch, and the new head is shown after that.

mod cache;
mod lookup;

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use dure_consensus::{BlockHeader, Finalized};
use dure_score::{
    ChainId, Genesis, Overlay, Receipt, StateError, TxId, VerifiedTx, codec, invariant::Broken,
    state::MemoryState,
};
use parking_lot::Mutex;
use tokio::sync::watch;

use cache::{Cache, Cached};
pub use lookup::Found;

use crate::{
    archive, books,
    executor::{Executed, execute},
    measure,
    proofs::{Past, handovers},
    prune,
    record::{
        BlockRecord, GENESIS, HEAD, Head, Place, height_key, read,
        rows::{self, Whole},
        tx_key,
    },
    store::{Batch, Read, StateView, Store, StoreError, Table},
    tree::{self, Prepared, StateTree},
    whole,
};

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
            Self::Store(error @ StoreError::OldFormat { .. }) => error.code(),
            Self::Store(_) => "LEDGER_STORE",
            Self::State(_) => "LEDGER_STATE",
            Self::OtherGenesis => "LEDGER_OTHER_GENESIS",
            Self::OutOfOrder { .. } => "LEDGER_OUT_OF_ORDER",
            Self::BadBlock(_) => "LEDGER_BAD_BLOCK",
            Self::Unbalanced { .. } => "LEDGER_UNBALANCED",
        }
    }
}

/// A ledger.
pub struct Ledger {
    store: Arc<dyn Store>,
    genesis: Genesis,
    head: watch::Sender<Head>,
    past: Past,
    tree: StateTree,
    books: books::Watch,
    /// Held by the writer for as long as a block takes.
    cache: Mutex<Cache>,
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
        let ledger = Self {
            store,
            genesis,
            head: watch::Sender::new(head),
            past: Past::default(),
            tree,
            books: books::Watch::default(),
            cache: Mutex::default(),
        };
        let first = ledger.joined()?.map_or(0, |joined| joined.height.saturating_add(1));
        whole::check(&*ledger.store, &head, first)?;
        Ok(ledger)
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
        let mut cache = self.cache.lock();
        let applied = self.head().height;
        if applied.checked_add(1) != Some(header.height) {
            return Err(LedgerError::OutOfOrder { applied, got: header.height });
        }
        let items = finalized.block.items.iter().map(AsRef::as_ref);
        if !items.eq(txs.iter().map(|tx| tx.signed().wire())) {
            return Err(LedgerError::BadBlock(header.height));
        }
        let view = self.store.view();
        let before = Cached::new(&*view, &mut cache);
        let executed = execute(StateView(&before), header.height, header.time_ms, txs)?;
        if cfg!(debug_assertions) {
            self.check_books(&before, header.height, &executed)?;
        }
        let prepared = self.tree.prepare(&*view, header.height, &executed.changes)?;
        let (mut batch, head) = block_batch(&before, finalized, &executed, &prepared)?;
        let certificate = finalized.certificate.as_deref();
        handovers::record(&self.tree, &before, header, certificate, &mut batch)?;
        let replaced = Past::replaced(&before, &executed.changes)?;
        drop(view);
        self.past.remember(header.height, replaced);
        self.store.write(batch)?;
        self.tree.commit(prepared)?;
        cache.commit(&executed.changes);
        before_visible();
        self.head.send_replace(head);
        books::measure_changes(&executed.changes)?;
        let good = executed.receipts.iter().filter(|receipt| receipt.is_applied()).count();
        measure::block(head.height, good, executed.receipts.len().saturating_sub(good), start.elapsed());
        measure::block_delay(now_ms().saturating_sub(head.time_ms));
        Ok(executed)
    }

    fn check_books(&self, before: &dyn Read, height: u64, executed: &Executed) -> Result<(), LedgerError> {
        let Some(sheet) = self.books.check(before, &executed.changes)? else { return Ok(()) };
        measure::books(sheet.is_ok());
        sheet.map_err(|broken| LedgerError::Unbalanced { height, broken })
    }

    /// Indexes transactions of final blocks before the snapshot that this ledger began with. `last`: no more of them are needed.
    pub fn index_earlier(&self, found: &[(TxId, Place)], last: bool) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for (id, place) in found {
            batch.put(Table::TxIndex, tx_key(id), place.to_bytes());
        }
        if last {
            batch.put(Table::Meta, lookup::INDEXED, b"");
        }
        self.store.write(batch)
    }

    /// Forgets transactions and receipts up to `top`: at most `step` blocks, and only if more than `slack` wait. True if there
    /// is more to forget.
    pub(crate) fn prune(&self, top: u64, step: u64, slack: u64) -> Result<bool, StoreError> {
        prune::prune(&*self.store, top, step, slack)
    }
}

/// All that a block leaves behind, as one batch; `before` is the ledger without it.
fn block_batch(
    before: &dyn Read,
    finalized: &Finalized,
    executed: &Executed,
    prepared: &Prepared,
) -> Result<(Batch, Head), LedgerError> {
    let (block, header) = (&finalized.block, &finalized.block.header);
    let height = header.height;
    let mut batch = Batch::default();
    let state_root = prepared.root();
    prepared.put_rows(&mut batch);
    for (key, value) in executed.changes.iter() {
        match value {
            Some(value) => batch.put(Table::State, key, value),
            None => batch.delete(Table::State, key),
        }
    }
    let roots = (state_root, executed.receipts_root);
    let record = BlockRecord::new(header, roots, finalized.certificate.clone());
    batch.put(Table::Headers, height_key(height), codec::encode(&record));
    batch.put(Table::BlockHash, record.digest.as_bytes(), height_key(height));
    let entries = block.items.iter().zip(executed.receipts.iter().zip(&executed.receipt_bytes));
    let entries = entries.map(|(item, (receipt, bytes))| {
        let (id, signer) = (receipt.tx, receipt.signer);
        Whole { item, id, signer, receipt: bytes }
    });
    rows::encode(height, header.time_ms, entries, |key, row| {
        batch.put(Table::Blocks, key, row);
        Ok(())
    })?;
    index_transactions(before, height, &executed.receipts, &mut batch)?;
    let head = Head { height, digest: record.digest, time_ms: header.time_ms, state_root };
    batch.put(Table::Meta, HEAD, codec::encode(&head));
    Ok((batch, head))
}

/// Puts the places of a block's transactions into `batch`, sorted, as the engine likes them best.
///
/// A repetition never hides what the transaction really did. What applies has used a fresh number, so that nothing of the same
/// transaction was applied before it: only what was refused is looked up.
fn index_transactions(
    before: &dyn Read,
    height: u64,
    receipts: &[Receipt],
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let mut found: Vec<(TxId, bool, u32)> =
        receipts.iter().map(|receipt| (receipt.tx, !receipt.is_applied(), receipt.index)).collect();
    found.sort_unstable();
    found.dedup_by_key(|(id, ..)| *id);
    for (id, refused, index) in found {
        if !refused || before.get(Table::TxIndex, tx_key(&id))?.is_none() {
            batch.put(Table::TxIndex, tx_key(&id), Place { height, index }.to_bytes());
        }
    }
    Ok(())
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
    let prepared = StateTree::empty(0).prepare(store, 0, &overlay.changes())?;
    let state_root = prepared.root();
    prepared.put_rows(&mut batch);
    for (key, value) in overlay.into_changes().iter() {
        if let Some(value) = value {
            batch.put(Table::State, key, value);
        }
    }
    let record = BlockRecord::new(origin, (state_root, dure_proof::receipts_root::<Vec<u8>>(&[])), None);
    let head = Head { height: 0, digest: record.digest, time_ms: genesis.time_ms, state_root };
    batch.put(Table::Headers, height_key(0), codec::encode(&record));
    batch.put(Table::Meta, GENESIS, bytes);
    batch.put(Table::Meta, HEAD, codec::encode(&head));
    store.write(batch)?;
    Ok(head)
}

/// This machine's clock, ms since 1970 UTC.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
