//! A proof is its every bit.

use dure_proof::{
    AccountProof, FinalityProof, RecordProof, TransactionProof, verify_account, verify_deposit,
    verify_payment, verify_transaction,
};
use dure_score::codec;

use crate::prover::{bid, deposit, payment, pinned, receipt, world};

/// Every prefix, and every bit flipped, of `bytes` must be refused by `holds`.
fn every_change_is_refused(bytes: &[u8], holds: impl Fn(&[u8]) -> bool) {
    assert!(holds(bytes));
    for at in 0..bytes.len() {
        assert!(!holds(&bytes[..at]), "cut to {at} bytes");
        for bit in 0..8 {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1 << bit;
            assert!(!holds(&changed), "byte {at}, bit {bit}");
        }
    }
    assert!(!holds(&[bytes, &[0]].concat()), "a byte more");
}

#[test]
fn bytes_that_are_no_proof() {
    let error = TransactionProof::decode(b"\x84").unwrap_err();
    assert_eq!(
        (error.code(), AccountProof::decode(b"").unwrap_err().code()),
        ("PROOF_MALFORMED", "PROOF_MALFORMED")
    );
    assert_eq!(FinalityProof::decode(b"\x80"), Err(error));
}

#[test]
fn any_bit_of_a_transaction_proof() {
    let (pinned, id) = (pinned(), receipt(40, 2).tx);
    every_change_is_refused(&codec::encode(&world(true).transaction(40, 2)), |bytes| {
        TransactionProof::decode(bytes).and_then(|proof| verify_transaction(&pinned, &id, &proof)).is_ok()
    });
}

#[test]
fn any_bit_of_an_account_proof_present_or_not() {
    let (pinned, world) = (pinned(), world(false));
    for name in ["mina".to_owned(), world.absent(true), world.absent(false)] {
        let bid = bid(&name);
        every_change_is_refused(&codec::encode(&world.account(&name)), |bytes| {
            AccountProof::decode(bytes).and_then(|proof| verify_account(&pinned, &bid, &proof)).is_ok()
        });
    }
}

#[test]
fn any_bit_of_a_payment_and_of_a_deposit() {
    let (pinned, world) = (pinned(), world(false));
    every_change_is_refused(&codec::encode(&world.payment(40, 2)), |bytes| {
        RecordProof::decode(bytes)
            .and_then(|proof| verify_payment(&pinned, &payment(40, 2).0, &proof))
            .is_ok()
    });
    every_change_is_refused(&codec::encode(&world.deposit()), |bytes| {
        RecordProof::decode(bytes).and_then(|proof| verify_deposit(&pinned, &deposit().0, &proof)).is_ok()
    });
}
