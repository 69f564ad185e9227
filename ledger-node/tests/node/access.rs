//! Members sign their requests, and see what their tier may see.

use std::{sync::Arc, time::Duration};

use dure_ledger_client::{ClientError, LedgerClient, Signer};
use dure_proof::request::{
    KEY_HEADER, NONCE_HEADER, Request, SIGNATURE_HEADER, TIME_HEADER, request_message,
};
use dure_score::{
    Amount, Bid, Call, SignedTx, TxId,
    call::{CertificateIssue, TokenTransfer},
    record::Role,
    signature::SigningKey,
    tx::possession_message,
};
use ledger_node::config::{AccessMode, MemberKey, MemberTier};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::{Place, applied, bank, chain, charge, now_ms, register, registrar, transaction, url};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

/// A client in the name of the key with that seed.
fn as_key(client: &LedgerClient, seed: u8) -> LedgerClient {
    client.with_identity(chain(), Arc::new(key(seed)))
}

fn certify(nonce: u64, person: u8, seed: u8) -> SignedTx {
    let (owner, public_key) = (Bid::new([person; 16]), key(seed).public_key());
    let possession =
        Signer::sign(&key(seed), &possession_message(&chain(), &owner, Role::Holder, &public_key));
    let call = CertificateIssue { owner, public_key, role: Role::Holder, possession };
    transaction(&registrar(), nonce, Call::CertificateIssue(call)).sign(&registrar())
}

/// A ledger with two citizens who have a device each: 9 with key 50, 10 with key 51.
async fn city() -> (Place, ledger_node::Node, LedgerClient, TxId) {
    let mut place = Place::new();
    place.config.access = AccessMode::Members;
    place.config.members = vec![MemberKey { public_key: key(60).public_key(), tier: MemberTier::Observer }];
    let (node, client) = place.start().await;
    let officer = as_key(&client, 2);
    for tx in [register(1, 9), register(2, 10), certify(3, 9, 50), certify(4, 10, 51)] {
        applied(&officer, &tx).await;
    }
    let charged = applied(&as_key(&client, 3), &charge(1, 9, 10_000, "D1")).await.tx;
    (place, node, client, charged)
}

fn code<T: std::fmt::Debug>(result: Result<T, ClientError>) -> (u16, String) {
    match result {
        Err(ClientError::Http { status, code, .. }) => (status, code),
        other => panic!("{other:?}"),
    }
}

fn denied() -> (u16, String) {
    (403, "TIER".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_tier_sees_its_own() {
    let (_place, node, client, charged) = city().await;
    let (mine, theirs) = (Bid::new([9; 16]), Bid::new([10; 16]));
    // Nobody, a stranger, and what the machine itself may ask.
    assert_eq!(code(client.account(&mine).await), (401, "UNSIGNED".to_owned()));
    assert_eq!(code(as_key(&client, 99).account(&mine).await), (403, "NOT_A_MEMBER".to_owned()));
    assert!(client.status().await.is_ok());
    // The validator itself, an observer, and the bank's officer see everything.
    for seed in [1, 60, 3] {
        let member = as_key(&client, seed);
        assert!(member.account(&mine).await.unwrap().is_some(), "key {seed}");
        assert!(member.latest_block().await.is_ok() && member.supply().await.is_ok());
    }
    // A citizen: its own account and transactions.
    let reader = as_key(&client, 50);
    assert_eq!(reader.account(&mine).await.unwrap().unwrap().balance, Amount::new(10_000));
    assert_eq!(code(reader.account(&theirs).await), denied());
    assert_eq!(code(reader.supply().await), denied());
    assert_eq!(code(reader.latest_block().await), denied());
    assert_eq!(code(reader.campaigns().await), denied());
    let own = key(50).public_key().certificate_id(&chain());
    let other = key(51).public_key().certificate_id(&chain());
    assert!(reader.certificate(&own).await.unwrap().is_some());
    assert_eq!(code(reader.certificate(&other).await), denied());
    // What it signs, it may try out and see; the receiver sees it as well; the bank's business is not its own.
    let gift = TokenTransfer { to: theirs, amount: Amount::new(500), memo: Default::default() };
    let unsigned = transaction(&key(50), 1, Call::TokenTransfer(gift));
    assert!(reader.dry_run(&unsigned).await.unwrap().is_applied());
    assert_eq!(code(as_key(&client, 51).dry_run(&unsigned).await), denied());
    let receipt = applied(&reader, &unsigned.sign(&key(50))).await;
    assert_eq!(as_key(&client, 51).receipt(&receipt.tx).await.unwrap().unwrap(), receipt);
    let block = as_key(&client, 3).block(receipt.height).await.unwrap().unwrap();
    assert_eq!(block.receipts, [receipt]);
    assert!(reader.receipt(&charged).await.unwrap().is_some());
    assert_eq!(code(as_key(&client, 51).receipt(&charged).await), denied());
    // A proof holds the receipt, so the same rule is for it.
    let own_proof = async || loop {
        match reader.transaction_proof(&charged).await {
            Err(ClientError::Http { status: 503, .. }) => tokio::time::sleep(Duration::from_millis(50)).await,
            proof => break proof,
        }
    };
    let own_proof = tokio::time::timeout(Duration::from_secs(20), own_proof()).await.unwrap();
    assert!(own_proof.unwrap().is_some());
    assert_eq!(code(as_key(&client, 51).transaction_proof(&charged).await), denied());
    node.stop().await;
}

struct Raw {
    method: Method,
    target: &'static str,
    body: Vec<u8>,
    signed_target: &'static str,
    signed_body: Vec<u8>,
    time_ms: u64,
    nonce: [u8; 16],
    seed: u8,
    chain: dure_score::ChainId,
}

impl Raw {
    fn new(nonce: u8) -> Self {
        Self {
            method: Method::GET,
            target: "/v1/supply",
            body: Vec::new(),
            signed_target: "/v1/supply",
            signed_body: Vec::new(),
            time_ms: now_ms(),
            nonce: [nonce; 16],
            seed: 3,
            chain: chain(),
        }
    }

    async fn send(self, base: &str) -> (StatusCode, String) {
        let key = key(self.seed);
        let message = request_message(&Request {
            chain: &self.chain,
            method: self.method.as_str(),
            target: self.signed_target,
            body: &self.signed_body,
            time_ms: self.time_ms,
            nonce: self.nonce,
        });
        let nonce: String = self.nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        let request = reqwest::Client::new()
            .request(self.method, format!("{base}{}", self.target))
            .header(KEY_HEADER, key.public_key().to_string())
            .header(TIME_HEADER, self.time_ms.to_string())
            .header(NONCE_HEADER, nonce)
            .header(SIGNATURE_HEADER, format!("{:?}", key.sign(&message)))
            .header("content-type", "application/cbor")
            .body(self.body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let problem: Value = response.json().await.unwrap();
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_was_changed_replayed_or_late_is_refused() {
    let (_place, node, _, _) = city().await;
    let base = url(&node);
    let refused = |status, code: &str| (status, code.to_owned());
    let late = refused(StatusCode::UNAUTHORIZED, "CLOCK_SKEW");
    let forged = refused(StatusCode::UNAUTHORIZED, "BAD_REQUEST_SIGNATURE");
    assert_eq!(Raw::new(1).send(&base).await.0, StatusCode::OK);
    let again = refused(StatusCode::UNAUTHORIZED, "REPLAYED_REQUEST");
    assert_eq!(Raw::new(1).send(&base).await, again);
    assert_eq!(Raw { time_ms: now_ms() - 61_000, ..Raw::new(2) }.send(&base).await, late);
    assert_eq!(Raw { time_ms: now_ms() + 62_000, ..Raw::new(3) }.send(&base).await, late);
    assert_eq!(Raw { target: "/v1/campaigns", ..Raw::new(4) }.send(&base).await, forged);
    assert_eq!(Raw { target: "/v1/supply?x=1", ..Raw::new(5) }.send(&base).await, forged);
    let other = dure_score::ChainId::new("other-1").unwrap();
    assert_eq!(Raw { chain: other, ..Raw::new(6) }.send(&base).await, forged);
    let swapped = Raw {
        method: Method::POST,
        target: "/v1/transactions",
        signed_target: "/v1/transactions",
        signed_body: b"one".to_vec(),
        body: b"two".to_vec(),
        ..Raw::new(7)
    };
    assert_eq!(swapped.send(&base).await, forged);
    // A forged request does not use its nonce up.
    assert_eq!(Raw::new(5).send(&base).await.0, StatusCode::OK);
    // A body beyond the bounds is not read to its end, whoever signs it.
    let post = |nonce: u8, seed: u8, body: Vec<u8>| Raw {
        method: Method::POST,
        target: "/v1/transactions",
        signed_target: "/v1/transactions",
        signed_body: body.clone(),
        body,
        seed,
        ..Raw::new(nonce)
    };
    let long = refused(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE");
    assert_eq!(post(8, 3, vec![0; 64 * 1024]).send(&base).await, long);
    // Only nodes bring many at once.
    let batch = Raw {
        method: Method::POST,
        target: "/v1/peer/transactions",
        signed_target: "/v1/peer/transactions",
        signed_body: vec![0x80],
        body: vec![0x80],
        ..Raw::new(9)
    };
    assert_eq!(batch.send(&base).await, refused(StatusCode::FORBIDDEN, "TIER"));
    // A node brings no more than anybody else to other paths; who asks brings nothing.
    assert_eq!(post(11, 60, vec![0; 64 * 1024]).send(&base).await, long);
    let asking = Raw { signed_body: vec![0], body: vec![0], ..Raw::new(12) };
    assert_eq!(asking.send(&base).await, long);
    // The router decodes escapes and the rules do not: the auditor does not get at the nodes' path by them.
    let escaped = Raw {
        method: Method::POST,
        target: "/v1/p%65er/transactions",
        signed_target: "/v1/p%65er/transactions",
        signed_body: vec![0x80],
        body: vec![0x80],
        ..Raw::new(13)
    };
    assert_eq!(escaped.send(&base).await, refused(StatusCode::BAD_REQUEST, "BAD_PATH"));
    let deposit = Raw { target: "/v1/deposits/D%2F1", signed_target: "/v1/deposits/D%2F1", ..Raw::new(14) };
    assert_eq!(deposit.send(&base).await, refused(StatusCode::NOT_FOUND, "NOT_FOUND"));
    let unknown = Raw { seed: 98, ..Raw::new(10) }.send(&base).await;
    assert_eq!(unknown, refused(StatusCode::FORBIDDEN, "NOT_A_MEMBER"));
    assert_eq!(bank().public_key(), key(3).public_key());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_whose_body_comes_too_late_is_refused() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (_place, node, _, _) = city().await;
    let base = url(&node);
    // In time at the gate, by four seconds; too late when its last byte is there.
    let (time_ms, nonce, body) = (now_ms() - 56_000, [1; 16], b"body");
    let request =
        Request { chain: &chain(), method: "POST", target: "/v1/transactions", body, time_ms, nonce };
    let signature = key(3).sign(&request_message(&request));
    let head = format!(
        "POST /v1/transactions HTTP/1.1\r\nhost: node\r\nconnection: close\r\ncontent-length: 4\r\n\
         {KEY_HEADER}: {}\r\n{TIME_HEADER}: {time_ms}\r\n{NONCE_HEADER}: {}\r\n{SIGNATURE_HEADER}: {signature:?}\r\n\r\n",
        key(3).public_key(),
        "01".repeat(16),
    );
    let mut stream = tokio::net::TcpStream::connect(base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(format!("{head}bod").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    stream.write_all(b"y").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("CLOCK_SKEW"), "{answer}");
    node.stop().await;
}
