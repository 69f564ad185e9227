//! The sending end of a validator's channels: every vote is shown to the scenario before anything can lose it, and
//! a traitor's messages are replaced.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use commonware_actor::{Feedback, Unreliable};
use commonware_codec::{Copying, DecodeExt as _};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Vote as EngineVote;
use commonware_consensus::{Epochable as _, Viewable as _};
use commonware_p2p::utils::mux;
use commonware_p2p::{CheckedSender, LimitedSender, Recipients, simulated};
use commonware_runtime::{IoBuf, IoBufs, deterministic};

use super::machine::Machine;
use super::{Ballot, Scenario, Vote};
use crate::bft::block::{Digest, PublicKey};

pub(super) type RawSender = simulated::Sender<PublicKey, deterministic::Context>;

/// What a channel carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Vote,
    Certificate,
    Resolver,
    Backfill,
    Broadcast,
}

/// Whose channel it is.
pub(super) struct Owner {
    pub(super) node: usize,
    pub(super) key: PublicKey,
    pub(super) scheme: Scheme,
    pub(super) machine: Arc<Machine>,
    pub(super) scenario: Arc<dyn Scenario>,
}

#[derive(Clone)]
pub(super) struct Tap {
    pub(super) inner: RawSender,
    pub(super) kind: Kind,
    pub(super) owner: Arc<Owner>,
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {}", self.kind, self.owner.node)
    }
}

/// A message about to go out.
pub(super) struct Checked<'a> {
    inner: <RawSender as LimitedSender>::Checked<'a>,
    spare: RawSender,
    kind: Kind,
    owner: Arc<Owner>,
}

impl LimitedSender for Tap {
    type PublicKey = PublicKey;
    type Checked<'a> = Checked<'a>;

    fn check(&mut self, recipients: Recipients<PublicKey>) -> Result<Checked<'_>, SystemTime> {
        let spare = self.inner.clone();
        let inner = self.inner.check(recipients)?;
        Ok(Checked { inner, spare, kind: self.kind, owner: Arc::clone(&self.owner) })
    }
}

impl CheckedSender for Checked<'_> {
    type PublicKey = PublicKey;

    fn recipients(&self) -> Vec<PublicKey> {
        self.inner.recipients()
    }

    fn send(self, message: impl Into<IoBufs> + Send, priority: bool) -> Unreliable<Feedback> {
        let message: IoBuf = message.into().coalesce();
        let to = self.inner.recipients();
        let Some(parcels) = self.owner.betray(self.kind, &message, &to) else {
            if self.kind == Kind::Vote {
                self.owner.show(&message);
            }
            return self.inner.send(message, priority);
        };
        let mut sender = self.spare;
        for (to, message) in parcels {
            commonware_p2p::Sender::send(&mut sender, Recipients::Some(to), message, priority);
        }
        Unreliable::new(Feedback::Ok)
    }
}

impl Owner {
    fn show(&self, message: &IoBuf) {
        let Some((_, vote)) = read_vote(message) else { return };
        let ballot = match &vote {
            EngineVote::Notarize(vote) => Ballot::Notarize(vote.proposal.payload.0),
            EngineVote::Nullify(_) => Ballot::Nullify,
            EngineVote::Finalize(vote) => Ballot::Finalize(vote.proposal.payload.0),
        };
        let vote = Vote { epoch: vote.epoch().get(), view: vote.view().get(), ballot };
        self.scenario.voted(self.node, vote);
    }
}

/// The epoch's subchannel and the vote that a message of the vote channel holds.
pub(super) fn read_vote(message: &IoBuf) -> Option<(u64, EngineVote<Scheme, Digest>)> {
    let (subchannel, vote) = mux::parse(message.clone()).ok()?;
    Some((subchannel, EngineVote::decode(Copying(vote.as_ref())).ok()?))
}
