//! Applies checked blocks to a state in memory and compares all that comes of them.

use std::collections::{BTreeMap, VecDeque};

use dure_consensus::BlockHeader;
use dure_proof::Sets;
use dure_score::{
    CampaignId, Genesis, Hash32, Receipt,
    invariant::{Sheet, balance_sheets},
    state::{Changes, MemoryState},
};

use super::{
    books::{Books, is_money},
    once::{Once, is_watched},
    reader::Checked,
    tree::Tree,
};
use crate::{
    history::archive::{ArchiveError, Fault, proof::certifies},
    state::executor::execute,
    store::record::AppHeader,
};

/// Blocks after which the whole balance sheet is added up anew, beside the sheets that are kept up block by block.
const WHOLE_EVERY: u64 = 10_000;

/// First byte of the keys of validator sets; the epoch follows.
const VALIDATORS: u8 = b'E';

/// The ledger, re-applied up to a block.
pub(super) struct Machine {
    pub(super) state: MemoryState,
    sets: Sets,
    tree: Tree,
    pub(super) books: Books,
    once: Once,
    /// State roots from the last claimed height on.
    roots: VecDeque<(u64, Hash32)>,
    claimed: u64,
    base: u64,
    /// First block that no certificate proves yet.
    unproven: Option<u64>,
    pub(super) height: u64,
    pub(super) counts: Counts,
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) certificates: u64,
    pub(super) transactions: u64,
    pub(super) payments: u64,
}

impl Machine {
    /// From a whole state after block `base`.
    pub(super) fn new(base: u64, state: MemoryState, genesis: &Genesis) -> Result<Self, ArchiveError> {
        let mut sets = Sets::of_genesis(genesis);
        for (key, set) in state.0.range(vec![VALIDATORS]..vec![VALIDATORS + 1]) {
            let from_epoch =
                from_epoch_of(key).ok_or(ArchiveError::at(base, Fault::Malformed("set of validators")))?;
            if from_epoch > 0 && sets.add(from_epoch, set).is_err() {
                return Err(ArchiveError::at(base, Fault::Malformed("set of validators")));
            }
        }
        let changes: Changes = state.0.iter().map(|(key, value)| (key, Some(value))).collect();
        let mut tree = Tree::default();
        let root = tree.update(&changes);
        let books = Books::new(whole(&state, base)?);
        Ok(Self {
            state,
            sets,
            tree,
            books,
            once: Once::default(),
            roots: VecDeque::from([(base, root)]),
            claimed: 0,
            base,
            unproven: None,
            height: base,
            counts: Counts::default(),
        })
    }

    /// State root after the last applied block.
    pub(super) fn root(&self) -> Hash32 {
        self.tree.root()
    }

    /// Applies the next block.
    pub(super) fn apply(&mut self, block: &Checked) -> Result<(), ArchiveError> {
        let height = block.header.height;
        self.judge(block).map_err(|fault| ArchiveError::at(height, fault))?;
        self.height = height;
        if height.is_multiple_of(WHOLE_EVERY) {
            self.check_whole()?;
        }
        Ok(())
    }

    /// Ends the audit: everything must be proven by now.
    pub(super) fn finish(&self, expected: Hash32) -> Result<(), ArchiveError> {
        if let Some(block) = self.unproven {
            return Err(ArchiveError::at(block, Fault::NoCertificate));
        }
        let found = self.root();
        if found != expected {
            return Err(ArchiveError::at(self.height, Fault::StateRoot { expected, found }));
        }
        self.check_whole()
    }

    fn judge(&mut self, block: &Checked) -> Result<(), Fault> {
        self.check_claim(&block.header)?;
        match &block.certificate {
            Some(certificate) if certifies(&self.sets, &block.header, certificate) => {
                self.counts.certificates = self.counts.certificates.saturating_add(1);
                self.unproven = None;
            }
            Some(_) => return Err(Fault::Certificate),
            None => self.unproven = self.unproven.or(Some(block.header.height)),
        }
        let (height, time_ms) = (block.header.height, block.header.time_ms);
        let executed = execute(&self.state, height, time_ms, &block.txs).map_err(Fault::State)?;
        for ((receipt, stored), tx) in executed.receipts.iter().zip(&block.receipts).zip(&block.txs) {
            if receipt.to_bytes() != stored.as_slice() {
                return Err(Fault::Receipt(receipt.index));
            }
            self.once.receipt(tx, receipt, time_ms)?;
            self.count(receipt, tx.signed().transaction().call.name());
        }
        self.once.forget(time_ms);
        self.commit(executed.changes)?;
        self.roots.push_back((height, self.tree.root()));
        Ok(())
    }

    fn count(&mut self, receipt: &Receipt, call: &str) {
        self.counts.transactions = self.counts.transactions.saturating_add(1);
        if receipt.is_applied() && call.starts_with("token.pay") {
            self.counts.payments = self.counts.payments.saturating_add(1);
        }
    }

    /// The header names a state at or below its parent, not older than its parent named, and the right root of it.
    fn check_claim(&mut self, header: &BlockHeader) -> Result<(), Fault> {
        let claim = AppHeader::decode(&header.app).ok_or(Fault::Malformed("application header"))?;
        if claim.executed < self.claimed || claim.executed >= header.height {
            return Err(Fault::ClaimBounds(claim.executed));
        }
        self.claimed = claim.executed;
        if claim.executed < self.base {
            // Below the snapshot, which is proven by itself.
            return Ok(());
        }
        while self.roots.front().is_some_and(|(height, _)| *height < claim.executed) {
            self.roots.pop_front();
        }
        match self.roots.front() {
            Some((_, found)) if *found == claim.state_root => Ok(()),
            Some((_, found)) => {
                Err(Fault::Claim { executed: claim.executed, claimed: claim.state_root, found: *found })
            }
            None => Err(Fault::ClaimBounds(claim.executed)),
        }
    }

    fn commit(&mut self, changes: Changes) -> Result<(), Fault> {
        self.tree.update(&changes);
        let mut money = Vec::new();
        for (key, after) in changes.iter() {
            if !is_money(key) && !is_watched(key) {
                continue;
            }
            let before = self.state.0.get(key);
            if is_watched(key) {
                Once::entry(key, before.map(Vec::as_slice), after)?;
            }
            if is_money(key) {
                money.push((key, before.map(Vec::as_slice), after));
            }
        }
        self.books.change(money.into_iter()).map_err(Fault::Books)?;
        for (key, value) in changes.iter() {
            if let (Some(from_epoch), Some(set)) = (from_epoch_of(key), value)
                && self.sets.add(from_epoch, set).is_err()
            {
                return Err(Fault::Malformed("set of validators"));
            }
        }
        self.state.commit(changes);
        Ok(())
    }

    fn check_whole(&self) -> Result<(), ArchiveError> {
        let sheets = whole(&self.state, self.height)?;
        if self.books.equal(&sheets) {
            return Ok(());
        }
        Err(ArchiveError::at(self.height, Fault::Malformed("balance sheet, kept block by block,")))
    }
}

fn whole(state: &MemoryState, height: u64) -> Result<BTreeMap<CampaignId, Sheet>, ArchiveError> {
    let entries = state.0.iter().map(|(key, value)| (key.as_slice(), value.as_slice()));
    balance_sheets(entries).map_err(|broken| ArchiveError::at(height, Fault::Books(broken)))
}

/// The epoch in the key of a validator set.
fn from_epoch_of(key: &[u8]) -> Option<u64> {
    let epoch = key.strip_prefix(&[VALIDATORS])?;
    epoch.try_into().ok().map(u64::from_be_bytes)
}
