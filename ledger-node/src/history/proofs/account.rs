//! The proof of what an account holds, or that it holds nothing.

use dure_proof::{AccountProof, Neighbour};
use dure_score::{Bid, Hash32, key::Key};

use super::{NoProof, finality};
use crate::{
    history::ledger::{Ledger, LedgerError},
    store::{StoreError, Table},
};

/// Proves the holdings of `bid` against the newest state root that has a proof. A name that the ledger does
/// not know has a proof as well: of absence.
pub fn account(ledger: &Ledger, bid: &Bid) -> Result<AccountProof, NoProof> {
    let (view, head) = ledger.view()?;
    let state = finality::newest(ledger, &*view, head.height, 0)?.ok_or(NoProof::NotYet)?;
    let key = Key::Holdings(bid).to_bytes();
    let now = view.get(Table::State, &key)?;
    let past = ledger.past().value_at(&key, state.executed, head.height, now);
    let holdings = past.ok_or(NoProof::NotYet)?;
    let path = ledger.tree().path(&*view, head.height, state.executed, &key)?.ok_or(NoProof::NotYet)?;
    if path.value_of(&key) != holdings.as_ref().map(|value| dure_score::ids::sha256(&[value])) {
        let what = "an account is not what the state tree says".to_owned();
        return Err(LedgerError::Store(StoreError::Corrupt(what)).into());
    }
    let other = path.leaf.filter(|_| holdings.is_none());
    let neighbour = other.map(|(key, value)| Neighbour { key: Hash32::new(key), value: Hash32::new(value) });
    Ok(AccountProof {
        bid: *bid,
        holdings: holdings.map(Into::into),
        neighbour,
        siblings: path.siblings,
        finality: state.proof,
    })
}
