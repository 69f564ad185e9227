//! What consensus asks of this node: content for a block, a judgement of a block, and to take a final one over.

use std::sync::Arc;

use dure_consensus::{Application, Block, BlockHeader, Content, Finalized, Validator, Verdict};
use dure_score::{Hash32, limits::MAX_VALIDITY_MS};

use crate::{
    consensus::epoch_validators::EpochValidators,
    history::ledger::{Ledger, LedgerError},
    ingress::{
        finality::Finality,
        pool::{MAX_PROPOSED, MAX_PROPOSED_BYTES, Pool},
        signatures::{Signatures, VerifiedBlock},
    },
    measure,
    store::{
        StoreError,
        record::{AppHeader, Head},
    },
};

/// Blocks that are looked at for one with a certificate of its own: more than a few without one in a row are not seen.
const MAX_SEARCH: u64 = 256;

/// The node's side of consensus.
pub struct NodeApplication {
    ledger: Arc<Ledger>,
    pool: Arc<Pool>,
    signatures: Arc<Signatures>,
    epoch_validators: EpochValidators,
    finality: Arc<Finality>,
}

impl NodeApplication {
    /// Over a ledger, the transactions that wait for it, and the validators' places.
    pub fn new(
        ledger: Arc<Ledger>,
        pool: Arc<Pool>,
        signatures: Arc<Signatures>,
        epoch_validators: EpochValidators,
    ) -> Self {
        Self { ledger, pool, signatures, epoch_validators, finality: Arc::default() }
    }

    /// Told of every transaction that becomes final here.
    pub const fn finality(&self) -> &Arc<Finality> {
        &self.finality
    }

    fn verified(&self, pending: &[Arc<Block>]) -> Option<Vec<Arc<VerifiedBlock>>> {
        pending.iter().map(|block| self.signatures.block(block)).collect()
    }

    /// What we can say of the state below the child of `parent`: our own head, or what the parent says if it knows more, or the
    /// parent's own height if we are beyond it.
    fn app_header(&self, parent: &BlockHeader) -> Result<Option<AppHeader>, StoreError> {
        let head = self.ledger.head();
        let inherited = executed_by(parent);
        if let Some(inherited) = inherited.filter(|inherited| inherited.executed > head.height) {
            return Ok(Some(inherited));
        }
        if head.height <= parent.height {
            return Ok(Some(of_head(&head)));
        }
        let record = self.ledger.record(parent.height)?;
        Ok(record.map(|record| AppHeader { executed: parent.height, state_root: record.state_root }))
    }

    fn judge(&self, block: &Block, pending: &[Arc<Block>]) -> Result<Verdict, StoreError> {
        let Some(claim) = AppHeader::decode(&block.header.app) else {
            return Ok(reject(block, "its application header is not of its form"));
        };
        let below = block.header.height.saturating_sub(1);
        let least = match pending.last() {
            Some(parent) => executed_by(&parent.header),
            None => match self.ledger.record(below)? {
                Some(record) => executed_by(&record.header()?),
                None => return Ok(Verdict::NotYet),
            },
        };
        if claim.executed > below || claim.executed < least.map_or(0, |least| least.executed) {
            return Ok(reject(block, "it claims a state out of bounds"));
        }
        match self.root_at(claim.executed)? {
            None => return Ok(Verdict::NotYet),
            Some(root) if root != claim.state_root => {
                tracing::error!(height = claim.executed, ours = %root, theirs = %claim.state_root, "state roots differ");
                return Ok(reject(block, "it claims another state root than ours"));
            }
            Some(_) => {}
        }
        self.judge_items(block, pending)
    }

    /// No transaction may be on the chain twice: neither in this block, nor in an ancestor, applied or not. One that is out of its
    /// time is in no block, so the answer depends on the blocks of the last [`MAX_VALIDITY_MS`] only, however much a node keeps.
    fn judge_items(&self, block: &Block, pending: &[Arc<Block>]) -> Result<Verdict, StoreError> {
        let bytes: usize = block.items.iter().map(bytes::Bytes::len).sum();
        if block.items.len() > MAX_PROPOSED || bytes > MAX_PROPOSED_BYTES {
            return Ok(reject(block, "it holds more than a block may"));
        }
        let Some(verified) = self.signatures.block(block) else {
            return Ok(reject(
                block,
                "it holds what is not a transaction of this chain with a good signature",
            ));
        };
        let Some(ancestors) = self.verified(pending) else {
            return Ok(reject(block, "an ancestor holds a bad transaction"));
        };
        if verified.repeats() {
            return Ok(reject(block, "it repeats a transaction"));
        }
        for tx in verified.txs() {
            let valid_until = tx.signed().transaction().valid_until;
            if valid_until.checked_sub(block.header.time_ms).is_none_or(|left| left > MAX_VALIDITY_MS) {
                return Ok(reject(block, "it holds a transaction out of its time"));
            }
            let id = tx.signed().id();
            let applied = self.ledger.locate(&id)?.is_some_and(|place| place.height < block.header.height);
            if applied || ancestors.iter().any(|ancestor| ancestor.contains(&id)) {
                return Ok(reject(block, "it repeats a transaction"));
            }
        }
        Ok(Verdict::Accept)
    }

    /// Our state root after `height`, or `None` if we are not there yet.
    fn root_at(&self, height: u64) -> Result<Option<Hash32>, StoreError> {
        let head = self.ledger.head();
        match height {
            beyond if beyond > head.height => Ok(None),
            same if same == head.height => Ok(Some(head.state_root)),
            below => Ok(self.ledger.record(below)?.map(|record| record.state_root)),
        }
    }

    fn newest_certified(&self) -> Result<Option<Finalized>, StoreError> {
        let head = self.ledger.head().height;
        let oldest = head.saturating_sub(MAX_SEARCH).max(self.ledger.pruned()?).saturating_add(1);
        for height in (oldest..=head).rev() {
            let Some(record) = self.ledger.record(height)? else { break };
            let Some(certificate) = record.certificate() else { continue };
            let block = Block { header: record.header()?, items: self.ledger.items(height)? };
            let (digest, certificate) = (*record.digest.as_bytes(), Some(certificate.to_vec()));
            return Ok(Some(Finalized { block: Arc::new(block), digest, certificate }));
        }
        Ok(None)
    }

    fn take_over(&self, finalized: &Finalized) -> Result<(), LedgerError> {
        let header = &finalized.block.header;
        let verified = self.signatures.block(&finalized.block).ok_or(LedgerError::BadBlock(header.height))?;
        let written = self.ledger.write(finalized, verified.txs())?;
        // Before the new head is seen: else the same transactions could be proposed on top of it.
        let expired = self.pool.settle(verified.ids(), header.time_ms);
        let executed = written.show()?;
        self.signatures.forget(&verified);
        for receipt in &executed.receipts {
            if let Some(refusal) = receipt.refusal() {
                tracing::info!(height = header.height, tx = %receipt.tx, code = refusal.code(), "refused");
            }
        }
        tracing::debug!(height = header.height, transactions = verified.txs().len(), "block applied");
        self.finality.tell(executed.receipts);
        self.finality.gone(&expired);
        Ok(())
    }
}

impl Application for NodeApplication {
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], time_ms: u64) -> Content {
        let app = match self.app_header(parent) {
            Ok(Some(app)) => app,
            Ok(None) => of_head(&self.ledger.head()),
            Err(error) => {
                tracing::error!(%error, "cannot read the ledger for a proposal");
                return Content::default();
            }
        };
        let pending = self.verified(pending);
        let items = pending.map(|pending| self.pool.propose(time_ms, &pending)).unwrap_or_default();
        Content { app: app.encode(), items }
    }

    fn has_work(&self) -> bool {
        self.pool.has_work()
    }

    fn verify(&self, block: &Block, pending: &[Arc<Block>]) -> Verdict {
        self.judge(block, pending).unwrap_or_else(|error| {
            tracing::error!(%error, "cannot read the ledger for a judgement");
            Verdict::NotYet
        })
    }

    fn finalized(&self, finalized: Finalized) -> Result<(), String> {
        self.take_over(&finalized).map_err(|error| error.to_string())
    }

    fn applied_height(&self) -> u64 {
        self.ledger.head().height
    }

    fn validators(&self, epoch: u64) -> Option<Vec<Validator>> {
        self.epoch_validators.of(&self.ledger, epoch).unwrap_or_else(|error| {
            tracing::error!(%error, epoch, "the validators of an epoch cannot be read");
            None
        })
    }

    fn header(&self, height: u64) -> Option<BlockHeader> {
        let record = self.ledger.record(height);
        record.and_then(|record| record.map(|record| record.header()).transpose()).unwrap_or_else(|error| {
            tracing::error!(%error, height, "a header cannot be read");
            None
        })
    }

    fn certified(&self) -> Option<Finalized> {
        self.newest_certified().unwrap_or_else(|error| {
            tracing::error!(%error, "the newest certified block cannot be read");
            None
        })
    }

    fn peer_blocked(&self, key: &[u8; 32]) {
        measure::p2p_blocked();
        tracing::warn!(peer = %hex::encode(key), "a validator was disconnected for what it sent");
    }
}

fn of_head(head: &Head) -> AppHeader {
    AppHeader { executed: head.height, state_root: head.state_root }
}

/// What a header says; nothing for genesis.
fn executed_by(header: &BlockHeader) -> Option<AppHeader> {
    if header.height == 0 { None } else { AppHeader::decode(&header.app) }
}

fn reject(block: &Block, reason: &str) -> Verdict {
    tracing::warn!(height = block.header.height, proposer = %hex::encode(block.header.proposer), "block rejected: {reason}");
    Verdict::Reject
}
