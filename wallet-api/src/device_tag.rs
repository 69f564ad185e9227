//! The device's tag: a digest of the salt that never leaves the device's browser. Certificate ids are no secret; who has
//! only such an id cannot even try a PIN, so strangers cannot use up a device's tries.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

use crate::fault::Fault;

/// Between the tag and the PIN's hash where both are stored; base64 has no such character.
const SEPARATOR: char = '$';

/// Refuses what cannot be a tag: 32 bytes in base64.
pub fn check_form(tag: &str) -> Result<(), Fault> {
    // 44 characters hold 32 bytes; a longer text is not even decoded.
    let good = tag.len() == 44 && STANDARD.decode(tag).is_ok_and(|bytes| bytes.len() == 32);
    if good { Ok(()) } else { Err(Fault::BadField { field: "device_tag", reason: "32 bytes in base64" }) }
}

/// The stored form of a tag and the PIN's hash (PHC string).
pub fn join(tag: &str, hash: &str) -> String {
    format!("{tag}{SEPARATOR}{hash}")
}

/// True if `tag` is the one in the stored form; takes as long whatever is wrong.
pub fn is_of(tag: &str, stored: &str) -> bool {
    let known = stored.split_once(SEPARATOR).map_or("", |(known, _)| known);
    check_form(tag).is_ok() && bool::from(known.as_bytes().ct_eq(tag.as_bytes()))
}

/// The PIN's hash in the stored form.
pub fn hash_in(stored: &str) -> &str {
    stored.split_once(SEPARATOR).map_or("", |(_, hash)| hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_devices_own_tag_fits() {
        let (own, other) = (STANDARD.encode([7; 32]), STANDARD.encode([8; 32]));
        let stored = join(&own, "$argon2id$v=19$x");
        assert!(is_of(&own, &stored) && !is_of(&other, &stored));
        assert_eq!(hash_in(&stored), "$argon2id$v=19$x");
        for bad in ["", "$", "AAAA", "%", "argon2id"] {
            assert!(check_form(bad).is_err() && !is_of(bad, &stored));
        }
        assert!(!is_of("", "$argon2id$v=19$x"), "an empty tag fits nothing");
    }
}
