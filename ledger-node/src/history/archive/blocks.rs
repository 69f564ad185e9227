//! Reads the blocks of a node's store as a copy holds them.

use dure_consensus::BlockHeader;
use dure_score::{Hash32, codec};
use minicbor::bytes::ByteVec;

use super::{ArchiveError, segment::StoredBlock};
use crate::store::{
    Read, StoreError, Table,
    record::{BlockRecord, HEAD, Head, height_key, read, rows},
};

/// The last applied block.
pub(super) fn head(from: &dyn Read) -> Result<Option<Head>, StoreError> {
    from.get(Table::Meta, HEAD)?.map(|bytes| read("head", &bytes)).transpose()
}

/// What is kept of the block at `height`.
pub(super) fn record(from: &dyn Read, height: u64) -> Result<Option<BlockRecord>, StoreError> {
    let bytes = from.get(Table::Headers, &height_key(height))?;
    bytes.map(|bytes| read("block record", &bytes)).transpose()
}

/// The highest block up to `head` that has a certificate of its own.
pub(super) fn last_certified(from: &dyn Read, head: u64, least: u64) -> Result<Option<u64>, StoreError> {
    for height in (least..=head).rev() {
        if record(from, height)?.is_some_and(|record| record.certificate().is_some()) {
            return Ok(Some(height));
        }
    }
    Ok(None)
}

/// The block after the one with digest `parent`, with its own digest. What was read of a running node's files may be torn, so that all
/// that belongs to the block is checked to be there and to fit.
pub(super) fn block(
    from: &dyn Read,
    height: u64,
    parent: &Hash32,
) -> Result<(StoredBlock, Hash32), ArchiveError> {
    let unsteady = |what: &str| ArchiveError::Unsteady(format!("block {height}: {what}"));
    let record = record(from, height)?.ok_or_else(|| unsteady("no header"))?;
    let header: BlockHeader = record.header()?;
    if header.parent != *parent.as_bytes() {
        return Err(unsteady("not the child of the block before"));
    }
    let entries = rows::entries(from, height)?;
    let (items, receipts): (Vec<_>, Vec<_>) =
        entries.into_iter().map(|entry| (entry.item, entry.receipt)).unzip();
    if dure_chain::list::root(&items) != header.items_root {
        return Err(unsteady("other transactions"));
    }
    if dure_chain::list::root(&receipts) != *record.receipts_root.as_bytes() {
        return Err(unsteady("other receipts"));
    }
    let block = StoredBlock {
        header: record.header_bytes().to_vec().into(),
        items: items.into_iter().map(|item| ByteVec::from(item.to_vec())).collect(),
        certificate: record.certificate().map(|bytes| bytes.to_vec().into()),
        receipts: receipts.into_iter().map(ByteVec::from).collect(),
    };
    Ok((block, record.digest))
}

/// Canonical bytes of the genesis in the store.
pub(super) fn genesis(from: &dyn Read) -> Result<Option<(Vec<u8>, dure_score::Genesis)>, ArchiveError> {
    let Some(bytes) = from.get(Table::Meta, crate::store::record::GENESIS)? else { return Ok(None) };
    let genesis = codec::decode(&bytes).map_err(|error| StoreError::Corrupt(format!("genesis: {error}")))?;
    Ok(Some((bytes, genesis)))
}
