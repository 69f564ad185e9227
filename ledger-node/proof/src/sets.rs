//! Which validators sign in which epoch, and what a header signed by them proves.

use dure_chain::epoch::epoch_of;
use dure_score::{
    Genesis, Hash32, PublicKey, codec, key::Key, limits::MAX_VALIDATOR_SETS, record::ValidatorSet,
};

use crate::{Handover, Header, Pinned, ProofError, certificate::verify_certificate, tree};

/// A state that the validators have agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenState {
    /// Height of the state.
    pub executed: u64,
    /// Its root.
    pub state_root: Hash32,
    /// The header that names it.
    pub header: Header,
}

/// The validator sets of a channel, each from an epoch on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    network: String,
    /// Blocks of an epoch, where they are known.
    epoch_blocks: Option<u64>,
    first: Vec<PublicKey>,
    /// The others with their first epochs, ascending.
    later: Vec<(u64, Vec<PublicKey>)>,
}

impl Sets {
    /// The first set of a pinned genesis, in force from epoch 0.
    pub fn of_pinned(pinned: &Pinned) -> Self {
        let (network, first) = (pinned.network(), pinned.validators.clone());
        Self { network, epoch_blocks: None, first, later: Vec::new() }
    }

    /// The set of a whole genesis: headers' epochs are checked against their heights as well.
    pub fn of_genesis(genesis: &Genesis) -> Self {
        let (network, first) = (genesis.network(), genesis.validators.clone());
        Self { network, epoch_blocks: Some(genesis.epoch_blocks), first, later: Vec::new() }
    }

    /// The network's name, under which validators sign.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// The set in force in an epoch.
    pub fn at(&self, epoch: u64) -> &[PublicKey] {
        let in_force = self.later.iter().rev().find(|(from, _)| *from <= epoch);
        in_force.map_or(&self.first, |(_, keys)| keys)
    }

    /// Whether the block at `height` is of `epoch`, as far as it is known how long epochs are.
    pub fn is_epoch_of(&self, epoch: u64, height: u64) -> bool {
        self.epoch_blocks.is_none_or(|length| epoch_of(height, length) == epoch)
    }

    /// Adds the set whose canonical bytes stand under the state's key of `from_epoch`.
    pub fn add(&mut self, from_epoch: u64, set: &[u8]) -> Result<(), ProofError> {
        let last = self.later.last().map_or(0, |(from, _)| *from);
        if from_epoch <= last || self.later.len() >= MAX_VALIDATOR_SETS {
            return Err(ProofError::Handover);
        }
        let set: ValidatorSet = codec::decode(set).map_err(|_| ProofError::ValidatorSet)?;
        self.later.push((from_epoch, set.validators.into_iter().map(|seat| seat.public_key).collect()));
        Ok(())
    }

    /// The state that a header certified by the set of its epoch names.
    pub fn state(&self, header: &[u8], certificate: &[u8]) -> Result<ProvenState, ProofError> {
        let claimed = Header::parse(header)?;
        if !self.is_epoch_of(claimed.epoch, claimed.height) {
            return Err(ProofError::Header);
        }
        let header = verify_certificate(&self.network, self.at(claimed.epoch), header, certificate)?;
        let executed = header.executed.ok_or(ProofError::Header)?;
        Ok(ProvenState { executed, state_root: header.state_root, header })
    }

    /// Learns the next set from its proof by a set that is known.
    fn hand_over(&mut self, handover: &Handover) -> Result<(), ProofError> {
        let state = self.state(handover.header.as_bytes(), handover.certificate.as_bytes())?;
        if state.header.epoch >= handover.from_epoch {
            return Err(ProofError::Handover);
        }
        let key = Key::Validators(handover.from_epoch).to_bytes();
        let root = tree::root_with(&key, handover.set.as_bytes(), &handover.siblings)?;
        if root != state.state_root {
            return Err(ProofError::StateRoot);
        }
        self.add(handover.from_epoch, handover.set.as_bytes())
    }
}

/// Every set after `first`, each signed for by one before it.
pub fn verify_handovers(first: Sets, handovers: &[Handover]) -> Result<Sets, ProofError> {
    if handovers.len() > MAX_VALIDATOR_SETS {
        return Err(ProofError::Handover);
    }
    let mut sets = first;
    for handover in handovers {
        sets.hand_over(handover)?;
    }
    Ok(sets)
}
