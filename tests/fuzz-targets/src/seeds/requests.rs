//! Seeds of the HTTP surfaces: one request for each route, good where that needs no luck, and what is often got wrong.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{codec, ids::TxId, record::Role};
use minicbor::bytes::ByteVec;
use serde_json::json;

use crate::{http, score::*};

pub(super) fn get(paths: &[&str], headers: &str) -> Vec<Vec<u8>> {
    paths.iter().map(|path| format!("GET {path}\n{headers}").into_bytes()).collect()
}

pub(super) fn post(path: &str, kind: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("POST {path}\ncontent-type: {kind}\n{headers}\n\n").as_bytes(), body].concat()
}

pub(super) const JSON: &str = "application/json";
const CBOR: &str = "application/cbor";

/// Every path of a node that is read.
fn paths() -> Vec<String> {
    let (mina, id) = (bid("mina"), TxId::new([7; 32]));
    let of_bid = ["/v1/accounts/", "/v1/proofs/account/"].map(|path| format!("{path}{mina}"));
    let of_id = [
        "/v1/transactions/",
        "/v1/payments/",
        "/v1/proofs/transaction/",
        "/v1/proofs/payment/",
        "/v1/blocks/by-hash/",
    ]
    .map(|path| format!("{path}{id}"));
    let plain = [
        "/v1/blocks?from=1&to=3",
        "/v1/blocks/latest",
        "/v1/blocks/1",
        "/v1/blocks/0",
        "/v1/blocks/1/transactions/0",
        "/v1/sync/blocks?from=1&to=2&wait_ms=0",
        "/v1/campaigns",
        "/v1/campaigns/0",
        "/v1/deposits/d-1",
        "/v1/proofs/deposit/d-1",
        "/v1/batches/b-1",
        "/v1/payouts/p-1",
        "/v1/supply",
        "/v1/snapshots",
        "/v1/snapshots/1/manifest",
        "/v1/snapshots/1/chunks/0",
        "/v1/genesis",
        "/v1/status",
        "/v1/stream?from=1",
        "/health",
        "/metrics",
        "/openapi.json",
        "/v1/nothing",
    ];
    let mut all: Vec<String> = plain.iter().map(ToString::to_string).chain(of_bid).chain(of_id).collect();
    all.push(format!("/v1/certificates/{}", cert("mina")));
    all.push(format!("/v1/orders/{mina}/o-1"));
    all.push(format!("/v1/transactions/{id}?wait=final&timeout_ms=1"));
    all
}

/// Bodies of a node's own routes.
fn handed_in(headers: &str) -> Vec<Vec<u8>> {
    let transaction = town().transaction("mina", pay("cafe", "o-1", 10));
    let signed = transaction.clone().sign(&key("mina"));
    let (wire, body) = (signed.wire(), codec::encode(&transaction));
    let batch: Vec<ByteVec> = vec![wire.to_vec().into(), vec![1, 2].into()];
    vec![
        post("/v1/transactions", CBOR, headers, wire),
        post(
            "/v1/transactions",
            JSON,
            headers,
            json!({ "wire": STANDARD.encode(wire) }).to_string().as_bytes(),
        ),
        post("/v1/dry-run", CBOR, headers, &body),
        post("/v1/dry-run", JSON, headers, json!({ "body": STANDARD.encode(&body) }).to_string().as_bytes()),
        post("/v1/peer/transactions", CBOR, headers, &codec::encode(&batch)),
        post("/v1/peer/transactions", JSON, headers, b"[]"),
        post("/v1/transactions", "text/plain", headers, b"x"),
        post("/v1/status", JSON, headers, b"{}"),
    ]
}

pub fn node() -> Vec<Vec<u8>> {
    let paths = paths();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    [get(&paths, ""), handed_in("")].concat()
}

pub fn members() -> Vec<Vec<u8>> {
    let paths = paths();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut seeds = get(&paths, "as: auditor");
    seeds.extend(get(&["/v1/status", "/v1/supply", "/v1/accounts/x"], "as: mina"));
    seeds.extend(get(&["/v1/sync/blocks?from=1&to=2&wait_ms=0"], "as: validator"));
    seeds.extend(get(&["/v1/supply"], "as: nobody"));
    seeds.extend(get(&["/v1/supply"], ""));
    let odd = format!("as: auditor\ndure-time: 1\ndure-key: {}\ndure-nonce: 00", "ab".repeat(32));
    seeds.extend(get(&["/v1/supply"], &odd));
    seeds.extend(handed_in("as: validator"));
    seeds.extend(handed_in("as: mina"));
    seeds
}

fn enrolment(fields: serde_json::Value) -> Vec<Vec<u8>> {
    let text = |value: serde_json::Value| value.to_string().into_bytes();
    let certify = json!({
        "ticket": "00".repeat(32), "public_key": key("mina-2").public_key(), "possession": key("mina").sign(b"x"),
        "device_name": "phone", "device_tag": STANDARD.encode([1; 32]), "pin_proof": STANDARD.encode([2; 32]),
    });
    let unlock = json!({
        "certificate": cert("mina-2"), "proof": STANDARD.encode([2; 32]), "device_tag": STANDARD.encode([1; 32]),
    });
    vec![
        post("/v1/enrolment/start", JSON, "", &text(fields)),
        post(
            "/v1/enrolment/confirm",
            JSON,
            "",
            &text(json!({ "enrolment": "00".repeat(32), "code": "123456" })),
        ),
        post("/v1/enrolment/certify", JSON, "", &text(certify)),
        post("/v1/pin/unlock", JSON, "", &text(unlock)),
        post("/v1/session/resume", JSON, "", &text(json!({}))),
        post("/v1/session/end", JSON, "session: 1", &text(json!({}))),
    ]
}

/// Bodies that both services pass on to the ledger.
fn passed_on() -> Vec<Vec<u8>> {
    let call = issue_certificate("mina", "mina-2", Role::Holder);
    let calls = [
        ("mina", pay("cafe", "o-1", 10)),
        ("mina", transfer("jun", 5)),
        ("cafe", refund(TxId::default(), 1)),
        ("mina", call),
    ];
    let mut seeds = Vec::new();
    for (signer, call) in calls {
        let transaction = town().transaction(signer, call);
        let body = STANDARD.encode(codec::encode(&transaction));
        let signed = transaction.sign(&key(signer));
        seeds.push(post("/v1/preview", JSON, "session: 1", json!({ "body": body }).to_string().as_bytes()));
        let whole = json!({ "body": body, "key": signed.key(), "signature": signed.signature() });
        seeds.push(post("/v1/transactions", JSON, "session: 1", whole.to_string().as_bytes()));
    }
    seeds
}

pub fn wallet() -> Vec<Vec<u8>> {
    let id = format!("/v1/transactions/{}", TxId::new([7; 32]));
    let shop = format!("/v1/merchants/{}", bid("cafe"));
    let signed = [
        "/v1/me",
        "/v1/account",
        "/v1/history?limit=20",
        "/v1/history?before=1-0-0&limit=1",
        "/v1/nonce",
        "/v1/charge",
        "/v1/people/lookup?q=01055500001",
        "/v1/people/lookup?q=mina@sebyeol.example",
        "/v1/merchants/by-code/M000101",
        "/v1/events",
        &id,
        &shop,
    ];
    let open =
        ["/", "/?lang=en", "/static/x.js", "/openapi.json", "/health", "/metrics", "/v1/me", "/v1/nothing"];
    let start =
        json!({ "email": "mina@sebyeol.example", "name": "김미나", "birth": "1994-03-12", "lang": "ko" });
    let headers = "accept-language: en\ncookie: dure_lang=ko; dure_large=1\nsec-fetch-site: cross-site";
    let proof = format!("{id}/proof");
    let text =
        |path: &str, head: &str, body: serde_json::Value| post(path, JSON, head, body.to_string().as_bytes());
    let more = vec![
        text(
            "/v1/codes",
            "session: 1",
            json!({ "code": "hQVDUFYwMQ==", "expires_at": 9_007_199_254_740_991_i64 }),
        ),
        text("/v1/codes/end", "session: 1", json!({})),
        text(
            "/v1/lost/start",
            "",
            json!({ "email": "mina@sebyeol.example", "birth": "1994-03-12", "lang": "ko" }),
        ),
        text("/v1/lost/freeze", "", json!({ "lost": "00".repeat(16), "code": "123456" })),
        text("/v1/enrolment/devices", "", json!({ "ticket": "00".repeat(32) })),
    ];
    let known =
        [get(&signed, "session: 1"), get(&[&proof, "/v1/genesis"], "session: 1"), get(&open, "")].concat();
    [known, get(&["/"], headers), enrolment(start), passed_on(), more].concat()
}

pub fn till() -> Vec<Vec<u8>> {
    let id = format!("/v1/transactions/{}", TxId::new([7; 32]));
    let signed = [
        "/v1/me",
        "/v1/nonce",
        "/v1/orders/260101-7F3K9Q2M",
        "/v1/sales/today",
        "/v1/static-qr",
        "/v1/events",
        &id,
    ];
    let open =
        ["/", "/?lang=en", "/static/x.js", "/openapi.json", "/health", "/metrics", "/v1/me", "/v1/nothing"];
    let start = json!({ "email": "shop0@sebyeol.example", "lang": "en" });
    let orders = vec![
        post("/v1/orders", JSON, "session: 1", br#"{"amount":"4500","note":"two coffees"}"#),
        post("/v1/orders", JSON, "session: 1", br#"{"amount":"0"}"#),
        post("/v1/orders/260101-7F3K9Q2M/cancel", JSON, "session: 1", b"{}"),
        post("/v1/payer-codes/take", JSON, "session: 1", br#"{"number":"12345678"}"#),
    ];
    [get(&signed, "session: 1"), get(&open, ""), enrolment(start), passed_on(), orders].concat()
}

pub fn bank() -> Vec<Vec<u8>> {
    let form = "application/x-www-form-urlencoded";
    let deposit = json!({ "payer": "김미나", "amount": 5_000, "reference": "MINA 7" }).to_string();
    let rejection = json!({ "account": "1-2-3", "reason": "AC04", "enabled": true }).to_string();
    let posts = vec![
        post("/api/deposits", JSON, "", deposit.as_bytes()),
        post("/api/rejections", JSON, "", rejection.as_bytes()),
        post("/deposits", form, "", b"lang=ko&payer=Mina&amount=5000&reference=MINA+7"),
        post("/rejections", form, "accept-language: en", b"lang=en&account=1-2-3&reason=AC04&switch=on"),
    ];
    [get(&["/", "/?lang=en", "/style.css", "/favicon.svg", "/api/state", "/health", "/nothing"], ""), posts]
        .concat()
}

/// Answers as a node gives them, by the question that a client asks.
pub fn answers() -> Vec<Vec<u8>> {
    let id = TxId::new([7; 32]);
    let questions = [
        (0, "/v1/status".to_owned()),
        (1, "/v1/genesis".to_owned()),
        (2, format!("/v1/transactions/{id}")),
        (3, format!("/v1/transactions/{id}")),
        (6, "/v1/blocks/1".to_owned()),
        (8, "/v1/blocks/latest".to_owned()),
        (9, "/v1/blocks?from=1&to=2".to_owned()),
        (10, format!("/v1/accounts/{}", bid("mina"))),
        (11, format!("/v1/certificates/{}", cert("mina"))),
        (12, "/v1/campaigns".to_owned()),
        (13, "/v1/campaigns/0".to_owned()),
        (14, format!("/v1/payments/{id}")),
        (19, format!("/v1/proofs/account/{}", bid("mina"))),
        (20, "/v1/supply".to_owned()),
    ];
    let mut seeds = Vec::new();
    for (question, path) in questions {
        let body = http::body_of(&path);
        seeds.push([&[question, 0], body.as_bytes()].concat());
        if question == 6 {
            let text = format!(": hello\n\nid: 1\ndata: {body}\n\ndata: {{}}\r\ndata: x\r\n\r\n");
            seeds.push([&[21, 0], text.as_bytes()].concat());
        }
        if question == 14 {
            seeds.push([&[question, 2], body.as_bytes()].concat());
        }
    }
    let dry = br#"{"tx":"00","signer":"00","height":1,"index":0,"time_ms":1,"outcome":{"outcome":"applied"},"effects":[]}"#;
    seeds.push([&[5, 0], dry.as_slice()].concat());
    for (question, body) in crate::seeds::contract::served_records() {
        seeds.push([&[question, 0], body.as_slice()].concat());
    }
    seeds
}
