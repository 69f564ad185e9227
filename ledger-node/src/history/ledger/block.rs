//! What a block leaves behind, as one batch of the store; and what the genesis does.

use dure_consensus::{BlockHeader, Finalized};
use dure_score::{Genesis, Overlay, Receipt, TxId, codec, state::MemoryState};

use super::error::LedgerError;
use crate::{
    state::{
        executor::Executed,
        tree::{Prepared, StateTree},
    },
    store::{
        Batch, Read, Store, StoreError, Table,
        record::{
            BlockRecord, GENESIS, HEAD, Head, TxPosition, height_key,
            rows::{self, Whole},
            tx_key,
        },
    },
};

/// All that a block leaves behind, as one batch; `before` is the ledger without it.
pub(super) fn block_batch(
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
            batch.put(Table::TxIndex, tx_key(&id), TxPosition { height, index }.to_bytes());
        }
    }
    Ok(())
}

/// Makes an empty store the ledger of `genesis` (whose canonical bytes are `bytes`) at block 0.
pub(super) fn write_genesis(
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
