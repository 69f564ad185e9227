//! The proof of a record that the state keeps under the name of what made it: a payment, a deposit.
//!
//! A receipt says what both sides of a payment hold afterwards, so its proof is nothing to hand to one of them. The
//! payment's own record says who paid whom, for which order, how much, and what of that has gone back.

use dure_proof::RecordProof;
use dure_score::{
    TxId,
    ids::{DepositRef, sha256},
    key::Key,
};

use super::{NoProof, finality};
use crate::{history::ledger::Ledger, store::Table};

/// Proves payment `id` as it was in the newest state that has a proof.
pub fn payment(ledger: &Ledger, id: &TxId) -> Result<RecordProof, NoProof> {
    stored(ledger, &Key::Payment(id))
}

/// Proves deposit `reference` as it was in the newest state that has a proof.
pub fn deposit(ledger: &Ledger, reference: &DepositRef) -> Result<RecordProof, NoProof> {
    stored(ledger, &Key::Deposit(reference))
}

fn stored(ledger: &Ledger, key: &Key<'_>) -> Result<RecordProof, NoProof> {
    let (view, head) = ledger.view()?;
    let key = key.to_bytes();
    let record = view.get(Table::State, &key)?.ok_or(NoProof::Unknown)?;
    let state = finality::newest(ledger, &*view, head.height, 0)?.ok_or(NoProof::NotYet)?;
    let path = ledger.tree().path(&*view, head.height, state.executed, &key)?.ok_or(NoProof::NotYet)?;
    // Written in the last blocks: the state that has a proof does not know it yet, or not this form of it.
    if path.value_of(&key) != Some(sha256(&[&record])) {
        return Err(NoProof::NotYet);
    }
    Ok(RecordProof { record: record.into(), siblings: path.siblings, finality: state.proof })
}
