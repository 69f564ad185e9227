//! Golden vectors: the exact bytes of every call, read by these tests and by the browser's.
//!
//! A change of bytes is a change of the wire format. To write the file anew on purpose:
//! `DURE_WRITE_VECTORS=1 cargo test -p dure-score --test vectors`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use std::path::PathBuf;

use dure_score::{
    Call, CampaignId, PublicKey, SignedTx, Transaction,
    call::*,
    codec,
    ids::{Address, Hash32, OrderId, TxId, sha256},
    mandate::Mandate,
    record::{MemberClass, Role, ValidatorSeat},
    tx::possession_message,
};
use serde_json::{Value, json};
use support::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn calls() -> Vec<Call> {
    let merchant = MemberClass::Merchant(dure_score::record::MerchantTerms {
        category: code("5814"),
        region: code("SB01"),
        large: false,
    });
    let proposed = ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(10_000_000) });
    let open = CampaignOpen { campaign: CampaignId(1), terms: voucher_terms() };
    vec![
        Call::MemberRegister(MemberRegister { bid: bid("mina"), class: MemberClass::Citizen }),
        Call::MemberRegister(MemberRegister { bid: bid("cafe"), class: merchant }),
        issue_certificate("mina", "mina", Role::Holder),
        revoke("mina"),
        Call::CampaignOpen(open.clone()),
        Call::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(500) }),
        charge("mina", 50_000, "KB20260101-0001", 1),
        grant(1, 9, &[("mina", 5_000), ("jun", 30_000)]),
        transfer("jun", 10_000),
        Call::TokenTransfer(TokenTransfer {
            to: bid("jun"),
            amount: won(u64::from(u32::MAX) + 1),
            memo: Hash32::new(sha256(&["생일 축하해".as_bytes()])),
        }),
        pay("cafe", "260101-7F3K9Q2M", 4_500),
        refund(TxId::new([7; 32]), 1_500),
        expire(&["mina", "jun"]),
        open_batch("DURE-20260101", 1, 4_321),
        redeem("DURE-20260101", "DURE-20260101-0001", "cafe", 3_000),
        confirm("DURE-20260101-0001"),
        reject("DURE-20260101-0002"),
        close_batch("DURE-20260101", 3_000),
        Call::GovernancePropose(GovernancePropose { proposed }),
        Call::GovernancePropose(GovernancePropose { proposed: ProposedCall::CampaignOpen(open) }),
        Call::GovernanceApprove(GovernanceApprove { proposal: TxId::new([8; 32]) }),
        Call::CertificateRenew(CertificateRenew {}),
        freeze("mina"),
        unfreeze("mina"),
        Call::AccountRebind(rebind("mina", "mina")),
        direct(amend(1, points_terms())),
        direct(close_campaign(1)),
        pay_with_cashback("cafe", "260101-7F3K9Q2N", 4_500, 2),
        cash_out("KB20260101-0001", "W-20260101-0001"),
        Call::ScoreRegister(register_version(2, Hash32::new([9; 32]))),
        Call::ScoreActivate(activate_version(2, 5_000)),
        Call::ValidatorsUpdate(ValidatorsUpdate { validators: validators() }),
    ]
    .into_iter()
    .chain(mandates().into_iter().map(|mandate| present(&mandate)))
    .chain(proposals())
    .collect()
}

fn direct(proposed: ProposedCall) -> Call {
    match proposed {
        ProposedCall::CampaignAmend(call) => Call::CampaignAmend(call),
        ProposedCall::CampaignClose(call) => Call::CampaignClose(call),
        _ => unreachable!("another act"),
    }
}

fn validators() -> Vec<ValidatorSeat> {
    let seat = |(at, name): (usize, &str)| ValidatorSeat {
        public_key: key(name).public_key(),
        address: (at % 2 == 0).then(|| Address::new("node-1.example:7000").unwrap()),
    };
    ["one", "two", "three", "four"].into_iter().enumerate().map(seat).collect()
}

/// One of each call that a quorum decides, where the calls above do not show its bytes yet.
fn proposals() -> Vec<Call> {
    use ProposedCall as P;
    let Call::CertificateIssue(officer) = issue_certificate("city", "mina", Role::Officer) else {
        unreachable!()
    };
    let all = [
        amend(0, coin_terms()),
        close_campaign(1),
        P::AccountUnfreeze(AccountUnfreeze { member: bid("mina") }),
        P::AccountRebind(rebind("mina", "mina")),
        P::CertificateIssue(officer),
        P::CertificateRevoke(CertificateRevoke { certificate: cert("mayor") }),
        P::ScoreRegister(register_version(2, Hash32::new([9; 32]))),
        P::ScoreActivate(activate_version(2, 5_000)),
        P::ValidatorsUpdate(ValidatorsUpdate { validators: validators() }),
    ];
    all.map(propose).to_vec()
}

/// With and without each of the two things that a payer may leave open.
fn mandates() -> Vec<Mandate> {
    let open = Mandate {
        chain: chain(),
        certificate: cert("mina"),
        number: 0x1234_5678_9abc, // JSON readers have 53 bits
        cap: won(30_000),
        expires_at: START + 180_000,
        merchant: None,
        cashback: None,
    };
    let (shop, series) = (Some(bid("cafe")), Some(CampaignId(2)));
    vec![
        Mandate { merchant: shop, cashback: series, ..open.clone() },
        Mandate { merchant: shop, number: 0, ..open.clone() },
        Mandate { cashback: series, number: 24, ..open.clone() },
        open,
    ]
}

fn present(mandate: &Mandate) -> Call {
    let signature = key("mina").sign(&mandate.message());
    let order = OrderId::new("260101-7F3K9Q2P").unwrap();
    Call::TokenPayMandate(TokenPayMandate { mandate: mandate.clone(), signature, order, amount: won(4_500) })
}

fn vector(at: usize, call: Call) -> Value {
    let seed = sha256(&[b"key", b"mina"]);
    let nonces = [1, 23, 24, 255, 256, 65_535, 65_536, 1 << 32];
    let transaction = Transaction {
        chain: chain(),
        signer: cert("mina"),
        nonce: nonces[at % nonces.len()],
        valid_until: START + 60_000,
        call,
    };
    let signed = transaction.clone().sign(&key("mina"));
    json!({
        "name": transaction.call.name(),
        "transaction": transaction,
        "body": hex(&codec::encode(&transaction)),
        "message": hex(signed.message()),
        "id": signed.id(),
        "seed": hex(&seed),
        "public_key": key("mina").public_key(),
        "certificate": cert("mina"),
        "signature": signed.signature(),
        "wire": hex(signed.wire()),
    })
}

fn document() -> Value {
    let possession = |role: Role, name: &str| {
        let public = key("mina").public_key();
        let message = possession_message(&chain(), &bid("mina"), role, &public);
        json!({ "role": name, "chain": chain(), "owner": bid("mina"), "public_key": public, "message": hex(&message) })
    };
    let mandate = |mandate: Mandate| {
        let (message, seed) = (mandate.message(), sha256(&[b"key", b"mina"]));
        let signature = key("mina").sign(&message);
        let id = mandate.id();
        json!({ "mandate": mandate, "message": hex(&message), "id": id, "seed": hex(&seed), "signature": signature })
    };
    json!({
        "about": "Canonical bytes of every call; amounts are decimal strings, ids lowercase hex.",
        "transactions": calls().into_iter().enumerate().map(|(at, call)| vector(at, call)).collect::<Vec<_>>(),
        "mandates": mandates().into_iter().map(mandate).collect::<Vec<_>>(),
        "possession": [
            possession(Role::Holder, "holder"),
            possession(Role::Staff, "staff"),
            possession(Role::Officer, "officer"),
            possession(Role::Terminal, "terminal"),
        ],
    })
}

fn stored() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/transactions.json");
    if std::env::var_os("DURE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&document()).unwrap() + "\n").unwrap();
    }
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_call_has_its_golden_bytes() {
    let (stored, fresh) = (stored(), document());
    let names = |document: &Value| -> std::collections::BTreeSet<String> {
        document["transactions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&stored).len(),
        dure_score::reference::calls().len(),
        "one vector for every call at least"
    );
    assert_eq!(stored, fresh);
}

#[test]
fn stored_bytes_decode_to_the_stored_transaction_and_verify() {
    for vector in stored()["transactions"].as_array().unwrap() {
        let signed = SignedTx::from_wire(&unhex(vector["wire"].as_str().unwrap())).unwrap();
        let transaction: Transaction = serde_json::from_value(vector["transaction"].clone()).unwrap();
        assert_eq!(*signed.transaction(), transaction);
        assert_eq!(signed.id().to_string(), vector["id"]);
        signed.verify(&chain()).unwrap();
    }
}

#[test]
fn any_flipped_bit_cut_or_addition_is_refused() {
    for call in calls() {
        let wire = town().transaction("mina", call).sign(&key("mina")).wire().to_vec();
        for at in 0..wire.len() {
            let mut bad = wire.clone();
            bad[at] ^= 1 << (at % 8);
            let accepted = SignedTx::from_wire(&bad).is_ok_and(|tx| tx.verify(&chain()).is_ok());
            assert!(!accepted, "flipped byte {at}");
            assert!(SignedTx::from_wire(&wire[..at]).is_err(), "cut at {at}");
        }
        let longer = [wire.as_slice(), &[0]].concat();
        assert!(SignedTx::from_wire(&longer).is_err());
    }
}

#[test]
fn longer_forms_of_the_same_value_are_refused() {
    let tx = town().transaction("mina", transfer("jun", 5)).sign(&key("mina"));
    let body = codec::encode(tx.transaction());
    // The nonce 1 (one byte) written as a two-byte integer is the same value in another form.
    let at = body.iter().position(|byte| *byte == 0x50).unwrap() + 17;
    assert_eq!(body[at], 1);
    let long = [&body[..at], &[0x18, 1], &body[at + 1..]].concat();
    let public = key("mina").public_key();
    assert_eq!(
        SignedTx::from_parts(&long, public, tx.signature()).unwrap_err(),
        codec::CodecError::NotCanonical
    );
}

#[test]
fn keys_of_small_order_are_weak_and_ordinary_keys_are_not() {
    // The encodings of y = 0, 1, -1 and the two of order 8, each with both sign bits; and non-canonical y.
    let order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    let order_8_b = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let minus_one = format!("ec{}7f", "ff".repeat(30));
    let above_p = format!("ee{}7f", "ff".repeat(30));
    let (zero, one) = ("00".repeat(32), format!("01{}", "00".repeat(31)));
    for text in [order_8, order_8_b, &minus_one, &above_p, &zero, &one] {
        let mut bytes: [u8; 32] = unhex(text).try_into().unwrap();
        assert!(!PublicKey::new(bytes).is_acceptable(), "{text}");
        bytes[31] |= 0x80;
        assert!(!PublicKey::new(bytes).is_acceptable(), "{text} with the sign bit");
    }
    assert!(key("mina").public_key().is_acceptable());
}

#[test]
fn batch_and_single_verification_agree() {
    use dure_score::signature::{Item, verify_batch};
    struct Counter(u64);
    impl rand_core::TryRng for Counter {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(self.try_next_u64()? as u32)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Ok(self.0)
        }
        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
            for chunk in out.chunks_mut(8) {
                chunk.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..chunk.len()]);
            }
            Ok(())
        }
    }
    impl rand_core::TryCryptoRng for Counter {}
    let messages: Vec<Vec<u8>> = (0u8..64).map(|n| vec![n; 40]).collect();
    let items = |broken: Option<usize>| -> Vec<Item<'_>> {
        let sign = |(n, message): (usize, &Vec<u8>)| {
            let signer = key(&format!("k{n}"));
            let mut signature = *signer.sign(message).as_bytes();
            if broken == Some(n) {
                signature[3] ^= 1;
            }
            (signer.public_key(), dure_score::Signature::new(signature))
        };
        let signed: Vec<_> = messages.iter().enumerate().map(sign).collect();
        messages
            .iter()
            .zip(signed)
            .map(|(message, (key, signature))| Item { key, message, signature })
            .collect()
    };
    assert!(verify_batch(&items(None), Counter(1)));
    for broken in [0, 31, 63] {
        let items = items(Some(broken));
        assert!(!verify_batch(&items, Counter(2)));
        assert!(!items[broken].key.verify(items[broken].message, &items[broken].signature));
    }
}

/// The schema beside the code names every call, effect and refusal by its number.
#[test]
fn the_schema_lists_every_call_effect_and_refusal() {
    use dure_score::{Refusal, reference};
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("score.cddl");
    let schema = std::fs::read_to_string(path).unwrap();
    let (before, after) = schema.split_once("effect  = ").unwrap();
    let (effects, refusals) = after.split_once("refusal = ").unwrap();
    let listed = |part: &str, number: u32, name: &str| {
        let start = format!("[{number}, [");
        assert!(
            part.lines().any(|line| line.contains(&start) && line.ends_with(&format!("; {name}"))),
            "{name}"
        );
    };
    reference::calls().iter().for_each(|call| listed(before, call.number, call.name));
    reference::EFFECTS.iter().for_each(|effect| listed(effects, effect.number, effect.name));
    for refusal in Refusal::all() {
        let bytes = codec::encode(&refusal);
        let mut bytes = minicbor::Decoder::new(&bytes);
        bytes.array().unwrap();
        listed(refusals, bytes.u32().unwrap(), refusal.code());
    }
}
