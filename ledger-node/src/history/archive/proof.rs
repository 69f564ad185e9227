//! Checks a [`FinalityProof`] from the pinned genesis, with the headers as consensus has them.

use dure_consensus::{BlockHeader, verify_certificate};
use dure_proof::{FinalityProof, Handover, Sets, proven_state};
use dure_score::Genesis;

use crate::store::record::AppHeader;

/// What a proof proves.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The certified header.
    pub header: BlockHeader,
    /// The state that it names.
    pub claim: AppHeader,
    /// The validators up to it.
    pub sets: Sets,
}

/// Checks a proof from the genesis on. `None` if anything in it does not hold.
pub fn verify(genesis: &Genesis, proof: &FinalityProof) -> Option<Proven> {
    let of = (&genesis.chain, &genesis.hash());
    let (state, sets) = proven_state(Sets::of_genesis(genesis), of, proof).ok()?;
    let header = BlockHeader::decode(proof.header.as_bytes()).ok()?;
    let claim = AppHeader { executed: state.executed, state_root: state.state_root };
    Some(Proven { header, claim, sets })
}

/// Checks that every set was signed for by the one before. `None` if one was not.
pub fn verify_handovers(genesis: &Genesis, handovers: &[Handover]) -> Option<Sets> {
    dure_proof::verify_handovers(Sets::of_genesis(genesis), handovers).ok()
}

/// Whether the validators of the header's epoch signed it, and the epoch is that of its height. Unlike a proof, a copy of a ledger
/// has a certificate for almost every block: the engine checks the signatures of each in one batch.
pub fn certifies(sets: &Sets, header: &BlockHeader, certificate: &[u8]) -> bool {
    let keys: Vec<[u8; 32]> = sets.at(header.epoch).iter().map(|key| *key.as_bytes()).collect();
    sets.is_epoch_of(header.epoch, header.height)
        && verify_certificate(sets.network().as_bytes(), &keys, header, certificate)
}
