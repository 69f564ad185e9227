//! From a proof to what it proves.

use dure_score::{
    Bid, ChainId, Hash32, Receipt, TxId, codec,
    holdings::Holdings,
    ids::DepositRef,
    key::Key,
    record::{Deposit, Payment},
};
use minicbor::{Decode, Encode};

use crate::{
    AccountProof, FinalityProof, Pinned, ProofError, ProvenState, RecordProof, Sets, TransactionProof,
    sets::verify_handovers, tree,
};

/// What an account held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenAccount {
    /// Its lots; `None` if the state had nothing under that name.
    pub holdings: Option<Holdings>,
    /// After which block.
    pub height: u64,
    /// Time of the header that names that state, ms since 1970 UTC.
    pub signed_at_ms: u64,
}

/// A record of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenRecord<T> {
    /// As it was.
    pub record: T,
    /// After which block.
    pub height: u64,
    /// Time of the header that names that state, ms since 1970 UTC.
    pub signed_at_ms: u64,
}

/// The receipt of transaction `id`, if the proof proves one.
pub fn verify_transaction(
    pinned: &Pinned,
    id: &TxId,
    proof: &TransactionProof,
) -> Result<Receipt, ProofError> {
    let state = verify_finality(pinned, &proof.finality)?;
    let receipt: Receipt =
        codec::decode(proof.receipt.as_bytes()).map_err(|_| ProofError::Leaf("receipt"))?;
    if receipt.tx != *id {
        return Err(ProofError::OtherSubject);
    }
    if receipt.height > state.executed {
        return Err(ProofError::TooEarly);
    }
    let receipts_root = tree::root_over(proof.receipt.as_bytes(), &proof.path)?;
    let key = Key::Receipts(receipt.height).to_bytes();
    let root = tree::root_with(&key, &codec::encode(&receipts_root), &proof.siblings)?;
    if root == state.state_root { Ok(receipt) } else { Err(ProofError::StateRoot) }
}

/// What account `bid` held, or that it held nothing, if the proof proves it.
pub fn verify_account(pinned: &Pinned, bid: &Bid, proof: &AccountProof) -> Result<ProvenAccount, ProofError> {
    if proof.bid != *bid {
        return Err(ProofError::OtherSubject);
    }
    let state = verify_finality(pinned, &proof.finality)?;
    let key = Key::Holdings(bid).to_bytes();
    let (root, holdings) = match &proof.holdings {
        Some(_) if proof.neighbour.is_some() => return Err(ProofError::Neighbour),
        Some(bytes) => {
            let holdings = codec::decode(bytes.as_bytes()).map_err(|_| ProofError::Leaf("account"))?;
            (tree::root_with(&key, bytes.as_bytes(), &proof.siblings)?, Some(holdings))
        }
        None => (tree::root_without(&key, proof.neighbour.as_ref(), &proof.siblings)?, None),
    };
    if root != state.state_root {
        return Err(ProofError::StateRoot);
    }
    Ok(ProvenAccount { holdings, height: state.executed, signed_at_ms: state.header.time_ms })
}

/// Payment `id`, and what of it has been refunded, if the proof proves it. Unlike a receipt it says nothing of what the
/// shop holds.
pub fn verify_payment(
    pinned: &Pinned,
    id: &TxId,
    proof: &RecordProof,
) -> Result<ProvenRecord<Payment>, ProofError> {
    verify_record(pinned, &Key::Payment(id), proof, "payment")
}

/// Deposit `reference`, and what it has become, if the proof proves it.
pub fn verify_deposit(
    pinned: &Pinned,
    reference: &DepositRef,
    proof: &RecordProof,
) -> Result<ProvenRecord<Deposit>, ProofError> {
    verify_record(pinned, &Key::Deposit(reference), proof, "deposit")
}

fn verify_record<T: Encode<()> + for<'b> Decode<'b, ()>>(
    pinned: &Pinned,
    key: &Key<'_>,
    proof: &RecordProof,
    what: &'static str,
) -> Result<ProvenRecord<T>, ProofError> {
    let state = verify_finality(pinned, &proof.finality)?;
    let root = tree::root_with(&key.to_bytes(), proof.record.as_bytes(), &proof.siblings)?;
    if root != state.state_root {
        return Err(ProofError::StateRoot);
    }
    let record = codec::decode(proof.record.as_bytes()).map_err(|_| ProofError::Leaf(what))?;
    Ok(ProvenRecord { record, height: state.executed, signed_at_ms: state.header.time_ms })
}

/// The state that the proof's last header names, signed by the validators of that header's epoch.
pub fn verify_finality(pinned: &Pinned, proof: &FinalityProof) -> Result<ProvenState, ProofError> {
    proven_state(Sets::of_pinned(pinned), (&pinned.chain, &pinned.genesis_hash), proof)
        .map(|(state, _)| state)
}

/// [`verify_finality`] for whoever goes on from there: `first` is the genesis' set, `of` the channel and the hash of its genesis; the sets
/// up to the state are returned with it.
pub fn proven_state(
    first: Sets,
    of: (&ChainId, &Hash32),
    proof: &FinalityProof,
) -> Result<(ProvenState, Sets), ProofError> {
    if proof.chain != *of.0 {
        return Err(ProofError::OtherChain);
    }
    if proof.genesis_hash != *of.1 {
        return Err(ProofError::OtherGenesis);
    }
    let sets = verify_handovers(first, &proof.handovers)?;
    let state = sets.state(proof.header.as_bytes(), proof.certificate.as_bytes())?;
    Ok((state, sets))
}
