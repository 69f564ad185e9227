//! The proof of what came of a transaction.

use dure_score::{TxId, codec, ids::sha256, key::Key};

use super::{NoProof, TransactionProof, finality, receipts};
use crate::{
    ledger::{Ledger, LedgerError},
    record::{Place, height_key, read, receipt_key, tx_key},
    store::{StoreError, Table},
};

/// Proves the receipt of a transaction against the newest state root that has a proof.
pub fn transaction(ledger: &Ledger, id: &TxId) -> Result<TransactionProof, NoProof> {
    let (view, head) = ledger.view()?;
    let place = view.get(Table::TxIndex, tx_key(id))?.ok_or(NoProof::Unknown)?;
    let place: Place = read("transaction index", &place)?;
    let state = finality::newest(ledger, &*view, head.height, place.height)?.ok_or(NoProof::NotYet)?;

    let mine = receipt_key(place);
    let receipts = view.scan(Table::Receipts, &height_key(place.height), dure_consensus::MAX_ITEMS)?;
    let at = receipts.iter().position(|(key, _)| *key == mine).ok_or(NoProof::Pruned(place.height))?;
    let leaves = receipts.iter().map(|(_, receipt)| receipt.as_slice());
    let (steps, root) = receipts::path(leaves, at).ok_or(NoProof::Pruned(place.height))?;

    let key = Key::Receipts(place.height).to_bytes();
    let path = ledger.tree().path(&*view, head.height, state.executed, &key)?.ok_or(NoProof::NotYet)?;
    if path.value_of(&key) != Some(sha256(&[&codec::encode(&root)])) {
        return Err(LedgerError::Store(contradiction(place.height)).into());
    }
    let receipt = receipts.into_iter().nth(at).map(|(_, receipt)| receipt).unwrap_or_default();
    Ok(TransactionProof {
        receipt: receipt.into(),
        path: steps,
        siblings: path.siblings,
        finality: state.proof,
    })
}

fn contradiction(height: u64) -> StoreError {
    StoreError::Corrupt(format!("the receipts of block {height} are not those under its state root"))
}
