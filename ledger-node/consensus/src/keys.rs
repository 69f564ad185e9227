//! Validator keys: raw 32-byte ed25519 seeds and standard public keys, and the sorted set of them.

use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::{Signer as _, ed25519};
use commonware_utils::ordered::Set;

use crate::ConsensusError;

/// Most validators of a chain. Certificates and votes grow with their number; consortia are far smaller.
pub const MAX_VALIDATORS: usize = 64;

/// Longest chain name, bytes.
pub const MAX_CHAIN_BYTES: usize = 100;

/// The ed25519 public key of a raw 32-byte seed (RFC 8032).
pub fn public_key(secret_key: &[u8; 32]) -> Option<[u8; 32]> {
    let key = private(secret_key)?.public_key();
    key.as_ref().try_into().ok()
}

pub(crate) fn private(secret_key: &[u8; 32]) -> Option<ed25519::PrivateKey> {
    ed25519::PrivateKey::decode(Copying(secret_key)).ok()
}

pub(crate) fn public(bytes: &[u8; 32]) -> Option<ed25519::PublicKey> {
    ed25519::PublicKey::decode(Copying(bytes)).ok()
}

/// The validator set in its agreed order: by public key bytes.
pub(crate) fn participants(keys: &[[u8; 32]]) -> Result<Set<ed25519::PublicKey>, ConsensusError> {
    if keys.is_empty() {
        return Err(ConsensusError::Validators("there is none"));
    }
    if keys.len() > MAX_VALIDATORS {
        return Err(ConsensusError::Validators("there are more than 64"));
    }
    let parsed: Option<Vec<_>> = keys.iter().map(public).collect();
    let parsed = parsed.ok_or(ConsensusError::Validators("a public key is not on the curve"))?;
    Set::try_from(parsed).map_err(|_| ConsensusError::Validators("a public key is repeated"))
}

pub(crate) fn check_chain(chain: &[u8]) -> Result<(), ConsensusError> {
    if chain.is_empty() || chain.len() > MAX_CHAIN_BYTES {
        return Err(ConsensusError::Chain);
    }
    Ok(())
}

/// What votes and certificates of `chain` are signed under.
pub(crate) fn vote_namespace(chain: &[u8]) -> Vec<u8> {
    [b"dure/consensus/v1/".as_slice(), chain].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn seeds_are_standard_ed25519() {
        for byte in [0u8, 1, 7, 0x80, 0xFF] {
            let seed = [byte; 32];
            let expected = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().to_bytes();
            assert_eq!(public_key(&seed), Some(expected));
        }
        // RFC 8032, section 7.1, test 1.
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        assert_eq!(
            hex::encode(public_key(&seed.try_into().unwrap()).unwrap()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
    }

    #[test]
    fn refuses_unusable_sets() {
        let key = public_key(&[1; 32]).unwrap();
        assert!(participants(&[key]).is_ok());
        assert!(matches!(participants(&[]), Err(ConsensusError::Validators(_))));
        assert!(matches!(participants(&[key, key]), Err(ConsensusError::Validators(_))));
        assert!(matches!(participants(&[key; 65]), Err(ConsensusError::Validators(_))));
        let off_curve = (0..=255u8).map(|b| [b; 32]).find(|k| public(k).is_none()).unwrap();
        assert!(matches!(participants(&[off_curve]), Err(ConsensusError::Validators(_))));
    }
}
