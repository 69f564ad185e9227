//! From a proof to what it proves.

use dure_score::{
    Bid, Hash32, PublicKey, Receipt, TxId, codec,
    holdings::Holdings,
    ids::DepositRef,
    key::Key,
    limits::MAX_VALIDATOR_SETS,
    record::{Deposit, Payment, ValidatorSet},
};
use minicbor::{Decode, Encode};

use super::{
    AccountProof, FinalityProof, Handover, Header, Pinned, ProofError, RecordProof, TransactionProof,
    certificate::verify_certificate, tree,
};

/// A state that the validators have agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenState {
    /// Height of the state.
    pub executed: u64,
    /// Its root.
    pub state_root: Hash32,
    /// The header that names it.
    pub header: Header,
}

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
    let receipts_root = tree::receipts_root(proof.receipt.as_bytes(), &proof.path)?;
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
    if proof.chain != pinned.chain {
        return Err(ProofError::OtherChain);
    }
    if proof.genesis_hash != pinned.genesis_hash {
        return Err(ProofError::OtherGenesis);
    }
    if proof.handovers.len() > MAX_VALIDATOR_SETS {
        return Err(ProofError::Handover);
    }
    let mut sets = Sets { pinned, known: vec![(0, pinned.validators.clone())] };
    for handover in &proof.handovers {
        sets.hand_over(handover)?;
    }
    sets.state(proof.header.as_bytes(), proof.certificate.as_bytes())
}

/// The validator sets that are proven so far, with their first epochs, ascending.
struct Sets<'a> {
    pinned: &'a Pinned,
    known: Vec<(u64, Vec<PublicKey>)>,
}

impl Sets<'_> {
    /// The state that a certified header names.
    fn state(&self, header: &[u8], certificate: &[u8]) -> Result<ProvenState, ProofError> {
        let epoch = Header::parse(header)?.epoch;
        let in_force = self.known.iter().rev().find(|(from, _)| *from <= epoch);
        let (_, set) = in_force.ok_or(ProofError::ValidatorSet)?;
        let header = verify_certificate(&self.pinned.network(), set, header, certificate)?;
        let executed = header.executed.ok_or(ProofError::Header)?;
        Ok(ProvenState { executed, state_root: header.state_root, header })
    }

    /// Learns the next set.
    fn hand_over(&mut self, handover: &Handover) -> Result<(), ProofError> {
        let state = self.state(handover.header.as_bytes(), handover.certificate.as_bytes())?;
        let last = self.known.last().map_or(0, |(from, _)| *from);
        if handover.from_epoch <= last || state.header.epoch >= handover.from_epoch {
            return Err(ProofError::Handover);
        }
        let key = Key::Validators(handover.from_epoch).to_bytes();
        let root = tree::root_with(&key, handover.set.as_bytes(), &handover.siblings)?;
        if root != state.state_root {
            return Err(ProofError::StateRoot);
        }
        let set: ValidatorSet =
            codec::decode(handover.set.as_bytes()).map_err(|_| ProofError::ValidatorSet)?;
        let keys = set.validators.into_iter().map(|seat| seat.public_key).collect();
        self.known.push((handover.from_epoch, keys));
        Ok(())
    }
}
