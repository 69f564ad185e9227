//! The vectors: proofs that hold, and proofs that do not, with the code of the reason. Read here and by the
//! browser's tests.
//!
//! A change of bytes is a change of a public format. To write the file anew on purpose:
//! `DURE_WRITE_VECTORS=1 cargo test -p dure-ledger-client --test proofs`.

use std::path::PathBuf;

use dure_proof::{
    AccountProof, Pinned, ProofError, RecordProof, TransactionProof, verify_account, verify_deposit,
    verify_payment, verify_transaction,
};
use dure_score::{
    Amount, Bid, ChainId, Hash32, Receipt, TxId, codec,
    ids::{DepositRef, sha256},
    key::Key,
    record::{Deposit, Payment},
};
use serde::{Deserialize, Serialize};

use crate::prover::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Case {
    Transaction { id: TxId, proof: TransactionProof, receipt: Option<Receipt> },
    Account { bid: Bid, proof: AccountProof, balance: Option<String> },
    Payment { id: TxId, proof: RecordProof, payment: Option<Payment> },
    Deposit { reference: DepositRef, proof: RecordProof, deposit: Option<Deposit> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// Code of the refusal; absent if the proof holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(flatten)]
    case: Case,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct File {
    about: String,
    pinned: Pinned,
    vectors: Vec<Vector>,
}

fn transaction(name: &str, id: TxId, proof: TransactionProof, receipt: Option<Receipt>) -> Vector {
    Vector { name: name.to_owned(), code: None, case: Case::Transaction { id, proof, receipt } }
}

fn account(name: &str, who: &str, proof: AccountProof, balance: Option<&str>) -> Vector {
    let balance = balance.map(str::to_owned);
    Vector { name: name.to_owned(), code: None, case: Case::Account { bid: bid(who), proof, balance } }
}

/// Payment 40/2 with this proof of it.
fn payment_of(name: &str, proof: RecordProof, payment: Option<Payment>) -> Vector {
    let case = Case::Payment { id: payment_id(), proof, payment };
    Vector { name: name.to_owned(), code: None, case }
}

fn payment_id() -> TxId {
    payment(40, 2).0
}

fn deposit_of(name: &str, proof: RecordProof, found: Option<Deposit>) -> Vector {
    let case = Case::Deposit { reference: deposit().0, proof, deposit: found };
    Vector { name: name.to_owned(), code: None, case }
}

fn good() -> Vec<Vector> {
    let (first, later) = (world(false), world(true));
    let paid = |name: &str, world: &World, height, index| {
        let receipt = receipt(height, index);
        transaction(name, receipt.tx, world.transaction(height, index), Some(receipt))
    };
    let (beside, empty) = (first.absent(true), first.absent(false));
    vec![
        paid("third receipt of five", &first, 40, 2),
        paid("last receipt of five", &first, 40, 4),
        paid("the only receipt", &first, 7, 0),
        paid("after a change of validators", &later, 40, 1),
        account("an account", "mina", first.account("mina"), Some("5500")),
        account("an account after a change of validators", "mina", later.account("mina"), Some("5500")),
        account("no account, its place taken", &beside, first.account(&beside), None),
        account("no account, its place empty", &empty, first.account(&empty), None),
        payment_of("a payment", first.payment(40, 2), Some(payment(40, 2).1)),
        payment_of("a payment after a change of validators", later.payment(40, 2), Some(payment(40, 2).1)),
        deposit_of("a deposit", first.deposit(), Some(deposit().1)),
    ]
}

/// One wrong proof: what is changed of a good one, and what a verifier says.
fn spoilt(name: &str, code: &str, later: bool, change: impl FnOnce(&mut TransactionProof)) -> Vector {
    let mut proof = world(later).transaction(40, 2);
    change(&mut proof);
    let vector = transaction(name, receipt(40, 2).tx, proof, None);
    Vector { code: Some(code.to_owned()), ..vector }
}

fn sign_again(proof: &mut TransactionProof, network: &str, signers: &[usize]) {
    let header = proof.finality.header.as_bytes();
    proof.finality.certificate = certificate(network, &set(&[1, 2, 3, 4]), signers, header).into();
}

fn bad_finality() -> Vec<Vector> {
    let flip = |blob: &[u8], at: usize, mask: u8| {
        let mut bytes = blob.to_vec();
        bytes[at] ^= mask;
        bytes.into()
    };
    vec![
        spoilt("another chain", "PROOF_OTHER_CHAIN", false, |proof| {
            proof.finality.chain = ChainId::new("proof-2").unwrap();
        }),
        spoilt("signed for another chain", "PROOF_BAD_SIGNATURE", false, |proof| {
            sign_again(proof, &pinned().network().replace("proof-1", "proof-2"), &[0, 1, 3]);
        }),
        spoilt("signed for another genesis of the chain", "PROOF_BAD_SIGNATURE", false, |proof| {
            let other = Hash32::new(sha256(&[b"another genesis"]));
            sign_again(proof, &format!("proof-1/{other}"), &[0, 1, 3]);
        }),
        spoilt("another genesis", "PROOF_OTHER_GENESIS", false, |proof| {
            proof.finality.genesis_hash = Hash32::new(sha256(&[b"another genesis"]));
        }),
        spoilt("2 of 4 signatures", "PROOF_TOO_FEW_SIGNATURES", false, |proof| {
            sign_again(proof, &pinned().network(), &[0, 3]);
        }),
        spoilt("strangers' signatures", "PROOF_BAD_SIGNATURE", false, |proof| {
            let header = proof.finality.header.as_bytes();
            proof.finality.certificate =
                certificate(&pinned().network(), &set(&[6, 7, 8, 9]), &[0, 1, 2, 3], header).into();
        }),
        spoilt("another header signed", "PROOF_OTHER_HEADER", false, |proof| {
            let other = header(43, 1, EXECUTED, world(false).state.root());
            proof.finality.certificate =
                certificate(&pinned().network(), &set(&[1, 2, 3, 4]), &[0, 1, 3], &other).into();
        }),
        spoilt("a signer of a set of five", "PROOF_CERTIFICATE", false, |proof| {
            let header = proof.finality.header.as_bytes();
            proof.finality.certificate =
                certificate(&pinned().network(), &set(&[1, 2, 3, 4, 5]), &[0, 1, 2, 3], header).into();
        }),
        spoilt("a certificate cut short", "PROOF_CERTIFICATE", false, |proof| {
            let bytes = proof.finality.certificate.as_bytes();
            proof.finality.certificate = bytes[..bytes.len() - 1].to_vec().into();
        }),
        spoilt("another magic", "PROOF_HEADER", false, |proof| {
            proof.finality.header = flip(proof.finality.header.as_bytes(), 7, 3);
        }),
    ]
}

fn bad_handovers() -> Vec<Vector> {
    vec![
        spoilt("the change of validators left out", "PROOF_BAD_SIGNATURE", true, |proof| {
            proof.finality.handovers.clear();
        }),
        spoilt("the new validators vouch for themselves", "PROOF_BAD_SIGNATURE", true, |proof| {
            let handover = &mut proof.finality.handovers[0];
            let (_, keys) = new_set();
            handover.certificate =
                certificate(&pinned().network(), &keys, &[0, 1, 3], handover.header.as_bytes()).into();
        }),
        spoilt("validators who have left vouch for the next", "PROOF_HANDOVER", true, |proof| {
            let handover = &mut proof.finality.handovers[0];
            (handover.header, handover.certificate) =
                signed(&set(&[1, 2, 3, 4]), 41, 4, 34, &world(true).state);
        }),
        spoilt("a validator set that is none", "PROOF_VALIDATOR_SET", true, |proof| {
            let mut state = State::default();
            state.put(&Key::Validators(4), &[0x80]);
            let handover = &mut proof.finality.handovers[0];
            (handover.header, handover.certificate) = signed(&set(&[1, 2, 3, 4]), 35, 3, 34, &state);
            (handover.set, handover.siblings) = (vec![0x80].into(), Vec::new());
        }),
        spoilt("the same change twice", "PROOF_HANDOVER", true, |proof| {
            let again = proof.finality.handovers[0].clone();
            proof.finality.handovers.push(again);
        }),
        spoilt("other validators than were agreed", "PROOF_STATE_ROOT", true, |proof| {
            let mut set = new_set().0;
            set.validators.pop();
            proof.finality.handovers[0].set = codec::encode(&set).into();
        }),
    ]
}

fn bad_leaves() -> Vec<Vector> {
    let of = |name: &str, code: &str, vector: Vector| Vector {
        name: name.to_owned(),
        code: Some(code.to_owned()),
        ..vector
    };
    let first = world(false);
    let absent = first.absent(true);
    let mut rich = holdings();
    rich.lots[0].amount = dure_score::Amount::new(5_501);
    let other = AccountProof { holdings: Some(codec::encode(&rich).into()), ..first.account("mina") };
    let hidden = AccountProof { holdings: None, ..first.account("mina") };
    let neighbour = first.account(&absent).neighbour;
    let elsewhere = AccountProof { holdings: None, neighbour, ..first.account("mina") };
    vec![
        spoilt("another receipt of the block", "PROOF_OTHER_SUBJECT", false, |proof| {
            *proof = world(false).transaction(40, 1);
        }),
        spoilt("a receipt that was never given", "PROOF_STATE_ROOT", false, |proof| {
            let forged = Receipt { time_ms: 1, ..receipt(40, 2) };
            proof.receipt = forged.to_bytes().into();
        }),
        spoilt("no receipt", "PROOF_LEAF", false, |proof| proof.receipt = vec![0x80].into()),
        spoilt("a state before the block", "PROOF_TOO_EARLY", false, |proof| {
            let header = header(42, 1, 39, world(false).state.root());
            proof.finality.header = header.into();
            sign_again(proof, &pinned().network(), &[0, 1, 3]);
        }),
        spoilt("a path of 33 steps", "PROOF_LONG_PATH", false, |proof| {
            let step = proof.path[0].clone();
            proof.path.resize(33, step);
        }),
        of("more money", "PROOF_STATE_ROOT", account("", "mina", other, None)),
        of("an account said to be absent", "PROOF_STATE_ROOT", account("", "mina", hidden, None)),
        of("a neighbour from elsewhere", "PROOF_NEIGHBOUR", account("", "mina", elsewhere, None)),
        of("another account", "PROOF_OTHER_SUBJECT", account("", "jun", first.account("mina"), None)),
    ]
}

fn bad_records() -> Vec<Vector> {
    let of = |name: &str, code: &str, proof: RecordProof| Vector {
        code: Some(code.to_owned()),
        ..payment_of(name, proof, None)
    };
    let first = world(false);
    let whole = Payment { refunded: Amount::ZERO, ..payment(40, 2).1 };
    let whole = RecordProof { record: codec::encode(&whole).into(), ..first.payment(40, 2) };
    let mut state = State::default();
    state.put(&Key::Payment(&payment_id()), &[0x80]);
    let mut none = world(false).record(&Key::Payment(&payment_id()), vec![0x80]);
    (none.finality.header, none.finality.certificate) = signed(&set(&[1, 2, 3, 4]), 42, 1, EXECUTED, &state);
    none.siblings = Vec::new();
    let mut strangers = first.payment(40, 2);
    let header = strangers.finality.header.as_bytes();
    strangers.finality.certificate =
        certificate(&pinned().network(), &set(&[6, 7, 8, 9]), &[0, 1, 2, 3], header).into();
    vec![
        of("a refund left out", "PROOF_STATE_ROOT", whole),
        of("a deposit said to be a payment", "PROOF_STATE_ROOT", first.deposit()),
        of("another payment's record", "PROOF_STATE_ROOT", first.payment(40, 3)),
        of("no payment", "PROOF_LEAF", none),
        of("a payment that strangers signed", "PROOF_BAD_SIGNATURE", strangers),
    ]
}

fn fresh() -> File {
    let vectors = [good(), bad_finality(), bad_handovers(), bad_leaves(), bad_records()].concat();
    let about = "Proofs against one pinned genesis. Those with a code are refused with it.".to_owned();
    File { about, pinned: pinned(), vectors }
}

fn verdict(pinned: &Pinned, case: &Case) -> Result<(), ProofError> {
    match case {
        Case::Transaction { id, proof, receipt } => {
            let found = verify_transaction(pinned, id, proof)?;
            assert_eq!(Some(&found), receipt.as_ref());
        }
        Case::Account { bid, proof, balance } => {
            let found = verify_account(pinned, bid, proof)?;
            assert_eq!(found.height, EXECUTED);
            assert_eq!(found.holdings.map(|holdings| holdings.total().to_string()), *balance);
        }
        Case::Payment { id, proof, payment } => {
            let found = verify_payment(pinned, id, proof)?;
            assert_eq!((found.height, Some(&found.record)), (EXECUTED, payment.as_ref()));
        }
        Case::Deposit { reference, proof, deposit } => {
            let found = verify_deposit(pinned, reference, proof)?;
            assert_eq!((found.height, Some(&found.record)), (EXECUTED, deposit.as_ref()));
        }
    }
    Ok(())
}

#[test]
fn every_vector_is_judged_as_written() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/proofs.json");
    if std::env::var_os("DURE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&fresh()).unwrap() + "\n").unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let file: File = serde_json::from_str(&text).unwrap();
    assert_eq!(file, fresh());
    for vector in &file.vectors {
        let verdict = verdict(&file.pinned, &vector.case);
        let code = verdict.as_ref().err().map(ProofError::code);
        assert_eq!(code, vector.code.as_deref(), "{}: {verdict:?}", vector.name);
    }
}
