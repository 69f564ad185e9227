//! Rows that more than one service reads or writes. One file a table.

pub mod checkpoints;
pub mod codes;
pub mod counter_cases;
pub mod device_choices;
pub mod devices;
pub mod idempotency;
pub mod look_ups;
pub mod merchants;
pub mod new_phones;
pub mod outbox;
pub mod outgoing;
pub mod payer_codes;
pub mod people;
pub mod registrations;
pub mod sessions;

use sha2::{Digest, Sha256};

/// Random bytes as lowercase hex: ids and tokens.
fn random_hex<const N: usize>() -> String {
    let bytes: [u8; N] = std::array::from_fn(|_| rand::random::<u8>());
    hex::encode(bytes)
}

/// SHA-256 as lowercase hex, over parts joined by a zero byte.
fn hash_hex(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex::encode(hasher.finalize())
}

/// True for text that both databases can hold: PostgreSQL refuses a zero byte, which no key of ours contains. A look-up
/// by anything else finds nothing, on both alike.
fn is_storable(key: &str) -> bool {
    !key.contains('\0')
}
