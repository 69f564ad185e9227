//! Certificates of a set of one, by the documented layout alone.

use dure_consensus::BlockHeader;
use dure_score::{Genesis, signature::SigningKey};

/// The certificate with which the only validator of a chain proves a header final.
pub(crate) fn sign(genesis: &Genesis, key: &SigningKey, header: &BlockHeader) -> Vec<u8> {
    let mut proposal = Vec::new();
    [header.epoch, header.view, header.parent_view]
        .into_iter()
        .for_each(|number| varint(&mut proposal, number));
    proposal.extend_from_slice(&header.digest());
    let namespace = ["dure/consensus/v1/", &genesis.network(), "_FINALIZE"].concat().into_bytes();
    let mut message = Vec::new();
    varint(&mut message, u64::try_from(namespace.len()).unwrap_or(u64::MAX));
    message.extend_from_slice(&namespace);
    message.extend_from_slice(&proposal);
    let signature = key.sign(&message);
    // One validator, the first of one has signed, one signature.
    [proposal.as_slice(), &1u64.to_be_bytes(), &[0b1, 1], signature.as_bytes()].concat()
}

/// LEB128, unsigned.
fn varint(out: &mut Vec<u8>, number: u64) {
    let mut rest = number;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}
