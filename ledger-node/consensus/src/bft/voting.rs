//! One epoch's vote engine and its settings.

use std::time::Duration;

use commonware_consensus::simplex::config::{ForwardPolicy, SkipPolicy};
use commonware_consensus::simplex::elector::RoundRobin;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Activity;
use commonware_consensus::simplex::{self, Floor, SkipBudget};
use commonware_consensus::types::{Epoch, ViewDelta};
use commonware_consensus::{CertifiableAutomaton, Relay, Reporter};
use commonware_cryptography::Sha256;
use commonware_p2p::Blocker;
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_utils::NZDuration;

use super::Timing;
use super::block::{Digest, PublicKey, ViewContext};
use super::bounds::{FETCH_RETRY, MAILBOX, REPLAY_BUFFER, VIEW_RETENTION, WRITE_BUFFER};

/// How long a peer may take to answer a request for certificates.
const FETCH_TIMEOUT: Duration = Duration::from_secs(1);

/// Name of the files that hold our votes of `epoch`.
pub(super) fn vote_partition(prefix: &str, epoch: u64) -> String {
    format!("{}-{epoch}", vote_prefix(prefix))
}

/// What the names of all files with our votes begin with.
pub(super) fn vote_prefix(prefix: &str) -> String {
    format!("{prefix}-simplex")
}

/// What changes from epoch to epoch.
pub(super) struct Ballot {
    pub(super) epoch: u64,
    pub(super) scheme: Scheme,
    pub(super) floor: Floor<Scheme, Digest>,
}

/// What stays: who answers the engine's questions and how patient it is.
#[derive(Clone)]
pub(super) struct Voting<A, R, B> {
    pub(super) automaton: A,
    pub(super) relay: R,
    pub(super) blocker: B,
    pub(super) timing: Timing,
    pub(super) cache: CacheRef,
    pub(super) prefix: String,
}

/// The configuration of an epoch's engine.
pub(super) type VotingConfig<A, R, B> =
    simplex::Config<Scheme, RoundRobin<Sha256>, B, Digest, A, R, R, Sequential>;

impl<A, R, B> Voting<A, R, B>
where
    A: CertifiableAutomaton<Context = ViewContext, Digest = Digest>,
    R: Relay + Reporter<Activity = Activity<Scheme, Digest>> + Clone,
    B: Blocker<PublicKey = PublicKey>,
{
    pub(super) fn config(&self, ballot: Ballot) -> VotingConfig<A, R, B> {
        simplex::Config {
            partition: vote_partition(&self.prefix, ballot.epoch),
            floor: ballot.floor,
            scheme: ballot.scheme,
            elector: RoundRobin::<Sha256>::default(),
            blocker: self.blocker.clone(),
            automaton: self.automaton.clone(),
            relay: self.relay.clone(),
            reporter: self.relay.clone(),
            strategy: Sequential,
            mailbox_size: MAILBOX,
            epoch: Epoch::new(ballot.epoch),
            replay_buffer: REPLAY_BUFFER,
            write_buffer: WRITE_BUFFER,
            page_cache: self.cache.clone(),
            leader_timeout: self.timing.leader,
            certification_timeout: self.timing.certification,
            timeout_retry: self.timing.retry,
            view_retention: ViewDelta::new(VIEW_RETENTION),
            skip: SkipPolicy::Enabled { timeout: self.timing.skip, budget: SkipBudget::Participants },
            fetch_timeout: NZDuration!(FETCH_TIMEOUT),
            fetch_retry_delay: FETCH_RETRY,
            forward: ForwardPolicy::SilentLeader,
            track_historical_votes: false,
        }
    }
}
