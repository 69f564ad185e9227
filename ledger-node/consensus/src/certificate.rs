//! Finality certificates: proof that a quorum of validators signed a header's digest.
//!
//! Layout (`varint` is LEB128, unsigned):
//!
//! ```text
//! proposal    = varint epoch, varint view, varint parent_view, 32 bytes digest
//! certificate = proposal, u64 (big-endian) number of validators, bitmap of signers, varint n, n * 64 bytes
//! ```
//!
//! Bit `i` of the bitmap (lowest bit of the first byte first) stands for validator `i` in the order of public
//! key bytes; the signatures follow in that order. Each is ed25519 (ZIP-215 rules) over
//! `varint length of ns, ns, proposal` with `ns = "dure/consensus/v1/" || network || "_FINALIZE"`. A certificate
//! holds when at least `n - floor((n - 1) / 3)` distinct validators signed. The same layout serves a solo
//! node, which is a set of one.
//!
//! The proposal is the header's own: its epoch, view, parent view and digest. The last block of an epoch is
//! proposed again in later views until it is final; a certificate of such a view is not handed out, and the block
//! is proven by its descendants, as any block without a certificate is.

use commonware_codec::{Copying, Decode as _, Encode as _};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Finalization, Finalize, Proposal};
use commonware_consensus::types::{Epoch, Round, View};
use commonware_cryptography::certificate::Verifier as _;
use commonware_cryptography::{ed25519, sha256};
use commonware_parallel::Sequential;
use commonware_utils::iter::NonEmpty;
use commonware_utils::sys_rng;

use crate::{BlockHeader, keys};

/// Whether `certificate` proves that the `validators` of `chain` finalized `header`. False for a
/// certificate of another header, chain or set, with too few signatures, or with any byte out of place.
pub fn verify_certificate(
    chain: &[u8],
    validators: &[[u8; 32]],
    header: &BlockHeader,
    certificate: &[u8],
) -> bool {
    let Ok(participants) = keys::participants(validators) else { return false };
    let scheme = Scheme::verifier(&keys::vote_namespace(chain), participants);
    let config = scheme.certificate_codec_config();
    let Ok(finalization) = Finalization::<Scheme, sha256::Digest>::decode_cfg(Copying(certificate), &config)
    else {
        return false;
    };
    fits(&finalization, header) && finalization.verify(&mut sys_rng(), &scheme, &Sequential)
}

/// Reads the certificate of `header`, if it is one, without checking its signatures.
pub(crate) fn decode(
    header: &BlockHeader,
    certificate: &[u8],
) -> Option<Finalization<Scheme, sha256::Digest>> {
    let finalization = Finalization::decode_cfg(Copying(certificate), &keys::MAX_VALIDATORS).ok()?;
    fits(&finalization, header).then_some(finalization)
}

/// Whether the signed proposal is that of `header`, and of no other view.
pub(crate) fn fits(finalization: &Finalization<Scheme, sha256::Digest>, header: &BlockHeader) -> bool {
    finalization.proposal == proposal(header)
}

/// A certificate by the only validator of a chain.
pub(crate) fn sign_alone(scheme: &Scheme, header: &BlockHeader) -> Option<Vec<u8>> {
    let vote = Finalize::<Scheme, sha256::Digest>::sign(scheme, proposal(header))?;
    let votes = NonEmpty::new(vote, std::iter::empty());
    let finalization = Finalization::from_owned_finalizes(scheme, votes, &Sequential).ok()?;
    Some(finalization.encode().to_vec())
}

/// The signing scheme of the only validator of a chain.
pub(crate) fn lone_scheme(chain: &[u8], key: ed25519::PrivateKey, public: &[u8; 32]) -> Option<Scheme> {
    Scheme::signer(&keys::vote_namespace(chain), keys::participants(&[*public]).ok()?, key)
}

fn proposal(header: &BlockHeader) -> Proposal<sha256::Digest> {
    let round = Round::new(Epoch::new(header.epoch), View::new(header.view));
    Proposal::new(round, View::new(header.parent_view), sha256::Digest(header.digest()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::genesis_header;
    use ed25519_dalek::{Signature, VerifyingKey};

    const CHAIN: &[u8] = b"campus";

    fn signed() -> (BlockHeader, [u8; 32], Vec<u8>) {
        let seed = [5; 32];
        let public = keys::public_key(&seed).unwrap();
        let header = BlockHeader { height: 3, view: 300, parent_view: 2, ..genesis_header(CHAIN, &[public]) };
        let scheme = lone_scheme(CHAIN, keys::private(&seed).unwrap(), &public).unwrap();
        let certificate = sign_alone(&scheme, &header).unwrap();
        (header, public, certificate)
    }

    /// Reads the bytes by the documented layout alone, with another ed25519 implementation.
    #[test]
    fn layout_is_as_documented() {
        let (header, public, certificate) = signed();
        let mut proposal = vec![0x00, 0xAC, 0x02, 0x02];
        proposal.extend_from_slice(&header.digest());
        let (head, tail) = certificate.split_at(proposal.len());
        assert_eq!(head, proposal);
        let (prefix, signature) = tail.split_at(10);
        assert_eq!(prefix, [0, 0, 0, 0, 0, 0, 0, 1, 0b1, 1]);

        let namespace = b"dure/consensus/v1/campus_FINALIZE";
        let mut message = vec![u8::try_from(namespace.len()).unwrap()];
        message.extend_from_slice(namespace);
        message.extend_from_slice(&proposal);
        let signature = Signature::from_bytes(signature.try_into().unwrap());
        VerifyingKey::from_bytes(&public).unwrap().verify_strict(&message, &signature).unwrap();
    }

    #[test]
    fn refuses_everything_else() {
        let (header, public, certificate) = signed();
        assert!(verify_certificate(CHAIN, &[public], &header, &certificate));
        assert!(!verify_certificate(b"city", &[public], &header, &certificate));
        let other = keys::public_key(&[6; 32]).unwrap();
        assert!(!verify_certificate(CHAIN, &[other], &header, &certificate));
        assert!(!verify_certificate(CHAIN, &[public, other], &header, &certificate));
        assert!(!verify_certificate(CHAIN, &[], &header, &certificate));
        let other_view = BlockHeader { view: header.view + 1, ..header.clone() };
        assert!(!verify_certificate(CHAIN, &[public], &other_view, &certificate));
        let later = BlockHeader { time_ms: 1, ..header.clone() };
        assert!(!verify_certificate(CHAIN, &[public], &later, &certificate));
        for at in 0..certificate.len() {
            let mut bad = certificate.clone();
            bad[at] ^= 1;
            assert!(!verify_certificate(CHAIN, &[public], &header, &bad), "byte {at}");
        }
        assert!(!verify_certificate(CHAIN, &[public], &header, &certificate[1..]));
    }
}
