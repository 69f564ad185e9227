//! The published Ed25519 vectors of Wycheproof, alone and in batches.
//!
//! Wycheproof demands what RFC 8032 says of encodings, ZIP-215 takes every encoding of a point: that is the only
//! difference, and [`DIFFER`] names all of it. It lets nobody sign for another: whoever can write R in two ways holds
//! the key, and a transaction's id does not cover the signature. Keys that could be written in two ways are not
//! certified (`zip215.rs`). Signatures shorter or longer than 64 bytes do not get as far as a [`Signature`].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

#[path = "signatures/mod.rs"]
mod signatures;

use dure_score::{PublicKey, Signature};
use signatures::agree;
use wycheproof::{
    TestResult,
    eddsa::{TestName, TestSet},
};

/// Vectors that ZIP-215 takes and RFC 8032 does not. 151: R is the neutral point with its sign bit set.
const DIFFER: [usize; 1] = [151];

#[test]
fn every_vector_of_wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let (mut valid, mut invalid, mut differ) = (0, 0, Vec::new());
    for group in &set.test_groups {
        let key = PublicKey::new(group.key.pk.as_ref().try_into().unwrap());
        for test in &group.tests {
            let signature: Option<[u8; 64]> = test.sig.as_ref().try_into().ok();
            let verified = signature.is_some_and(|bytes| {
                let signature = Signature::new(bytes);
                agree(&key, &test.msg, &signature);
                key.verify(&test.msg, &signature)
            });
            if verified != (test.result == TestResult::Valid) {
                assert!(verified, "{} is refused: {}", test.tc_id, test.comment);
                differ.push(test.tc_id);
            }
            if verified { valid += 1 } else { invalid += 1 }
        }
    }
    assert_eq!(differ, DIFFER);
    assert_eq!(set.number_of_tests, valid + invalid);
    assert!(valid > 60 && invalid > 60, "{valid} valid, {invalid} invalid");
}
