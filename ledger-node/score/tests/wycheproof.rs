//! The published Ed25519 vectors of Wycheproof, alone and in batches.
//!
//! Wycheproof demands what RFC 8032 does and leaves open what ZIP-215 decides (small and mixed orders, second encodings):
//! its vectors hold none of those, so the two agree on every one, and the test says so. Where they would differ,
//! `zip215.rs` holds. Signatures that are shorter or longer than 64 bytes do not get as far as a [`Signature`].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

#[path = "signatures/mod.rs"]
mod signatures;

use dure_score::{PublicKey, Signature};
use signatures::agree;
use wycheproof::{
    TestResult,
    eddsa::{TestName, TestSet},
};

#[test]
fn every_vector_of_wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let key = PublicKey::new(group.key.pk.as_ref().try_into().unwrap());
        for test in &group.tests {
            let signature: Option<[u8; 64]> = test.sig.as_ref().try_into().ok();
            let verified = signature.is_some_and(|bytes| {
                let signature = Signature::new(bytes);
                agree(&key, &test.msg, &signature);
                key.verify(&test.msg, &signature)
            });
            assert_eq!(verified, test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
            if verified { valid += 1 } else { invalid += 1 }
        }
    }
    assert_eq!(set.number_of_tests, valid + invalid);
    assert!(valid > 60 && invalid > 60, "{valid} valid, {invalid} invalid");
}
