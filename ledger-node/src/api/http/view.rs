//! A block in JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{Hash32, PublicKey, Receipt};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{history::ledger::Ledger, store::StoreError};

/// A finalized block with what came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct BlockView {
    /// Distance from genesis.
    pub(super) height: u64,
    /// SHA-256 of the header: what the validators signed.
    #[schema(value_type = String)]
    pub(super) digest: Hash32,
    /// Digest of the block before.
    #[schema(value_type = String)]
    parent: Hash32,
    /// Agreed time, ms since 1970 UTC.
    time_ms: u64,
    /// Validator that proposed it.
    #[schema(value_type = String)]
    proposer: PublicKey,
    /// Root over the transactions' wire bytes (RFC 9162).
    #[schema(value_type = String)]
    items_root: Hash32,
    /// State root after this block.
    #[schema(value_type = String)]
    state_root: Hash32,
    /// Root over this block's receipts (RFC 9162).
    #[schema(value_type = String)]
    receipts_root: Hash32,
    /// Base64 of the header's bytes.
    header: String,
    /// Base64 of the validators' certificate; absent for a block that became final through a later one.
    certificate: Option<String>,
    /// Base64 of each transaction's wire bytes.
    transactions: Vec<String>,
    /// One receipt for each transaction.
    #[schema(value_type = Vec<Object>)]
    receipts: Vec<Receipt>,
}

impl BlockView {
    /// The block at `height`; `None` for genesis and for heights that are not applied yet.
    pub(super) fn read(ledger: &Ledger, height: u64) -> Result<Option<Self>, StoreError> {
        if height == 0 {
            return Ok(None);
        }
        let Some(record) = ledger.record(height)? else { return Ok(None) };
        let header = record.header()?;
        let (items, receipts) = ledger.content(height)?;
        Ok(Some(Self {
            height,
            digest: record.digest,
            parent: Hash32::new(header.parent),
            time_ms: header.time_ms,
            proposer: PublicKey::new(header.proposer),
            items_root: Hash32::new(header.items_root),
            state_root: record.state_root,
            receipts_root: record.receipts_root,
            header: STANDARD.encode(record.header_bytes()),
            certificate: record.certificate().map(|bytes| STANDARD.encode(bytes)),
            transactions: items.iter().map(|wire| STANDARD.encode(wire)).collect(),
            receipts,
        }))
    }
}
