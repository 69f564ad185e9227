//! Reads the files of a copy and checks all of a block that needs no state: hashes, links, transactions and their signatures.

use std::{path::Path, sync::Arc, sync::mpsc::SyncSender};

use dure_chain::epoch::epoch_of;
use dure_chain::list::root as items_root;
use dure_consensus::BlockHeader;
use dure_score::{ChainId, Genesis, SignedTx, VerifiedTx, limits::MAX_TX_BYTES};
use minicbor::bytes::ByteVec;

use crate::history::archive::{
    ArchiveError, BackupManifest, Fault,
    backup::{Segment, segment_name},
    frame::{self, Kind},
    read_file,
    segment::{self, MAX_BYTES, StoredBlock},
};

/// Blocks that are checked and wait to be applied: enough to level out, and with full blocks a few MB each.
pub(super) const WAITING: usize = 8;

/// A block that is good as far as can be said without state.
pub(super) struct Checked {
    pub(super) header: BlockHeader,
    pub(super) certificate: Option<ByteVec>,
    pub(super) txs: Vec<Arc<VerifiedTx>>,
    pub(super) receipts: Vec<ByteVec>,
}

/// Sends every block of the copy, in order, and ends at the first fault. `parent` is the digest of the block before the first.
pub(super) fn read_all(
    folder: &Path,
    manifest: &BackupManifest,
    genesis: &Genesis,
    parent: BlockHeader,
    out: &SyncSender<Result<Checked, ArchiveError>>,
) {
    let mut parent = parent;
    for segment in &manifest.segments {
        let blocks = match read_segment(folder, segment) {
            Ok(blocks) => blocks,
            Err(error) => {
                // A receiver that is gone has found a fault of its own.
                out.send(Err(error)).ok();
                return;
            }
        };
        for (height, block) in (segment.first..).zip(blocks) {
            let checked = check(block, height, &parent, genesis);
            let next = checked.as_ref().ok().map(|checked| checked.header.clone());
            if out.send(checked).is_err() {
                return;
            }
            match next {
                Some(header) => parent = header,
                None => return,
            }
        }
    }
}

/// The blocks of one file, whose every byte is as the manifest says.
pub(crate) fn read_segment(folder: &Path, segment: &Segment) -> Result<Vec<StoredBlock>, ArchiveError> {
    let name = segment_name(segment);
    let Some(bytes) = read_file(&folder.join(&name), MAX_BYTES)? else {
        return Err(ArchiveError::at(segment.first, Fault::Missing(name)));
    };
    match frame::open_named(Kind::Segment, &bytes, &segment.hash) {
        Ok(content) => segment::read(content, segment.first, segment.last),
        Err(damage) => {
            let block = segment::locate_damage(&bytes, segment.first, segment.last);
            Err(ArchiveError::at(block, Fault::Damaged { file: name, damage }))
        }
    }
}

fn check(
    block: StoredBlock,
    height: u64,
    parent: &BlockHeader,
    genesis: &Genesis,
) -> Result<Checked, ArchiveError> {
    let fault = |fault| ArchiveError::at(height, fault);
    let header = BlockHeader::decode(&block.header).map_err(|_| fault(Fault::Malformed("header")))?;
    let follows =
        header.height == height && header.parent == parent.digest() && header.time_ms > parent.time_ms;
    if !follows {
        return Err(fault(Fault::Link));
    }
    if header.epoch != epoch_of(height, genesis.epoch_blocks) {
        return Err(fault(Fault::Epoch));
    }
    if items_root(&block.items.iter().map(|item| item.as_slice()).collect::<Vec<_>>()) != header.items_root {
        return Err(fault(Fault::Items));
    }
    if block.items.len() != block.receipts.len() {
        return Err(fault(Fault::ReceiptCount));
    }
    let txs = verify(&block.items, &genesis.chain).ok_or(fault(Fault::Signature))?;
    Ok(Checked { header, certificate: block.certificate, txs, receipts: block.receipts })
}

fn verify(items: &[ByteVec], chain: &ChainId) -> Option<Vec<Arc<VerifiedTx>>> {
    if items.iter().any(|item| item.len() > MAX_TX_BYTES) {
        return None;
    }
    let signed: Option<Vec<SignedTx>> = items.iter().map(|item| SignedTx::from_wire(item).ok()).collect();
    let verified = VerifiedTx::batch(signed?, chain, rand::rng())?;
    Some(verified.into_iter().map(Arc::new).collect())
}
