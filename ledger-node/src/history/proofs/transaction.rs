//! The proof of what came of a transaction.

use dure_chain::list;
use dure_proof::{Step, TransactionProof};
use dure_score::{Hash32, TxId, codec, ids::sha256, key::Key};

use super::{NoProof, finality};
use crate::{
    history::ledger::{Ledger, LedgerError},
    store::{
        StoreError, Table,
        record::{TxPosition, read, rows, tx_key},
    },
};

/// Proves the receipt of a transaction against the newest state root that has a proof.
pub fn transaction(ledger: &Ledger, id: &TxId) -> Result<TransactionProof, NoProof> {
    let (view, head) = ledger.view()?;
    let place = view.get(Table::TxIndex, tx_key(id))?.ok_or(NoProof::Unknown)?;
    let place: TxPosition = read("transaction index", &place)?;
    let state = finality::newest(ledger, &*view, head.height, place.height)?.ok_or(NoProof::NotYet)?;

    let entries = rows::entries(&*view, place.height)?;
    let at = usize::try_from(place.index).unwrap_or(usize::MAX);
    let leaves = entries.iter().map(|entry| entry.receipt.as_slice());
    let (beside, root) = list::path(leaves, at).ok_or(NoProof::Pruned(place.height))?;

    let key = Key::Receipts(place.height).to_bytes();
    let path = ledger.tree().path(&*view, head.height, state.executed, &key)?.ok_or(NoProof::NotYet)?;
    if path.value_of(&key) != Some(sha256(&[&codec::encode(&Hash32::new(root))])) {
        return Err(LedgerError::Store(contradiction(place.height)).into());
    }
    let receipt = entries.into_iter().nth(at).map(|entry| entry.receipt).unwrap_or_default();
    Ok(TransactionProof {
        receipt: receipt.into(),
        path: beside.into_iter().map(|(left, hash)| Step { left, hash: Hash32::new(hash) }).collect(),
        siblings: path.siblings,
        finality: state.proof,
    })
}

fn contradiction(height: u64) -> StoreError {
    StoreError::Corrupt(format!("the receipts of block {height} are not those under its state root"))
}
