//! Applies a final block through the contract, on top of a view of the state before it. Pure: the same block on
//! the same state gives the same receipts, changes and roots on every node.

use std::sync::Arc;

use dure_score::{
    BlockContext, Hash32, Overlay, Receipt, StateError, StateRead, VerifiedTx, apply, begin_block, key::Key,
    state::Changes,
};

/// What came of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// One receipt for each transaction, in order; refused ones as well.
    pub receipts: Vec<Receipt>,
    /// Their canonical bytes.
    pub receipt_bytes: Vec<Vec<u8>>,
    /// Root over the receipts.
    pub receipts_root: Hash32,
    /// All changes of the state; among them the receipts root under its own key, if there are receipts.
    pub changes: Changes,
}

/// Applies `txs` in order. Fails only if the state cannot be read, or if this build does not contain the contract
/// version that applies: then the node must stop.
pub fn execute(
    state: impl StateRead,
    height: u64,
    time_ms: u64,
    txs: &[Arc<VerifiedTx>],
) -> Result<Executed, StateError> {
    let mut overlay = Overlay::new(state);
    begin_block(&mut overlay, height, time_ms)?;
    let mut receipts = Vec::with_capacity(txs.len());
    for (index, tx) in (0u32..).zip(txs) {
        receipts.push(apply(&mut overlay, tx, &BlockContext { height, time_ms, index })?);
    }
    let receipt_bytes: Vec<Vec<u8>> = receipts.iter().map(Receipt::to_bytes).collect();
    // One tree for both, that of RFC 9162.
    let receipts_root = dure_proof::receipts_root(&receipt_bytes);
    // A block without transactions has nothing to prove, and an idle chain's state does not grow.
    if !receipts.is_empty() {
        overlay.write(&Key::Receipts(height), &receipts_root);
        overlay.keep();
    }
    Ok(Executed { receipts, receipt_bytes, receipts_root, changes: overlay.into_changes() })
}
