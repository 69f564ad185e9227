//! How one node gives blocks to another: a CBOR array of [`SyncBlock`], over `GET /v1/sync/blocks`.

use minicbor::{Decode, Encode, bytes::ByteVec};

use crate::{history::ledger::Ledger, store::StoreError};

/// Most blocks of one answer.
pub const MAX_BLOCKS: u64 = 256;

/// An answer ends before the block that would take its transactions beyond so many bytes; one block is always whole.
pub const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Bytes of a block beside its transactions at most: header, certificate of 64 validators, and framing of 10,000 items.
const MAX_AROUND: usize = 64 * 1024;

/// Longest answer that is read, bytes.
pub const MAX_ANSWER_BYTES: usize = MAX_ANSWER + 256 * MAX_AROUND;

/// A final block as it travels. Field numbers are wire format.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SyncBlock {
    /// The header's bytes: their SHA-256 is the digest.
    #[n(0)]
    pub header: ByteVec,
    /// Transactions' wire bytes.
    #[n(1)]
    pub items: Vec<ByteVec>,
    /// The validators' certificate; a block without its own is proven by a later one.
    #[n(2)]
    pub certificate: Option<ByteVec>,
}

/// The blocks `from..=to` as far as the ledger has them, at most as many as one answer holds.
pub fn read_blocks(ledger: &Ledger, from: u64, to: u64) -> Result<Vec<SyncBlock>, StoreError> {
    let last = to.min(ledger.head().height).min(from.saturating_add(MAX_BLOCKS - 1));
    let (mut blocks, mut bytes) = (Vec::new(), 0usize);
    for height in from..=last {
        let Some(record) = ledger.record(height)? else { break };
        let items = ledger.items(height)?;
        bytes = items.iter().fold(bytes, |sum, item| sum.saturating_add(item.len()));
        if bytes > MAX_ANSWER && !blocks.is_empty() {
            break;
        }
        blocks.push(SyncBlock {
            header: record.header_bytes().to_vec().into(),
            items: items.into_iter().map(|item| item.to_vec().into()).collect(),
            certificate: record.certificate().map(|bytes| bytes.to_vec().into()),
        });
    }
    Ok(blocks)
}
