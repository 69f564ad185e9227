//! Every HTTP entry answers bad input with a 4xx problem document and stays as it was.

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

use crate::support::{Place, applied, charge, register, url};

struct Case {
    name: &'static str,
    method: Method,
    path: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

fn post(
    name: &'static str,
    path: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
) -> Case {
    Case { name, method: Method::POST, path, kind, body, status, code }
}

fn get(path: &'static str, status: u16, code: &'static str) -> Case {
    Case { name: path, method: Method::GET, path, kind: "", body: Vec::new(), status, code }
}

const CBOR: &str = "application/cbor";
const JSON: &str = "application/json";
const TX: &str = "/v1/transactions";
const DRY: &str = "/v1/dry-run";
const PEER: &str = "/v1/peer/transactions";

fn bodies() -> Vec<Case> {
    let wire = charge(7, 9, 1, "DEP-7").wire().to_vec();
    let truncated = wire[..wire.len() - 1].to_vec();
    let trailing = [wire.clone(), vec![0]].concat();
    let long = vec![0x5a; 17 * 1024];
    let endless = vec![b'a'; 64 * 1024];
    let malformed = "MALFORMED_TRANSACTION";
    let mut foreign = charge(7, 9, 1, "DEP-7").transaction().clone();
    foreign.chain = dure_score::ChainId::new("another-1").unwrap();
    let foreign = dure_score::codec::encode(&foreign);
    vec![
        post("empty", TX, CBOR, Vec::new(), 400, malformed),
        post("noise", TX, CBOR, vec![0xff; 40], 400, malformed),
        post("truncated", TX, CBOR, truncated.clone(), 400, malformed),
        post("trailing", TX, CBOR, trailing, 400, malformed),
        post("too long", TX, CBOR, long.clone(), 413, "TOO_LARGE"),
        post("far too long", TX, CBOR, endless.clone(), 413, "TOO_LARGE"),
        post("no content type", TX, "", wire.clone(), 415, "UNSUPPORTED_MEDIA_TYPE"),
        post("text", TX, "text/plain", wire.clone(), 415, "UNSUPPORTED_MEDIA_TYPE"),
        post("no JSON", TX, JSON, b"{".to_vec(), 400, "BAD_JSON"),
        post("other JSON", TX, JSON, b"{\"body\":\"\"}".to_vec(), 400, "BAD_JSON"),
        post("more JSON", TX, JSON, b"{\"wire\":\"\",\"x\":1}".to_vec(), 400, "BAD_JSON"),
        post("no base64", TX, JSON, b"{\"wire\":\"%\"}".to_vec(), 400, "BAD_BASE64"),
        post("base64 of nothing", TX, JSON, b"{\"wire\":\"\"}".to_vec(), 400, malformed),
        post("dry-run of wire", DRY, CBOR, wire.clone(), 400, malformed),
        post("dry-run for another channel", DRY, CBOR, foreign, 422, "WRONG_CHAIN"),
        post("dry-run truncated", DRY, CBOR, truncated, 400, malformed),
        post("dry-run too long", DRY, CBOR, long, 413, "TOO_LARGE"),
        post("dry-run text", DRY, "text/plain", Vec::new(), 415, "UNSUPPORTED_MEDIA_TYPE"),
        post("peer noise", PEER, CBOR, vec![0x9f], 400, "MALFORMED_BATCH"),
        post("peer JSON", PEER, JSON, b"[]".to_vec(), 400, "MALFORMED_BATCH"),
        post("peer too long", PEER, CBOR, vec![0; 2 * 1024 * 1024], 413, "TOO_LARGE"),
    ]
}

fn paths() -> Vec<Case> {
    let wrong = |method, path| Case {
        name: path,
        method,
        path,
        kind: "",
        body: Vec::new(),
        status: 405,
        code: "METHOD_NOT_ALLOWED",
    };
    vec![
        get("/v1/transactions/xyz", 400, "BAD_PATH"),
        get(
            "/v1/transactions/0000000000000000000000000000000000000000000000000000000000000000?wait=soon",
            400,
            "BAD_QUERY",
        ),
        get(
            "/v1/transactions/0000000000000000000000000000000000000000000000000000000000000000?x=1",
            400,
            "BAD_QUERY",
        ),
        get("/v1/blocks/-1", 400, "BAD_PATH"),
        get("/v1/blocks/99999999999999999999999", 400, "BAD_PATH"),
        get("/v1/blocks/18446744073709551615", 404, "NOT_FOUND"),
        get("/v1/blocks/0", 404, "NOT_FOUND"),
        get("/v1/blocks/by-hash/00", 400, "BAD_PATH"),
        get("/v1/blocks/1/transactions/x", 400, "BAD_PATH"),
        get("/v1/blocks/1/transactions/4000000", 404, "NOT_FOUND"),
        get("/v1/blocks", 400, "BAD_QUERY"),
        get("/v1/blocks?from=2&to=1", 400, "BAD_RANGE"),
        get("/v1/blocks?from=1&to=101", 400, "BAD_RANGE"),
        get("/v1/sync/blocks?from=0&to=9", 400, "BAD_RANGE"),
        get("/v1/sync/blocks?from=2&to=1", 400, "BAD_RANGE"),
        get("/v1/sync/blocks?from=1&to=257", 400, "BAD_RANGE"),
        get("/v1/sync/blocks?from=1&to=2&x=1", 400, "BAD_QUERY"),
        get("/v1/accounts/zz", 400, "BAD_PATH"),
        get("/v1/accounts/ffffffffffffffffffffffffffffffff", 404, "NOT_FOUND"),
        get("/v1/certificates/zz", 400, "BAD_PATH"),
        get("/v1/campaigns/zz", 400, "BAD_PATH"),
        get("/v1/orders/ffffffffffffffffffffffffffffffff/%20", 400, "BAD_PATH"),
        get("/v1/deposits/0123456789012345678901234567890123456789", 400, "BAD_PATH"),
        get("/v1/stream?from=x", 400, "BAD_QUERY"),
        get("/v1/nothing", 404, "NO_SUCH_PATH"),
        get("/", 404, "NO_SUCH_PATH"),
        get("/%ff", 404, "NO_SUCH_PATH"),
        wrong(Method::DELETE, TX),
        wrong(Method::GET, TX),
        wrong(Method::GET, DRY),
        wrong(Method::POST, "/v1/status"),
        wrong(Method::PUT, "/v1/blocks/latest"),
        wrong(Method::POST, "/metrics"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_is_a_problem_and_changes_nothing() {
    let place = Place::new();
    let (node, client) = place.start().await;
    applied(&client, &register(1, 9)).await;
    let before = (
        client.supply().await.unwrap(),
        client.account(&dure_score::Bid::new([9; 16])).await.unwrap().unwrap().balance,
    );
    let http = Client::new();
    for case in bodies().into_iter().chain(paths()) {
        let mut request = http.request(case.method, format!("{}{}", url(&node), case.path)).body(case.body);
        if !case.kind.is_empty() {
            request = request.header("content-type", case.kind);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), case.status, "{}", case.name);
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{}", case.name);
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], case.code, "{}", case.name);
        assert_eq!(problem["status"], case.status, "{}", case.name);
    }
    let status = client.status().await.unwrap();
    assert_eq!(status.mempool, 0);
    let after = (
        client.supply().await.unwrap(),
        client.account(&dure_score::Bid::new([9; 16])).await.unwrap().unwrap().balance,
    );
    assert_eq!(before, after);
    // The only leaves that may have come since are the empty blocks' own receipts roots.
    for height in 2..=status.height {
        assert!(client.block(height).await.unwrap().unwrap().transactions.len() <= 1);
    }
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_forms_of_a_transaction_are_taken_and_metrics_and_openapi_answer() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let place = Place::new();
    let (node, client) = place.start().await;
    let tx = register(1, 9);
    let http = Client::new();
    let body = serde_json::json!({ "wire": STANDARD.encode(tx.wire()) });
    let target = format!("{}{TX}", url(&node));
    let sent = http.post(target).header("content-type", JSON).body(body.to_string()).send().await.unwrap();
    assert!(matches!(sent.status(), StatusCode::ACCEPTED | StatusCode::OK));
    applied(&client, &tx).await;
    let text = |path: &'static str| {
        let request = http.get(format!("{}{path}", url(&node)));
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    assert!(text("/metrics").await.contains("dure_ledger_height"));
    let document: Value = serde_json::from_str(&text("/openapi.json").await).unwrap();
    assert!(document["paths"]["/v1/stream"]["get"].is_object());
    assert!(document["paths"].as_object().unwrap().len() >= 27);
    node.stop().await;
}
