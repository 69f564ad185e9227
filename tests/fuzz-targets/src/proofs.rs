//! Proofs: whatever is done to one, it proves what is true or nothing.

#[path = "../../../ledger-node/proof/tests/proofs/prover.rs"]
#[allow(dead_code, reason = "each user needs its own part")]
pub mod prover;

use std::sync::OnceLock;

use dure_chain::epoch::epoch_of;
use dure_proof::{
    AccountProof, FinalityProof, Handover, Header, Pinned, RecordProof, TransactionProof, verify_account,
    verify_deposit, verify_finality, verify_payment, verify_transaction,
};
use dure_score::{Genesis, Hash32, codec};
use ledger_node::history::archive;

use crate::score;

fn pinned() -> &'static Pinned {
    static PINNED: OnceLock<Pinned> = OnceLock::new();
    PINNED.get_or_init(prover::pinned)
}

/// The heights at which the vectors' ledger has receipts, and how many.
const RECEIPTS: [(u64, u32); 2] = [(7, 1), (40, 5)];

fn judge_transaction(proof: &TransactionProof) {
    for (height, count) in RECEIPTS {
        for index in 0..count {
            let receipt = prover::receipt(height, index);
            if let Ok(proven) = verify_transaction(pinned(), &receipt.tx, proof) {
                assert_eq!(proven, receipt, "a receipt was forged");
            }
        }
    }
}

fn judge_account(proof: &AccountProof) {
    let mina = prover::bid("mina");
    let Ok(proven) = verify_account(pinned(), &proof.bid, proof) else { return };
    let truth = codec::encode(&prover::holdings());
    let claimed = proof.holdings.as_ref().map(|blob| blob.as_bytes());
    match proof.bid == mina {
        true => assert_eq!(claimed, Some(truth.as_slice()), "an account was forged"),
        false => assert_ne!(claimed, Some(truth.as_slice()), "somebody else's holdings"),
    }
    assert_eq!(proven.height, prover::EXECUTED);
}

fn judge_record(proof: &RecordProof) {
    let (id, payment) = prover::payment(40, 2);
    if let Ok(proven) = verify_payment(pinned(), &id, proof) {
        assert_eq!((proven.record, proven.height), (payment, prover::EXECUTED), "a payment was forged");
    }
    let (reference, deposit) = prover::deposit();
    if let Ok(proven) = verify_deposit(pinned(), &reference, proof) {
        assert_eq!((proven.record, proven.height), (deposit, prover::EXECUTED), "a deposit was forged");
    }
}

fn judge_finality(proof: &FinalityProof) {
    if let Ok(state) = verify_finality(pinned(), proof) {
        let roots = [false, true].map(|later| prover::world(later).state.root());
        let signed_before = proof.handovers.is_empty() && state.executed == 34;
        assert!(roots.contains(&state.state_root) || signed_before, "a state root was forged");
    }
}

/// JSON of any proof.
pub fn json(data: &[u8]) {
    if let Ok(proof) = serde_json::from_slice::<TransactionProof>(data) {
        assert_eq!(
            serde_json::from_slice::<TransactionProof>(&serde_json::to_vec(&proof).unwrap()).unwrap(),
            proof
        );
        judge_transaction(&proof);
    }
    if let Ok(proof) = serde_json::from_slice::<AccountProof>(data) {
        assert_eq!(
            serde_json::from_slice::<AccountProof>(&serde_json::to_vec(&proof).unwrap()).unwrap(),
            proof
        );
        judge_account(&proof);
    }
    if let Ok(proof) = serde_json::from_slice::<RecordProof>(data) {
        judge_record(&proof);
    }
    if let Ok(proof) = serde_json::from_slice::<FinalityProof>(data) {
        judge_finality(&proof);
    }
    // JSON that was read is written and read again as the same proof.
    if let Ok(proof) = serde_json::from_slice::<TransactionProof>(data) {
        let again: TransactionProof = serde_json::from_slice(&serde_json::to_vec(&proof).unwrap()).unwrap();
        assert_eq!(again, proof);
    }
}

/// CBOR of any proof.
pub fn cbor(data: &[u8]) {
    if let Ok(proof) = TransactionProof::decode(data) {
        assert_eq!(codec::encode(&proof), data);
        judge_transaction(&proof);
    }
    if let Ok(proof) = AccountProof::decode(data) {
        assert_eq!(codec::encode(&proof), data);
        judge_account(&proof);
    }
    if let Ok(proof) = RecordProof::decode(data) {
        assert_eq!(codec::encode(&proof), data);
        judge_record(&proof);
    }
    if let Ok(proof) = FinalityProof::decode(data) {
        assert_eq!(codec::encode(&proof), data);
        judge_finality(&proof);
    }
    if let Ok(handover) = codec::decode::<Handover>(data) {
        assert_eq!(codec::encode(&handover), data);
    }
}

/// The genesis of proofs that the node itself can check.
pub fn genesis() -> &'static Genesis {
    static GENESIS: OnceLock<Genesis> = OnceLock::new();
    GENESIS.get_or_init(|| Genesis {
        validators: prover::set(&[1, 2, 3, 4]).iter().map(|key| key.public_key()).collect(),
        epoch_blocks: 10,
        ..score::genesis()
    })
}

/// A proof under [`genesis`]: of `height`, by the set of its epoch, after a change of validators if `later`.
pub fn finality(later: bool) -> FinalityProof {
    let network = genesis().network();
    let mut state = prover::world(false).state;
    let (mut keys, mut handovers) = (prover::set(&[1, 2, 3, 4]), Vec::new());
    let sign = |keys: &[dure_score::signature::SigningKey], height: u64, root: Hash32| {
        let header = prover::header(height, epoch_of(height, 10), height - 1, root);
        let certificate = prover::certificate(&network, keys, &[0, 1, 3], &header);
        (header.into(), certificate.into())
    };
    if later {
        let (next, next_keys) = prover::new_set();
        let (value, key) = (codec::encode(&next), dure_score::key::Key::Validators(4));
        state.put(&key, &value);
        let (siblings, _) = state.path(&key);
        let (header, certificate) = sign(&keys, 35, state.root());
        handovers.push(Handover { from_epoch: 4, set: value.into(), siblings, header, certificate });
        keys = next_keys;
    }
    let (header, certificate) = sign(&keys, 42, state.root());
    FinalityProof {
        chain: genesis().chain.clone(),
        genesis_hash: genesis().hash(),
        handovers,
        header,
        certificate,
    }
}

/// CBOR of a finality proof: whatever the node believes, a client believes; the node also checks the epoch of a height.
pub fn two_readers(data: &[u8]) {
    let Ok(proof) = codec::decode::<FinalityProof>(data) else { return };
    let theirs = FinalityProof::decode(data).expect("both read the same CBOR");
    let found = archive::proof::verify(genesis(), &proof);
    let read = verify_finality(&Pinned::new(genesis()), &theirs);
    match (found, read) {
        (Some(proven), Ok(state)) => {
            assert_eq!(proven.claim.state_root, state.state_root);
            assert_eq!(proven.claim.executed, state.executed);
            // The engine reads the same certificate in its own way.
            let certificate = theirs.certificate.as_bytes();
            assert!(
                archive::proof::certifies(&proven.sets, &proven.header, certificate),
                "the engine does not believe it"
            );
        }
        (Some(_), Err(error)) => panic!("the node believes what a client does not: {error}"),
        (None, Ok(_)) => {
            let headers = theirs.handovers.iter().map(|handover| &handover.header).chain([&theirs.header]);
            let odd = |header: &Header| header.epoch != epoch_of(header.height, genesis().epoch_blocks);
            let mut read = headers.map(|bytes| Header::parse(bytes.as_bytes()).expect("it has been read"));
            assert!(read.any(|header| odd(&header)), "only a client believes it");
        }
        (None, Err(_)) => {}
    }
}
