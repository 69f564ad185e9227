//! What faulty validators send instead of what their process meant to send.

use commonware_codec::Encode as _;
use commonware_codec::varint::UInt;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Finalize, Notarize, Proposal, Vote as EngineVote};
use commonware_cryptography::sha256;
use commonware_runtime::IoBuf;

use super::Role;
use super::wire::{Kind, Owner, read_vote};
use crate::Block;
use crate::bft::block::{Digest, PublicKey};

/// One message of so many is garbled: enough to be noticed soon, few enough to get that far.
const GARBLED: u64 = 7;

/// Who gets what.
type Parcels = Vec<(Vec<PublicKey>, IoBuf)>;

impl Owner {
    /// What goes out instead of `message`; `None`: the message itself.
    pub(super) fn betray(&self, kind: Kind, message: &IoBuf, to: &[PublicKey]) -> Option<Parcels> {
        match self.machine.role() {
            Role::Honest => None,
            Role::Silent => matches!(kind, Kind::Vote | Kind::Certificate | Kind::Broadcast).then(Vec::new),
            Role::Garbling => self.garble(message, to),
            Role::Equivocating => match kind {
                Kind::Broadcast => self.double(message, to),
                Kind::Vote => self.vote_twice(message, to),
                Kind::Certificate | Kind::Resolver | Kind::Backfill => None,
            },
        }
    }

    fn garble(&self, message: &IoBuf, to: &[PublicKey]) -> Option<Parcels> {
        let number = self.machine.count();
        if !number.is_multiple_of(GARBLED) {
            return None;
        }
        let mut bytes = message.as_ref().to_vec();
        let at = usize::try_from(number.wrapping_mul(0x9E37_79B9)).unwrap_or(0).checked_rem(bytes.len())?;
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 0x55;
        }
        Some(vec![(to.to_vec(), bytes.into())])
    }

    /// Beside its own block, one that differs in its time only: as valid, and another block.
    fn double(&self, message: &IoBuf, to: &[PublicKey]) -> Option<Parcels> {
        let block = Block::decode(message.as_ref()).ok()?;
        if block.header.proposer.as_slice() != self.key.as_ref() {
            return None;
        }
        let mut twin = block.clone();
        twin.header.time_ms = twin.header.time_ms.checked_add(1)?;
        self.machine
            .remember_twin(sha256::Digest(block.header.digest()), sha256::Digest(twin.header.digest()));
        Some(vec![(to.to_vec(), message.clone()), (to.to_vec(), twin.encode().into())])
    }

    fn vote_twice(&self, message: &IoBuf, to: &[PublicKey]) -> Option<Parcels> {
        let (subchannel, vote) = read_vote(message)?;
        let twin = |proposal: &Proposal<Digest>| {
            let payload = self.machine.twin_of(&proposal.payload)?;
            Some(Proposal::new(proposal.round, proposal.parent, payload))
        };
        let packed = |vote: EngineVote<Scheme, Digest>| -> IoBuf {
            let mut bytes = UInt(subchannel).encode().to_vec();
            bytes.extend_from_slice(vote.encode().as_ref());
            bytes.into()
        };
        match &vote {
            EngineVote::Notarize(vote) => {
                let other = Notarize::sign(&self.scheme, twin(&vote.proposal)?)?;
                let (some, rest) = to.split_at(to.len() / 2);
                let other = packed(EngineVote::Notarize(other));
                Some(vec![(some.to_vec(), message.clone()), (rest.to_vec(), other)])
            }
            EngineVote::Finalize(vote) => {
                let other = Finalize::sign(&self.scheme, twin(&vote.proposal)?)?;
                let other = packed(EngineVote::Finalize(other));
                Some(vec![(to.to_vec(), message.clone()), (to.to_vec(), other)])
            }
            EngineVote::Nullify(_) => None,
        }
    }
}
