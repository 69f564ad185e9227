//! Checks a [`FinalityProof`] from the pinned genesis, and knows which validators sign in which epoch.

use dure_consensus::{BlockHeader, epoch_of, verify_certificate};
use dure_score::{Genesis, codec, ids::sha256, key::Key, record::ValidatorSet};

use crate::{
    proofs::{FinalityProof, Handover},
    record::AppHeader,
    tree::hashes::climb,
};

/// Most handovers of a proof: the contract admits no more sets.
const MAX_HANDOVERS: usize = dure_score::limits::MAX_VALIDATOR_SETS;

/// The validator sets of a channel, each from an epoch on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    chain: Vec<u8>,
    epoch_blocks: u64,
    first: Vec<[u8; 32]>,
    later: Vec<(u64, Vec<[u8; 32]>)>,
}

impl Sets {
    /// The set of the genesis, in force from epoch 0.
    pub fn of_genesis(genesis: &Genesis) -> Self {
        let first = genesis.validators.iter().map(|key| *key.as_bytes()).collect();
        let (chain, epoch_blocks) = (genesis.network().into_bytes(), genesis.epoch_blocks);
        Self { chain, epoch_blocks, first, later: Vec::new() }
    }

    /// Adds the set under the state's key of `from_epoch`. False if the bytes are no set, or it does not come after the others.
    pub fn add(&mut self, from_epoch: u64, set: &[u8]) -> bool {
        let last = self.later.last().map_or(0, |(epoch, _)| *epoch);
        let Ok(set) = codec::decode::<ValidatorSet>(set) else { return false };
        if from_epoch <= last || self.later.len() >= MAX_HANDOVERS {
            return false;
        }
        let keys = set.validators.iter().map(|seat| *seat.public_key.as_bytes()).collect();
        self.later.push((from_epoch, keys));
        true
    }

    /// The set in force in an epoch.
    pub fn at(&self, epoch: u64) -> &[[u8; 32]] {
        let in_force = self.later.iter().rev().find(|(from, _)| *from <= epoch);
        in_force.map_or(&self.first, |(_, keys)| keys)
    }

    /// Whether the validators of the header's epoch signed it, and the epoch is that of its height.
    pub fn certify(&self, header: &BlockHeader, certificate: &[u8]) -> bool {
        header.epoch == epoch_of(header.height, self.epoch_blocks)
            && verify_certificate(&self.chain, self.at(header.epoch), header, certificate)
    }
}

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
    if proof.chain != genesis.chain || proof.genesis_hash != genesis.hash() {
        return None;
    }
    let sets = verify_handovers(genesis, &proof.handovers)?;
    let header = BlockHeader::decode(proof.header.as_bytes()).ok()?;
    let claim = AppHeader::decode(&header.app)?;
    sets.certify(&header, proof.certificate.as_bytes()).then_some(Proven { header, claim, sets })
}

/// Checks that every set was signed for by the one before. `None` if one was not.
pub fn verify_handovers(genesis: &Genesis, handovers: &[Handover]) -> Option<Sets> {
    let mut sets = Sets::of_genesis(genesis);
    if handovers.len() > MAX_HANDOVERS {
        return None;
    }
    for handover in handovers {
        let header = BlockHeader::decode(handover.header.as_bytes()).ok()?;
        let claim = AppHeader::decode(&header.app)?;
        let key = sha256(&[&Key::Validators(handover.from_epoch).to_bytes()]);
        let value = sha256(&[handover.set.as_bytes()]);
        let root = climb(Some((&key, &value)), &key, &handover.siblings)?;
        let held = header.epoch < handover.from_epoch
            && root == claim.state_root
            && sets.certify(&header, handover.certificate.as_bytes())
            && sets.add(handover.from_epoch, handover.set.as_bytes());
        if !held {
            return None;
        }
    }
    Some(sets)
}
