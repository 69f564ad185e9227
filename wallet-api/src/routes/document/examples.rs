//! An example of every body that is sent or answered, by the name of its schema.

use serde_json::{Map, Value, json};

const BID: &str = "5d0e8c3b9a7f4e61b2c4d8f0a1b3c5d7";
const CERTIFICATE: &str = "8f2b61d09c7e4a35b6d1f0e2c3a49587";
const TX: &str = "3b7d1c0f9e8a5b4c2d6f7081a9b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5";
const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SIGNATURE: &str = concat!(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
);
const TAG: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// Puts each example into its schema.
pub fn put(mut document: Value) -> Value {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    if let Some(schemas) = schemas {
        for (name, example) in all() {
            if let Some(schema) = schemas.get_mut(&name).and_then(Value::as_object_mut) {
                schema.insert("examples".to_owned(), json!([example]));
                schema.remove("example");
            }
        }
    }
    document
}

/// Bodies of the document that have no example.
#[cfg(test)]
pub fn without() -> Vec<String> {
    let known = all();
    let text = super::DOCUMENT.get("paths").map(Value::to_string).unwrap_or_default();
    let names = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut missing: Vec<String> =
        names.filter(|name| !known.contains_key(*name)).map(str::to_owned).collect();
    missing.sort();
    missing.dedup();
    missing
}

fn all() -> Map<String, Value> {
    [enrolment(), devices(), account(), transactions(), counter()].into_iter().flatten().collect()
}

fn map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

fn enrolment() -> Map<String, Value> {
    map(json!({
        "Registrar": { "id": "campus", "asks": "students", "name_ko": "새별대학교", "name_en": "Sebyeol University" },
        "Start": { "registrar": "registry", "email": "mina@sebyeol.example", "name": "김미나", "birth": "1994-03-12", "lang": "ko" },
        "Started": { "enrolment": "0c6a8e2f4b1d3579" },
        "Confirm": { "enrolment": "0c6a8e2f4b1d3579", "code": "123456" },
        "Confirmed": { "ticket": TX, "bid": BID, "name": "김미나", "chain": "sebyeol-1", "role": "holder" },
        "Certify": { "ticket": TX, "public_key": KEY, "possession": SIGNATURE, "device_name": "내 전화",
            "device_tag": TAG, "pin_proof": TAG },
        "Certified": { "bid": BID, "certificate": CERTIFICATE, "share": KEY },
        "Ticket": { "ticket": TX },
        "OwnDevice": { "certificate": CERTIFICATE, "name": "내 전화", "last_used_at": 1_790_000_000_000u64 },
        "Registration": { "registrar": "campus", "name_ko": "새별대학교", "name_en": "Sebyeol University",
            "email": "mina@univ.example", "created_at": 1_790_000_000_000u64 },
        "Lost": { "email": "mina@sebyeol.example", "birth": "1994-03-12", "lang": "ko" },
        "LostStarted": { "lost": "0c6a8e2f4b1d3579" },
        "Freeze": { "lost": "0c6a8e2f4b1d3579", "code": "123456" },
        "Problem": { "type": "about:blank", "title": "Unauthorized", "status": 401,
            "detail": "the PIN is wrong; 3 tries are left", "code": "PIN_WRONG", "tries_left": 3 },
    }))
}

fn devices() -> Map<String, Value> {
    map(json!({
        "Unlock": { "certificate": CERTIFICATE, "device_tag": TAG, "proof": TAG },
        "Share": { "share": KEY },
        "Open": { "certificate": CERTIFICATE, "challenge": TX, "signature": SIGNATURE },
        "Again": { "device_tag": TAG },
        "Rename": { "device_name": "새 전화" },
        "Choose": { "free_amount": "10000", "lock_after_ms": 300_000, "device_tag": TAG, "proof": TAG },
        "Choices": { "free_amount": "10000", "lock_after_ms": 300_000 },
        "Me": { "bid": BID, "name": "김미나", "email": "mina@sebyeol.example", "certificate": CERTIFICATE,
            "chain": "sebyeol-1", "lang": "ko", "status": "active", "devices": [], "registrations": [],
            "certificate_ends_at": 1_884_000_000_000u64, "renewable_from": 1_876_000_000_000u64 },
        "LookUp": { "kind": "officer", "by_name": "새별시청 Sebyeol City Hall", "reason": "신분증 확인",
            "at": 1_790_000_000_000u64 },
        "NewPhone": { "public_key": KEY, "device_name": "새 전화", "device_tag": TAG, "pin_proof": TAG },
        "Waiting": { "token": TX, "number": "40718263", "share": KEY },
        "Token": { "token": TX },
        "PhoneState": { "state": "named", "chain": "sebyeol-1", "bid": BID, "masked_name": "김*나" },
        "Possession": { "token": TX, "possession": SIGNATURE },
    }))
}

fn account() -> Map<String, Value> {
    let entry = json!({ "id": format!("{TX}-0"), "tx": TX, "kind": "pay", "amount": "-4500", "balance_after": "50500",
        "counterparty_name": "두레빵집", "reference": "T-261123-0001", "at": 1_790_000_000_000u64 });
    map(json!({
        "Entry": entry,
        "Account": { "balance": "55000", "height": 1204, "lots": [{ "id": 3, "campaign": 1, "name": "새별 충전 보너스 Charge bonus",
            "amount": "5000", "face": "5000", "price_paid": "0", "acquired_at": 1_790_000_000_000u64,
            "expires_at": 1_947_680_000_000u64, "restricted": true, "transferable": true, "large_merchants": false,
            "categories": [], "regions": [] }] },
        "History": { "entries": [entry], "next": "1204.0" },
        "AccountNews": { "height": 1204, "balance": "55000" },
        "Charge": { "bank": "두레은행 Dure Bank", "account": "100-000-000001", "holder": "Dure collection account",
            "code": "DR7K2MQ4", "campaigns": [{ "id": 1, "name": "새별 충전 보너스 Charge bonus", "bonus_bps": 1000,
            "monthly_cap": "500000", "ends_at": 1_821_000_000_000u64, "code": "DR7K2MQ4" }] },
        "Person": { "bid": BID, "masked_name": "이*" },
        "Merchant": { "bid": BID, "code": "M000101", "name_ko": "두레빵집", "name_en": "Dure Bakery", "category": "5462",
            "region": "SB01" },
        "Offer": { "code": "hQVDUFYwMQ==", "expires_at": 1_790_000_180_000u64 },
        "Number": { "number": "40718263", "expires_at": 1_790_000_180_000u64 },
        "Health": { "status": "ok", "chain": "sebyeol-1", "height": 1204, "database": true },
    }))
}

fn transactions() -> Map<String, Value> {
    let receipt = json!({ "tx": TX, "signer": CERTIFICATE, "height": 1204, "index": 0, "time_ms": 1_790_000_000_000u64,
        "outcome": { "outcome": "applied" },
        "effects": [{ "effect": "balance", "owner": BID, "total": "50500" }] });
    map(json!({
        "Nonce": { "next": 7 },
        "Preview": { "body": "hGlzZWJ5ZW9sLTE=" },
        "Submit": { "body": "hGlzZWJ5ZW9sLTE=", "key": KEY, "signature": SIGNATURE },
        "Standing": { "id": TX, "status": "final", "receipt": receipt },
        "Receipt": receipt,
        "Proof": { "kind": "account", "bid": BID, "proof": {} },
        "Genesis": { "chain": "sebyeol-1", "genesis_hash": TX, "validators": [KEY] },
    }))
}

fn counter() -> Map<String, Value> {
    map(json!({
        "Challenge": { "challenge": TX, "chain": "sebyeol-1" },
        "Enter": { "certificate": CERTIFICATE, "challenge": TX, "signature": SIGNATURE },
        "CounterMe": { "institution": "새별시청 Sebyeol City Hall", "quorum": 2, "certificate": CERTIFICATE,
            "chain": "sebyeol-1" },
        "Search": { "q": "mina@sebyeol.example", "reason": "신분증 확인: 전화 분실" },
        "CounterPerson": { "bid": BID, "name": "김미나", "birth": "1994-03-12", "email": "mina@sebyeol.example",
            "phone": "01055500001", "status": "frozen", "devices": [{ "name": "내 전화", "last_used_at": 1_790_000_000_000u64 }] },
        "CounterPhone": { "number": "40718263", "device_name": "새 전화", "public_key": KEY, "bid": BID, "possession": null },
        "Assign": { "bid": BID },
        "Case": { "proposal": TX, "kind": "rebind", "bid": BID, "name": "김미나", "reason": "신분증 확인: 전화 분실",
            "created_at": 1_790_000_000_000u64, "mine": false },
        "Decision": { "body": "hGlzZWJ5ZW9sLTE=", "key": KEY, "signature": SIGNATURE, "reason": "신분증 확인" },
        "Decided": { "status": "applied", "executed": true },
    }))
}
