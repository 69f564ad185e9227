//! What is stored of tag and PIN, and how a proof is checked against it.
//!
//! Stored: `<tag>$2<PHC string>`, Argon2id over the proof's bytes. Rows of before the format had a number read `<tag>$<PHC string>`;
//! a PHC string begins with `$`, so the two are told apart. In those the wallet had hashed the proof's base64 text, the till its
//! bytes: the owner's class says which.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_db::devices::OwnerClass;

use super::DeviceTag;
use crate::error::ServiceError;

/// Between the tag and the rest; base64 has no such character.
const SEPARATOR: char = '$';
/// Number of the format that is written.
const FORMAT: &str = "2";
/// Bytes of a proof: PBKDF2-SHA256 gives 32; room for another derivation later.
const PROOF_BYTES: std::ops::RangeInclusive<usize> = 16..=64;
/// Longest base64 that is decoded at all.
const PROOF_CHARS: usize = 128;

/// What a browser derives from a PIN and its device's salt.
#[derive(Clone)]
pub struct PinProof {
    text: String,
    bytes: Vec<u8>,
}

impl PinProof {
    /// The proof of its base64, given in `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, ServiceError> {
        let bytes = if text.len() <= PROOF_CHARS { STANDARD.decode(text).ok() } else { None };
        let bytes = bytes.filter(|bytes| PROOF_BYTES.contains(&bytes.len()));
        let bytes =
            bytes.ok_or(ServiceError::BadField { field, reason: "a PIN proof: base64 of 16 to 64 bytes" })?;
        Ok(Self { text: text.to_owned(), bytes })
    }
}

/// What to store for a tag and a proof. Takes some hundredths of a second and 19 MiB.
pub(super) fn seal(tag: DeviceTag, proof: &PinProof) -> Result<String, ServiceError> {
    let hash = Argon2::default().hash_password(&proof.bytes);
    let hash = hash.map_err(|_| ServiceError::Internal("a PIN proof could not be hashed"))?;
    Ok(format!("{}{SEPARATOR}{FORMAT}{hash}", tag.text()))
}

/// True if `stored` was sealed with this tag.
pub(super) fn has_tag(stored: &str, tag: DeviceTag) -> bool {
    tag.is(stored.split_once(SEPARATOR).map_or("", |(known, _)| known))
}

/// True if `stored` was sealed with this proof. Takes as long as [`seal`].
pub(super) fn has_proof(stored: &str, class: OwnerClass, proof: &PinProof) -> Result<bool, ServiceError> {
    const DAMAGED: ServiceError = ServiceError::Internal("a stored PIN verifier is damaged");
    let (_, rest) = stored.split_once(SEPARATOR).ok_or(DAMAGED)?;
    let (hash, input) = match (rest.strip_prefix(FORMAT), class) {
        (Some(hash), _) => (hash, proof.bytes.as_slice()),
        (None, OwnerClass::Shop) => (rest, proof.bytes.as_slice()),
        (None, OwnerClass::Person) => (rest, proof.text.as_bytes()),
    };
    let hash = PasswordHash::new(hash).map_err(|_| DAMAGED)?;
    if hash.hash.is_none() {
        return Err(DAMAGED);
    }
    Ok(Argon2::default().verify_password(input, &hash).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use OwnerClass::{Person, Shop};

    fn proof(byte: u8) -> PinProof {
        PinProof::parse("proof", &STANDARD.encode([byte; 32])).unwrap()
    }
    fn tag(byte: u8) -> DeviceTag {
        DeviceTag::parse(&STANDARD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn only_tag_and_proof_that_sealed_fit_for_either_class() {
        let stored = seal(tag(1), &proof(2)).unwrap();
        assert!(has_tag(&stored, tag(1)) && !has_tag(&stored, tag(2)));
        for class in [Person, Shop] {
            assert!(has_proof(&stored, class, &proof(2)).unwrap());
            assert!(!has_proof(&stored, class, &proof(1)).unwrap());
        }
    }

    #[test]
    fn devices_of_before_open_with_their_pin() {
        let hash = |input: &[u8]| Argon2::default().hash_password(input).unwrap().to_string();
        let of = |hash: String| format!("{}${hash}", tag(1).text());
        let wallets = of(hash(proof(2).text.as_bytes()));
        let tills = of(hash(&proof(2).bytes));
        for (stored, class) in [(wallets, Person), (tills, Shop)] {
            assert!(has_tag(&stored, tag(1)));
            assert!(has_proof(&stored, class, &proof(2)).unwrap());
            assert!(!has_proof(&stored, class, &proof(3)).unwrap());
        }
    }

    #[test]
    fn what_is_no_proof_is_refused_before_it_is_hashed() {
        for bad in
            ["", "123456", "%%%%", &STANDARD.encode([0; 15]), &STANDARD.encode([0; 65]), &"A".repeat(4096)]
        {
            assert_eq!(PinProof::parse("proof", bad).err().unwrap().code(), "BAD_FIELD", "{bad}");
        }
    }

    #[test]
    fn a_damaged_verifier_is_a_fault_of_ours_and_no_wrong_pin() {
        for damaged in ["", "x", "x$", "x$2", "x$2$argon2id$v=19$x", "x$$argon2"] {
            assert!(has_proof(damaged, Person, &proof(1)).is_err(), "{damaged}");
        }
    }
}
