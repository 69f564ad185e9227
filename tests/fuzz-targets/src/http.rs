//! Every HTTP surface, as processes serve it: real servers on the loopback, real databases in memory, real requests.
//!
//! An input is a request in a form that people can read: `METHOD target`, headers, an empty line, the body. Lengths and
//! hosts are put right, so that what is tried is the product and not its HTTP library. Two headers are for the harness:
//! `session: 1` sends a session's cookie, `as: NAME` signs as a member. What no request may get: 500, a closed
//! connection, an error that is no problem document; what no input may do: make anything panic.

mod message;
mod street;
mod wire;

use std::net::SocketAddr;

use dure_proof::request::{
    KEY_HEADER, NONCE_HEADER, Request as Signed, SIGNATURE_HEADER, TIME_HEADER, request_message,
};
use dure_score::signature::SigningKey;

use crate::score::{chain, key};
use message::Message;
use street::{STREET, now_ms};

/// A node that answers everybody.
pub fn node(data: &[u8]) {
    status("http_node", data);
}

/// A node that answers members.
pub fn members(data: &[u8]) {
    status("http_members", data);
}

/// The citizens' service.
pub fn wallet(data: &[u8]) {
    status("http_wallet", data);
}

/// The till.
pub fn till(data: &[u8]) {
    status("http_till", data);
}

/// The practice bank.
pub fn bank(data: &[u8]) {
    status("http_bank", data);
}

/// Sends a request to the surface of a target: what it is answered, `None` if it is no request or the answer takes long.
pub fn status(target: &str, data: &[u8]) -> Option<u16> {
    let street = &*STREET;
    match target {
        "http_members" => ask(street.members, data, sign),
        "http_wallet" => ask(street.wallet, data, |it| cookie(it, "dure_wallet", &street.wallet_sessions)),
        "http_till" => ask(street.till, data, |it| cookie(it, "dure_till", &street.till_sessions)),
        "http_bank" => ask(street.bank, data, |_| {}),
        _ => ask(street.node, data, |_| {}),
    }
}

fn ask(server: SocketAddr, data: &[u8], complete: impl Fn(&mut Message)) -> Option<u16> {
    let mut message = Message::parse(data)?;
    complete(&mut message);
    let answer = wire::exchange(server, &message.method, &message.bytes(server))?;
    let line = format!("{} {}", message.method, message.target);
    assert!(answer.status != 500, "500 to {line}: {}", answer.body);
    // Whoever asks for a page gets one, also when there is none.
    let form = answer.kind.starts_with("application/problem+json") || answer.kind.starts_with("text/html");
    assert!(answer.status < 400 || form, "{} without a reason to {line}: {:?}", answer.status, answer.kind);
    Some(answer.status)
}

/// Sends a session's cookie where the input asks for one; another each time, because a shop may ask only so often. Who asks
/// for the session's end sends one that is over: the others are needed by the inputs that follow.
fn cookie(message: &mut Message, name: &str, sessions: &[String]) {
    if message.take("session").is_some() {
        let over = "0".repeat(64);
        let ends = message.target.starts_with("/v1/session/");
        let token = if ends { &over } else { &sessions[message.body.len() % sessions.len()] };
        message.headers.push(("cookie".into(), format!("{name}={token}")));
    }
}

/// Signs in somebody's name; headers of the input stay in place of those of the signature.
fn sign(message: &mut Message) {
    let Some(name) = message.take("as") else { return };
    let key = match name.as_str() {
        "validator" => SigningKey::from_seed(street::VALIDATOR),
        name => key(name),
    };
    let (time_ms, nonce) = (now_ms(), street::nonce());
    let body = message.body.clone();
    let signed = request_message(&Signed {
        chain: &chain(),
        method: &message.method,
        target: &message.target,
        body: &body,
        time_ms,
        nonce,
    });
    for (name, value) in [
        (KEY_HEADER, key.public_key().to_string()),
        (TIME_HEADER, time_ms.to_string()),
        (NONCE_HEADER, hex::encode(nonce)),
        (SIGNATURE_HEADER, hex::encode(key.sign(&signed).as_bytes())),
    ] {
        if !message.headers.iter().any(|(taken, _)| taken == name) {
            message.headers.push((name.into(), value));
        }
    }
}

/// The body that a node answers to `path`, for seeds.
pub fn body_of(path: &str) -> String {
    let message = Message::parse(format!("GET {path}").as_bytes()).expect("a request");
    let answer = wire::exchange(STREET.node, "GET", &message.bytes(STREET.node));
    answer.map_or_else(String::new, |answer| answer.body)
}
