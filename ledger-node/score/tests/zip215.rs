//! The signature rule, pinned by vectors: ZIP-215, the same alone and in every batch.
//!
//! Ed25519 implementations disagree on points of small order, on points that are written in another way than the
//! shortest, and on whether the equation is multiplied by the cofactor. A ledger must not: two nodes of one build
//! could differ between a single check at the door and a batch check of a block. ZIP-215 decides all of it: any
//! encoding of a point is taken, S must be below the group's order, the equation is cofactored, and the bytes that are
//! hashed are those that came.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

#[path = "signatures/mod.rs"]
mod signatures;
mod support;

use dure_score::{
    Call, PublicKey, Signature,
    call::CertificateIssue,
    record::Role,
    signature::{Item, verify_batch},
};
use signatures::{Dice, agree, bytes, good};
use support::{bid, key, town};

/// The y of the points of order 8.
const EIGHTH: [&str; 2] = [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
];

/// A y-coordinate of `low`, or of `low` below the field's 2^255, with a sign.
fn encoding(low: u8, below: bool, sign: bool) -> [u8; 32] {
    let mut out = [if below { 0xff } else { 0 }; 32];
    out[0] = low;
    out[31] = if below { 0x7f } else { 0 } | if sign { 0x80 } else { 0 };
    out
}

/// All fourteen ways to write a point of small order: eight points, six of them in a second way as well.
fn small_order() -> Vec<[u8; 32]> {
    let mut all = Vec::new();
    for sign in [false, true] {
        // y = 1, y = -1, y = 0, and again y = 0 as p and y = 1 as p + 1.
        let ones = [(1, false), (0xec, true), (0, false), (0xed, true), (0xee, true)];
        all.extend(ones.map(|(low, below)| encoding(low, below, sign)));
        all.extend(EIGHTH.map(|y| {
            let mut point: [u8; 32] = bytes(y).try_into().unwrap();
            point[31] |= if sign { 0x80 } else { 0 };
            point
        }));
    }
    all
}

#[test]
fn every_pair_of_small_points_signs_with_s_zero() {
    let points = small_order();
    assert_eq!(points.len(), 14);
    let (message, mut items) = (b"anything at all", Vec::new());
    for key in &points {
        for r in &points {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(r);
            let (key, signature) = (PublicKey::new(*key), Signature::new(signature));
            assert!(key.verify(message, &signature), "A {key}, R and S {signature:?}");
            agree(&key, message, &signature);
            items.push(Item { key, message, signature });
        }
    }
    assert_eq!(items.len(), 196);
    assert!(verify_batch(&items, Dice(1)), "all of them in one batch");
}

/// The cases of Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (SSR 2020, table 6): message, key, signature,
/// and what ZIP-215 says.
#[rustfmt::skip]
const CASES: [(&str, &str, &str, bool); 12] = [
    // S = 0, both points small.
    ("8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000", true),
    // A small, R mixed.
    ("9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04", true),
    // A mixed, R small.
    ("aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e", true),
    // Both mixed, with and without the cofactor.
    ("9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009", true),
    // Both mixed, with the cofactor only.
    ("e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09", true),
    // The same, where 8 times the hash is not reduced before it meets A.
    ("e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405", true),
    // S above the group's order, and far above.
    ("85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514", false),
    ("85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22", false),
    // R in a second way, hashed in the first; then hashed as it came.
    ("9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f", false),
    ("9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908", true),
    // A in a second way, hashed in the first; then hashed as it came.
    ("e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04", true),
    ("39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04", true),
];

#[test]
fn the_cases_on_which_implementations_differ() {
    for (number, (message, key, signature, expected)) in CASES.into_iter().enumerate() {
        let key = PublicKey::new(bytes(key).try_into().unwrap());
        let (message, signature) = (bytes(message), Signature::new(bytes(signature).try_into().unwrap()));
        assert_eq!(key.verify(&message, &signature), expected, "case {number}");
        agree(&key, &message, &signature);
    }
}

/// Two bad signatures whose faults add up to nothing: only random weights tell a batch.
#[test]
fn faults_that_cancel_out_are_seen() {
    let (key, signer) = (good().public_key(), good());
    let changed = |message: &[u8], up: bool| {
        let mut signature = *signer.sign(message).as_bytes();
        // S one higher or lower; the carry goes as far as it must.
        for byte in &mut signature[32..] {
            let (next, carry) = if up { byte.overflowing_add(1) } else { byte.overflowing_sub(1) };
            *byte = next;
            if !carry {
                break;
            }
        }
        Signature::new(signature)
    };
    let items = [(b"one", true), (b"two", false)].map(|(message, up)| Item {
        key,
        message,
        signature: changed(message, up),
    });
    for seed in 0..32 {
        assert!(!verify_batch(&items, Dice(seed)));
    }
    assert!(items.iter().all(|item| !item.key.verify(item.message, &item.signature)));
}

/// What signs for everything must never be certified; nor may a key that can be written in two ways.
#[test]
fn weak_and_ambiguous_keys_are_not_certified() {
    let ambiguous = (0xed..=0xff).flat_map(|low| [false, true].map(|sign| encoding(low, true, sign)));
    let mut town = town();
    for bytes in small_order().into_iter().chain(ambiguous) {
        let weak = PublicKey::new(bytes);
        assert!(!weak.is_acceptable(), "{weak}");
        let possession = Signature::new([0; 64]);
        let call = CertificateIssue { owner: bid("mina"), public_key: weak, role: Role::Holder, possession };
        town.refused("registrar", Call::CertificateIssue(call), "WEAK_KEY");
    }
    assert!(key("mina").public_key().is_acceptable());
}
