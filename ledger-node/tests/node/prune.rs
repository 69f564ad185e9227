//! A node that keeps only the newest blocks, and one whose disk is nearly full.

use std::time::Duration;

use dure_ledger_client::{Admission, ClientError};
use dure_score::Bid;
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Place, applied, charge, register, url};

async fn problem(target: &str) -> (StatusCode, String) {
    let response = reqwest::get(target).await.unwrap();
    let status = response.status();
    let problem: Value = response.json().await.unwrap();
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_blocks_go_what_they_did_stays() {
    let mut place = Place::new();
    place.config.heartbeat_ms = 20;
    place.config.keep_blocks = 16;
    let (node, client) = place.start().await;
    let old = register(1, 9);
    let receipt = applied(&client, &old).await;
    let pruned = async || {
        // Some 50 blocks of 20 ms; a busy machine may need much longer.
        for _ in 0..600 {
            if node.ledger().pruned().unwrap() >= receipt.height {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    };
    assert!(pruned().await, "not pruned in half a minute");
    let base = url(&node);
    let gone = (StatusCode::GONE, "PRUNED".to_owned());
    let height = receipt.height;
    for path in [
        format!("/v1/transactions/{}", old.id()),
        format!("/v1/transactions/{}?wait=final", old.id()),
        format!("/v1/blocks/{height}"),
        format!("/v1/blocks?from={height}&to={height}"),
        format!("/v1/blocks/{height}/transactions/0"),
        "/v1/stream?from=1".to_owned(),
        "/v1/sync/blocks?from=1&to=9".to_owned(),
    ] {
        assert_eq!(problem(&format!("{base}{path}")).await, gone, "{path}");
    }
    // Handing the old transaction in again must not be answered with *expired* or *replayed*: it was applied.
    let again = client.submit(&old).await;
    assert!(
        matches!(&again, Err(ClientError::Http { status: 410, code, .. }) if code == "PRUNED"),
        "{again:?}"
    );
    // The state, the headers and the present are whole.
    assert!(client.account(&Bid::new([9; 16])).await.unwrap().is_some());
    assert!(node.ledger().record(height).unwrap().unwrap().certificate().is_some());
    let fresh = charge(1, 9, 5, "D1");
    let receipt = applied(&client, &fresh).await;
    assert_eq!(client.submit(&fresh).await.unwrap(), Admission::Final(Box::new(receipt)));
    node.stop().await;
    let (node, client) = place.start().await;
    applied(&client, &charge(2, 9, 5, "D2")).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_too_little_space_nothing_is_admitted_and_the_node_says_so() {
    let mut place = Place::new();
    let (node, client) = place.start().await;
    let before = applied(&client, &register(1, 9)).await;
    node.stop().await;

    place.config.min_free_bytes = u64::MAX;
    let (node, client) = place.start().await;
    // Known ones are still answered.
    assert_eq!(client.receipt(&before.tx).await.unwrap(), Some(before));
    let target = format!("{}/v1/transactions", url(&node));
    let body = charge(1, 9, 5, "D1").wire().to_vec();
    let request = reqwest::Client::new().post(target).header("content-type", "application/cbor").body(body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "DISK_FULL");
    let status: Value =
        reqwest::get(format!("{}/v1/status", url(&node))).await.unwrap().json().await.unwrap();
    assert_eq!((&status["disk"]["full"], &status["mempool"]), (&Value::Bool(true), &Value::from(0)));
    let height = node.ledger().head().height;
    let mut head = node.ledger().watch();
    let later = head.wait_for(|head| head.height > height + 1);
    tokio::time::timeout(Duration::from_secs(20), later).await.expect("empty blocks go on").unwrap();
    node.stop().await;
}
