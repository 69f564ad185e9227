//! What a member signs with each request to a node: so that the node knows who asks, that nobody changed the
//! request on its way, and that nobody sends it a second time.
//!
//! The four values travel as headers, all in lowercase hex but the time, which is decimal:
//!
//! | header | value |
//! |---|---|
//! | `Dure-Key` | Ed25519 public key, 32 bytes |
//! | `Dure-Time` | sender's clock, milliseconds since 1970 UTC |
//! | `Dure-Nonce` | 16 random bytes, new for each request |
//! | `Dure-Signature` | over [`request_message`], 64 bytes |

use dure_score::{ChainId, PublicKey, Signature, ids::sha256};

/// Header with the public key.
pub const KEY_HEADER: &str = "dure-key";
/// Header with the time.
pub const TIME_HEADER: &str = "dure-time";
/// Header with the nonce.
pub const NONCE_HEADER: &str = "dure-nonce";
/// Header with the signature.
pub const SIGNATURE_HEADER: &str = "dure-signature";

/// How far the sender's clock may be from the node's, ms: clocks drift and requests travel, but the node has to
/// remember every nonce for twice as long.
pub const MAX_SKEW_MS: u64 = 60_000;

/// Names one request of one sender.
pub type Nonce = [u8; 16];

/// A request as it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The channel.
    pub chain: &'a ChainId,
    /// HTTP method in capitals.
    pub method: &'a str,
    /// Path and query exactly as they stand in the request line.
    pub target: &'a str,
    /// The body; empty if there is none.
    pub body: &'a [u8],
    /// Sender's clock, ms since 1970 UTC.
    pub time_ms: u64,
    /// New for each request.
    pub nonce: Nonce,
}

/// The bytes under a request's signature: `"dure:request:v1" 0 chain 0 method 0 target 0`, SHA-256 of the body, time (u64,
/// big-endian), nonce. Neither chain, method nor target can hold a zero byte, so no two requests collide.
pub fn request_message(request: &Request<'_>) -> Vec<u8> {
    let mut out = b"dure:request:v1\0".to_vec();
    for text in [request.chain.as_str(), request.method, request.target] {
        out.extend_from_slice(text.as_bytes());
        out.push(0);
    }
    out.extend_from_slice(&sha256(&[request.body]));
    out.extend_from_slice(&request.time_ms.to_be_bytes());
    out.extend_from_slice(&request.nonce);
    out
}

/// The headers that prove who asks: names and values. `sign` signs with the secret of `key`. Every try is signed anew, because a nonce
/// is good once.
pub fn signed_headers(
    request: &Request<'_>,
    key: &PublicKey,
    sign: impl Fn(&[u8]) -> Signature,
) -> [(&'static str, String); 4] {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let signature = sign(&request_message(request));
    [
        (KEY_HEADER, key.to_string()),
        (TIME_HEADER, request.time_ms.to_string()),
        (NONCE_HEADER, hex(&request.nonce)),
        (SIGNATURE_HEADER, hex(signature.as_bytes())),
    ]
}

/// Whether `signature` is that of `key` under the request.
pub fn verify_request(request: &Request<'_>, key: &PublicKey, signature: &Signature) -> bool {
    key.is_acceptable() && key.verify(&request_message(request), signature)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use dure_score::signature::SigningKey;

    #[test]
    fn every_part_is_under_the_signature() {
        let (chain, other) = (ChainId::new("test-1").unwrap(), ChainId::new("test-2").unwrap());
        let key = SigningKey::from_seed([7; 32]);
        let good = Request {
            chain: &chain,
            method: "POST",
            target: "/v1/dry-run?x=1",
            body: b"body",
            time_ms: 1_790_000_000_000,
            nonce: [9; 16],
        };
        let signature = key.sign(&request_message(&good));
        assert!(verify_request(&good, &key.public_key(), &signature));
        for changed in [
            Request { chain: &other, ..good },
            Request { method: "PUT", ..good },
            Request { target: "/v1/dry-run?x=2", ..good },
            Request { body: b"bodz", ..good },
            Request { time_ms: good.time_ms + 1, ..good },
            Request { nonce: [8; 16], ..good },
        ] {
            assert!(!verify_request(&changed, &key.public_key(), &signature), "{changed:?}");
        }
        let stranger = SigningKey::from_seed([8; 32]).public_key();
        assert!(!verify_request(&good, &stranger, &signature));
    }

    #[test]
    fn the_bytes_are_fixed() {
        let chain = ChainId::new("c").unwrap();
        let request =
            Request { chain: &chain, method: "GET", target: "/", body: b"", time_ms: 1, nonce: [2; 16] };
        let head = b"dure:request:v1\0c\0GET\0/\0".as_slice();
        let expected = [head, &sha256(&[b""]), &[0, 0, 0, 0, 0, 0, 0, 1], &[2; 16]].concat();
        assert_eq!(request_message(&request), expected);
    }
}
