//! Holds blocks from a peer against what this node knows for certain. Pure: no network, no writes.

use std::sync::Arc;

use bytes::Bytes;
use dure_chain::list::root as items_root;
use dure_consensus::{Block, BlockHeader, Finalized, MAX_BLOCK_BYTES, MAX_ITEMS, verify_certificate};

use super::wire::{MAX_BLOCKS, SyncBlock};

/// What is wrong with a peer's blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not the wire format, or more than was asked for.
    #[error("the answer is not of its form")]
    Form,
    /// A header does not decode, or is not that of the next height.
    #[error("block {0}: its header is not the next one")]
    Header(u64),
    /// A header names another parent.
    #[error("block {0} does not follow the block before it")]
    Link(u64),
    /// The transactions are not those that the header commits to.
    #[error("block {0} holds other transactions than its header says")]
    Items(u64),
    /// A certificate does not hold against the validators in force.
    #[error("block {0} has a certificate that does not hold")]
    Certificate(u64),
    /// No block of a full answer has a certificate.
    #[error("no block from {0} on has a certificate")]
    Uncertified(u64),
}

impl Fault {
    /// Stable machine-readable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form => "FORM",
            Self::Header(_) => "HEADER",
            Self::Link(_) => "LINK",
            Self::Items(_) => "ITEMS",
            Self::Certificate(_) => "CERTIFICATE",
            Self::Uncertified(_) => "UNCERTIFIED",
        }
    }
}

/// What this node knows for certain.
pub struct Known<'a> {
    /// The network's name, under which validators sign.
    pub network: &'a [u8],
    /// Height of the last applied block.
    pub height: u64,
    /// Its digest.
    pub digest: [u8; 32],
    /// The epoch of a height.
    pub epoch_of: &'a dyn Fn(u64) -> u64,
    /// The validators of the next block's epoch and of the one after; later ones may still change.
    pub validators: &'a [(u64, Vec<[u8; 32]>)],
}

/// The blocks of `answer` that are final for certain, in order: all up to the last one with a certificate whose validators are
/// known. Fewer than came, or none, is no fault; one that is not what it should be is.
pub fn certain(known: &Known<'_>, answer: Vec<SyncBlock>) -> Result<Vec<Finalized>, Fault> {
    let first = known.height.saturating_add(1);
    let full = u64::try_from(answer.len()).unwrap_or(u64::MAX) >= MAX_BLOCKS;
    let (mut height, mut parent) = (known.height, known.digest);
    let (mut blocks, mut proven) = (Vec::with_capacity(answer.len()), 0);
    for sent in answer {
        height = height.saturating_add(1);
        let header = BlockHeader::decode(&sent.header).map_err(|_| Fault::Header(height))?;
        if header.height != height || header.epoch != (known.epoch_of)(height) {
            return Err(Fault::Header(height));
        }
        if header.parent != parent {
            return Err(Fault::Link(height));
        }
        let Some((_, validators)) = known.validators.iter().find(|(epoch, _)| *epoch == header.epoch) else {
            // Known once the blocks before it are applied.
            break;
        };
        let certificate: Option<Vec<u8>> = sent.certificate.map(Into::into);
        if let Some(bytes) = &certificate {
            if !verify_certificate(known.network, validators, &header, bytes) {
                return Err(Fault::Certificate(height));
            }
            proven = blocks.len().saturating_add(1);
        }
        let items: Vec<Bytes> = sent.items.into_iter().map(|item| Bytes::from(Vec::from(item))).collect();
        let bytes = items.iter().fold(0usize, |sum, item| sum.saturating_add(item.len()));
        if items.len() > MAX_ITEMS || bytes > MAX_BLOCK_BYTES || items_root(&items) != header.items_root {
            return Err(Fault::Items(height));
        }
        let digest = header.digest();
        parent = digest;
        blocks.push(Finalized { block: Arc::new(Block { header, items }), digest, certificate });
    }
    if proven == 0 && full {
        return Err(Fault::Uncertified(first));
    }
    blocks.truncate(proven);
    Ok(blocks)
}
