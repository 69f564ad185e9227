//! The one who writes: opens a ledger, applies final blocks, forgets old ones.

use std::{sync::Arc, time::Instant};

use dure_consensus::{BlockHeader, Finalized};
use dure_score::{ChainId, Genesis, TxId, VerifiedTx, codec};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::{
    block::{block_batch, write_genesis},
    cache::{Cache, Cached},
    clock::now_ms,
    error::LedgerError,
    handovers, partial,
    past::Past,
    pruned,
};
use crate::{
    measure,
    state::{
        books,
        executor::{Executed, execute},
        tree::{self, StateTree},
    },
    store::{
        Batch, Read, StateView, Store, StoreError, Table, gap_check,
        record::{GENESIS, HEAD, Head, INDEXED, JOINED, Joined, TxPosition, read, tx_key},
    },
};

/// A ledger.
pub struct Ledger {
    pub(super) store: Arc<dyn Store>,
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
                partial::discard(&*store)?;
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
        gap_check::check(&*ledger.store, &head, first)?;
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

    /// Applies the next final block and shows it.
    pub fn apply(&self, finalized: &Finalized, txs: &[Arc<VerifiedTx>]) -> Result<Executed, LedgerError> {
        self.write(finalized, txs)?.show()
    }

    /// Applies the next final block: durable when it returns, and seen by nobody before [`Written::show`].
    pub fn write(&self, finalized: &Finalized, txs: &[Arc<VerifiedTx>]) -> Result<Written<'_>, LedgerError> {
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
        Ok(Written { ledger: self, head, executed, start, _writing: cache })
    }

    fn check_books(&self, before: &dyn Read, height: u64, executed: &Executed) -> Result<(), LedgerError> {
        let Some(sheet) = self.books.check(before, &executed.changes)? else { return Ok(()) };
        measure::books(sheet.is_ok());
        sheet.map_err(|broken| LedgerError::Unbalanced { height, broken })
    }

    /// The snapshot that this ledger began with; `None` if it knows every block.
    pub fn joined(&self) -> Result<Option<Joined>, StoreError> {
        self.store.get(Table::Meta, JOINED)?.map(|bytes| read("joined", &bytes)).transpose()
    }

    /// Indexes transactions of final blocks before the snapshot that this ledger began with. `last`: no more of them are needed.
    pub fn index_earlier(&self, found: &[(TxId, TxPosition)], last: bool) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for (id, place) in found {
            batch.put(Table::TxIndex, tx_key(id), place.to_bytes());
        }
        if last {
            batch.put(Table::Meta, INDEXED, b"");
        }
        self.store.write(batch)
    }

    /// Forgets transactions and receipts up to `top`: at most `step` blocks, and only if more than `slack` wait. True if there
    /// is more to forget.
    pub(crate) fn prune(&self, top: u64, step: u64, slack: u64) -> Result<bool, StoreError> {
        pruned::prune(&*self.store, top, step, slack)
    }
}

/// A block that is durable and not yet visible. Whoever holds it can put in order what must not be seen together with the new
/// head; no other block is written meanwhile.
#[must_use = "a block that is not shown holds the ledger up"]
pub struct Written<'a> {
    ledger: &'a Ledger,
    head: Head,
    executed: Executed,
    start: Instant,
    _writing: MutexGuard<'a, Cache>,
}

impl Written<'_> {
    /// Shows the new head to all who read. Returns what came of the block.
    pub fn show(self) -> Result<Executed, LedgerError> {
        let Self { ledger, head, executed, start, _writing } = self;
        ledger.head.send_replace(head);
        books::measure_changes(&executed.changes)?;
        let good = executed.receipts.iter().filter(|receipt| receipt.is_applied()).count();
        measure::block(head.height, good, executed.receipts.len().saturating_sub(good), start.elapsed());
        measure::block_delay(now_ms().saturating_sub(head.time_ms));
        Ok(executed)
    }
}
