//! What a refusal is worth once another node may have taken the transaction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::time::Duration;

use dure_ledger_client::{ClientError, LedgerClient};
use dure_score::{
    Amount, Call, CertId, ChainId, SignedTx, Transaction, TxId, call::TokenRefund, signature::SigningKey,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const REFUSED: &str = r#"{"code":"REPLAY","detail":"twice","refusal":{"refusal":"replay"}}"#;

fn transaction() -> SignedTx {
    let call = Call::TokenRefund(TokenRefund { payment: TxId::new([2; 32]), amount: Amount::new(5) });
    let chain = ChainId::new("test-1").unwrap();
    let transaction = Transaction { chain, signer: CertId::new([1; 16]), nonce: 1, valid_until: 1_000, call };
    transaction.sign(&SigningKey::from_seed([7; 32]))
}

/// A node that gives one answer to every POST and one to every GET; `None` closes the connection without any.
async fn node(post: Option<(u16, String)>, get: Option<(u16, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 65_536];
            let Ok(read) = stream.read(&mut request).await else { continue };
            let answer = if request[..read].starts_with(b"POST") { &post } else { &get };
            if let Some((status, body)) = answer {
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
        }
    });
    url
}

fn state(tx: &SignedTx, status: &str) -> String {
    format!(r#"{{"id":"{}","status":"{status}","head_time_ms":10}}"#, tx.id())
}

#[tokio::test]
async fn a_first_refusal_is_certain() {
    let tx = transaction();
    let url = node(Some((422, REFUSED.into())), Some((200, state(&tx, "unknown")))).await;
    let client = LedgerClient::new(vec![url]);
    assert!(matches!(client.submit(&tx).await, Err(ClientError::Refused(_))));
    assert!(matches!(
        client.submit_and_wait(&tx, Duration::from_secs(5)).await,
        Err(ClientError::Refused(_))
    ));
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_is_open() {
    let tx = transaction();
    let lost = node(None, None).await;
    let refuses = node(Some((422, REFUSED.into())), Some((200, state(&tx, "unknown")))).await;
    let client = LedgerClient::new(vec![lost, refuses]);
    assert!(matches!(client.submit(&tx).await, Err(ClientError::Timeout)));
}

#[tokio::test]
async fn a_refusal_after_an_admission_is_open() {
    let tx = transaction();
    let pending = state(&tx, "pending");
    let admits = node(Some((202, pending.clone())), Some((200, pending))).await;
    let refuses = node(Some((422, REFUSED.into())), Some((200, state(&tx, "unknown")))).await;
    let client = LedgerClient::new(vec![admits, refuses]);
    let outcome = client.submit_and_wait(&tx, Duration::from_secs(1)).await;
    assert!(matches!(outcome, Err(ClientError::Timeout)));
}

#[tokio::test]
async fn a_refusal_by_the_only_node_that_can_be_reached_is_certain() {
    let tx = transaction();
    let refuses = node(Some((422, REFUSED.into())), Some((200, state(&tx, "unknown")))).await;
    // Nobody listens on port 1: nothing was handed to that one.
    let client = LedgerClient::new(vec!["http://127.0.0.1:1".into(), refuses]);
    assert!(matches!(client.submit(&tx).await, Err(ClientError::Refused(_))));
}
