//! Requests about registrars, the counter, phones that wait there, and what a person arranges for a device.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::requests::{JSON, get, post};
use crate::score::{bid, cert, key};

const KEY: &str = "idempotency-key: 0c6a8e2f4b1d3579";

/// Requests of people and phones, and of an officer whom nobody has let in.
pub fn requests() -> Vec<Vec<u8>> {
    let send = |path: &str, head: &str, body: Value| post(path, JSON, head, body.to_string().as_bytes());
    let signed = format!("session: 1\n{KEY}");
    let student = json!({ "registrar": "campus", "email": "mina@univ.example", "number": "2026-10001" });
    let phone = json!({
        "public_key": key("mina-2").public_key(), "device_name": "phone",
        "device_tag": STANDARD.encode([1; 32]), "pin_proof": STANDARD.encode([2; 32]),
    });
    let enter = json!({
        "certificate": cert("mina-2"), "challenge": "00".repeat(32), "signature": key("mina").sign(b"x"),
    });
    let posts = vec![
        send("/v1/enrolment/start", KEY, student.clone()),
        send("/v1/registrations/start", &signed, student),
        send("/v1/registrations/confirm", &signed, json!({ "enrolment": "00".repeat(16), "code": "123456" })),
        send(
            "/v1/codes",
            &signed,
            json!({ "code": "hQVDUFYwMQ==", "expires_at": 9_007_199_254_740_991_i64 }),
        ),
        send("/v1/lost/start", KEY, json!({ "email": "mina@sebyeol.example", "birth": "1994-03-12" })),
        send("/v1/devices/choices", &signed, json!({ "free_amount": "10000", "lock_after_ms": 60_000 })),
        send("/v1/pin/again", &signed, json!({ "device_tag": STANDARD.encode([1; 32]) })),
        send("/v1/session/challenge", "", json!({})),
        send("/v1/session/open", "", enter.clone()),
        send("/v1/new-phone/start", "", phone),
        send("/v1/new-phone/state", "", json!({ "token": "00".repeat(32) })),
        send(
            "/v1/new-phone/sign",
            "",
            json!({ "token": "00".repeat(32), "possession": key("mina").sign(b"x") }),
        ),
        send("/v1/counter/challenge", "", json!({})),
        send("/v1/counter/enter", "", enter),
        send("/v1/counter/people", "", json!({ "q": "01055500001", "reason": "identity card" })),
        send("/v1/counter/phones/12345678", "", json!({ "bid": bid("mina") })),
        send("/v1/counter/decisions", "", json!({ "body": "", "key": "", "signature": "", "reason": "" })),
        send("/v1/counter/leave", "", json!({})),
    ];
    let reads = [
        "/v1/registrars",
        "/v1/me/look-ups",
        "/v1/devices/choices",
        "/v1/counter/cases",
        "/move",
        "/counter",
    ];
    [get(&reads, "session: 1"), posts].concat()
}
