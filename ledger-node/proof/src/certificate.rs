//! Finality certificates, read by their documented layout.
//!
//! ```text
//! proposal    = varint epoch, varint view, varint parent view, 32 bytes digest
//! certificate = proposal, 8 bytes number of validators (big-endian), bitmap of signers, varint n, n × 64 bytes
//! message     = varint length of ns, ns, proposal          ns = "dure/consensus/v1/" network "_FINALIZE"
//! ```
//!
//! Bit `i` of the bitmap, lowest bit of the first byte first, is validator `i` in the order of key bytes;
//! signatures stand in that order. `varint` is unsigned LEB128 in its shortest form.

use dure_score::{PublicKey, Signature};

use crate::{Header, ProofError};

/// Most validators of a set, as consensus has it.
const MAX_VALIDATORS: usize = 64;

/// Checks that at least `n - floor((n - 1) / 3)` of the `n` validators in `set` have signed `header` in
/// `network` ([`dure_score::Genesis::network`]), every signature by ZIP-215. Returns the header, read.
pub fn verify_certificate(
    network: &str,
    set: &[PublicKey],
    header: &[u8],
    certificate: &[u8],
) -> Result<Header, ProofError> {
    let header = Header::parse(header)?;
    let keys = in_order(set)?;
    let proposal = proposal(&header);
    let common = certificate.iter().zip(&proposal).take_while(|(ours, theirs)| ours == theirs).count();
    let rest = match certificate.get(proposal.len()..) {
        None => return Err(ProofError::Certificate),
        Some(_) if common < proposal.len() => return Err(ProofError::OtherHeader),
        Some(rest) => rest,
    };
    let (signers, signatures) = votes(rest, &keys)?;
    let faulty = keys.len().saturating_sub(1) / 3;
    let need = keys.len().saturating_sub(faulty);
    if signers.len() < need {
        return Err(ProofError::TooFewSignatures { have: signers.len(), need });
    }
    let message = message(network, &proposal);
    for (key, signature) in signers.into_iter().zip(signatures) {
        if !key.verify(&message, &signature) {
            return Err(ProofError::BadSignature(key));
        }
    }
    Ok(header)
}

/// The set in its agreed order.
fn in_order(set: &[PublicKey]) -> Result<Vec<PublicKey>, ProofError> {
    let mut keys = set.to_vec();
    keys.sort_unstable_by_key(|key| *key.as_bytes());
    let twice = keys.windows(2).any(|pair| pair.first() == pair.last());
    if keys.is_empty() || keys.len() > MAX_VALIDATORS || twice {
        return Err(ProofError::ValidatorSet);
    }
    Ok(keys)
}

fn proposal(header: &Header) -> Vec<u8> {
    let mut out = Vec::with_capacity(62);
    for number in [header.epoch, header.view, header.parent_view] {
        varint(number, &mut out);
    }
    out.extend_from_slice(header.digest.as_bytes());
    out
}

fn message(network: &str, proposal: &[u8]) -> Vec<u8> {
    let namespace = ["dure/consensus/v1/", network, "_FINALIZE"].concat();
    let mut out = Vec::with_capacity(128);
    varint(u64::try_from(namespace.len()).unwrap_or(u64::MAX), &mut out);
    out.extend_from_slice(namespace.as_bytes());
    out.extend_from_slice(proposal);
    out
}

/// Who signed, and the signatures in the same order; `bytes` is what follows the proposal.
fn votes(bytes: &[u8], keys: &[PublicKey]) -> Result<(Vec<PublicKey>, Vec<Signature>), ProofError> {
    read_votes(bytes, keys).ok_or(ProofError::Certificate)
}

fn read_votes(bytes: &[u8], keys: &[PublicKey]) -> Option<(Vec<PublicKey>, Vec<Signature>)> {
    let (count, rest) = bytes.split_first_chunk::<8>()?;
    if u64::from_be_bytes(*count) != u64::try_from(keys.len()).ok()? {
        return None;
    }
    let (bitmap, rest) = rest.split_at_checked(keys.len().div_ceil(8))?;
    let bits = bitmap.iter().flat_map(|byte| (0..8u8).map(move |bit| byte >> bit & 1 == 1));
    let places = keys.iter().map(Some).chain(std::iter::repeat(None));
    let mut signers = Vec::with_capacity(keys.len());
    for (_, key) in bits.zip(places).filter(|(signed, _)| *signed) {
        // A bit beyond the last validator is nobody's.
        signers.push(*key?);
    }
    let mut expected = Vec::with_capacity(2);
    varint(u64::try_from(signers.len()).ok()?, &mut expected);
    let (signatures, odd) = rest.strip_prefix(expected.as_slice())?.as_chunks::<64>();
    let whole = odd.is_empty() && signatures.len() == signers.len();
    whole.then(|| (signers, signatures.iter().map(|bytes| Signature::new(*bytes)).collect()))
}

/// Unsigned LEB128, shortest form.
fn varint(mut number: u64, out: &mut Vec<u8>) {
    loop {
        let low = number.to_le_bytes().first().copied().unwrap_or_default() & 0x7f;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}
