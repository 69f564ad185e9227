//! Runs one vote engine an epoch: the block store goes on while they come and go.
//!
//! When an epoch's last block is applied, the validators of the next one are settled. Each validator then notes
//! that it is about to vote there, starts the next engine on that block, and ends the one before. Messages are
//! sorted by epoch. A message of a later epoch than ours says that its sender has the certificate of our
//! epoch's last block: we ask it for that. A validator that is not in the next set lingers for a moment, so that
//! the others surely get the last certificate, and retires.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Activity;
use commonware_consensus::simplex::{self, Floor};
use commonware_consensus::types::{Epoch, Height};
use commonware_consensus::{CertifiableAutomaton, Relay, Reporter, simplex::Plan};
use commonware_cryptography::certificate::Provider as _;
use commonware_cryptography::sha256;
use commonware_macros::select;
use commonware_p2p::utils::mux::{Builder as _, MuxHandle, Muxer};
use commonware_p2p::{Blocker, Channel, Message, Receiver, Sender};
use commonware_runtime::{Clock, Error as RuntimeError, Handle, Metrics, Spawner, Storage};
use commonware_utils::channel::mpsc;
use commonware_utils::vec::NonEmptyVec;
use futures::StreamExt as _;
use futures::channel::mpsc as unbounded;
use rand_core::CryptoRng;

use super::block::{Digest, PublicKey, ViewContext};
use super::bounds::MarshalMailbox;
use super::schemes::Schemes;
use super::voting::{Ballot, Voting, vote_partition};
use crate::engine::Stopped;
use crate::journal::{Admission, Gate};
use crate::{Application, Validator, certificate};
use dure_chain::epoch::{first_height, last_height};

/// How long a validator stays that is not in the next set: several rounds of messages.
const LINGER: Duration = Duration::from_secs(2);

/// Tells the network whom to reach.
pub(super) trait Tracker: Send + 'static {
    /// From `epoch` on: its validators, and others that may still, or already, have business with us.
    fn track(&mut self, epoch: u64, validators: &[Validator], others: &[Validator]);
}

/// Messages of an epoch without an engine here.
type Unrouted = mpsc::Receiver<(Channel, Message<PublicKey>)>;

/// The engines' three channels, sorted by epoch.
pub(super) struct Routes<S: Sender<PublicKey = PublicKey>> {
    vote: MuxHandle<S>,
    certificate: MuxHandle<S>,
    resolver: MuxHandle<S>,
    unrouted_votes: Unrouted,
    unrouted_certificates: Unrouted,
}

impl<S: Sender<PublicKey = PublicKey>> Routes<S> {
    pub(super) fn new<E, R>(context: &E, vote: (S, R), certificate: (S, R), resolver: (S, R)) -> Self
    where
        E: Spawner + Metrics,
        R: Receiver<PublicKey = PublicKey>,
    {
        let (mux, vote, unrouted_votes) =
            Muxer::builder(context.child("vote_mux"), vote.0, vote.1).with_backup().build();
        mux.start();
        let (mux, certificate, unrouted_certificates) =
            Muxer::builder(context.child("certificate_mux"), certificate.0, certificate.1)
                .with_backup()
                .build();
        mux.start();
        let (mux, resolver) = Muxer::new(context.child("resolver_mux"), resolver.0, resolver.1);
        mux.start();
        Self { vote, certificate, resolver, unrouted_votes, unrouted_certificates }
    }
}

/// A running engine; dropping it ends it with all its tasks.
struct Active {
    epoch: u64,
    engine: Handle<()>,
}

impl Drop for Active {
    fn drop(&mut self) {
        self.engine.abort();
    }
}

/// All that an epoch's engine is made from.
pub(super) struct Epochs<E, S, A, R, B, T, G>
where
    S: Sender<PublicKey = PublicKey>,
{
    pub(super) context: E,
    pub(super) me: [u8; 32],
    pub(super) app: Arc<dyn Application>,
    pub(super) epoch_blocks: u64,
    pub(super) schemes: Schemes,
    pub(super) marshal: MarshalMailbox,
    pub(super) voting: Voting<A, R, B>,
    pub(super) tracker: T,
    pub(super) gate: G,
    pub(super) routes: Routes<S>,
}

impl<E, S, A, R, B, T, G> Epochs<E, S, A, R, B, T, G>
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    S: Sender<PublicKey = PublicKey>,
    A: CertifiableAutomaton<Context = ViewContext, Digest = Digest>,
    R: Relay<Digest = Digest, PublicKey = PublicKey, Plan = Plan<PublicKey>>
        + Reporter<Activity = Activity<Scheme, Digest>>
        + Clone,
    B: Blocker<PublicKey = PublicKey>,
    T: Tracker,
    G: Gate,
{
    /// Runs until the node retires or something fails. `entered` yields the epoch of the next block whenever that
    /// changes.
    pub(super) async fn run(mut self, mut entered: unbounded::UnboundedReceiver<u64>) -> Stopped {
        let mut active: Option<Active> = None;
        loop {
            let current = active.as_ref().map(|active| active.epoch);
            let ended = async {
                match active.as_mut() {
                    Some(active) => (&mut active.engine).await,
                    None => pending().await,
                }
            };
            select! {
                epoch = entered.next() => {
                    // The delivery has ended: it says why itself, and that ends us.
                    let Some(mut epoch) = epoch else { return pending().await };
                    // A node that catches up may cross several borders at once: only the newest epoch goes on.
                    while let Ok(later) = entered.try_recv() {
                        epoch = later;
                    }
                    match self.enter(epoch).await {
                        // The one before is dropped and ends only now that its successor runs.
                        Ok(next) => active = Some(next),
                        Err(reason) => {
                            if active.is_some() && matches!(reason, Stopped::Retired { .. }) {
                                self.context.sleep(LINGER).await;
                            }
                            return reason;
                        }
                    }
                },
                message = self.routes.unrouted_votes.recv() => {
                    let Some((epoch, (from, _))) = message else { return closed() };
                    self.hint(current, epoch, from);
                },
                message = self.routes.unrouted_certificates.recv() => {
                    let Some((epoch, (from, _))) = message else { return closed() };
                    self.hint(current, epoch, from);
                },
                ended = ended => return Stopped::Engine(format!("the vote engine ended: {ended:?}")),
            }
        }
    }

    /// A peer is in a later epoch: it can give us the certificate of our epoch's last block.
    fn hint(&self, current: Option<u64>, theirs: u64, from: PublicKey) {
        if let Some(ours) = current.filter(|ours| *ours < theirs) {
            let last = Height::new(last_height(ours, self.epoch_blocks));
            self.marshal.hint_finalized(last, NonEmptyVec::new(from));
        }
    }

    async fn enter(&mut self, epoch: u64) -> Result<Active, Stopped> {
        let validators = self.schemes.validators(epoch).ok_or_else(|| missing("the validators", epoch))?;
        if !validators.iter().any(|validator| validator.public_key == self.me) {
            return Err(Stopped::Retired { epoch });
        }
        let before = first_height(epoch, self.epoch_blocks).saturating_sub(1);
        let border = self.app.header(before).ok_or_else(|| missing("the block before", epoch))?;
        let scheme = self.schemes.scheme(Epoch::new(epoch)).ok_or_else(|| missing("the keys", epoch))?;
        let admission =
            self.gate.admit(epoch, border.time_ms).map_err(|error| Stopped::Engine(error.to_string()))?;

        self.tracker.track(epoch, &validators, &self.neighbours(epoch, &validators));
        let start = Floor::Genesis(sha256::Digest(border.digest()));
        let floor = self.later_start(epoch, &admission).unwrap_or(start);
        let config = self.voting.config(Ballot { epoch, scheme: scheme.as_ref().clone(), floor });
        let vote = self.routes.vote.register(epoch).await.map_err(|_| closed())?;
        let certificate = self.routes.certificate.register(epoch).await.map_err(|_| closed())?;
        let resolver = self.routes.resolver.register(epoch).await.map_err(|_| closed())?;
        let context = self.context.child("simplex").with_attribute("epoch", epoch);
        let engine = simplex::Engine::new(context, config).start(vote, certificate, resolver);
        tracing::info!(epoch, validators = validators.len(), "epoch entered");
        self.forget(epoch, &admission).await;
        Ok(Active { epoch, engine })
    }

    /// A node that comes in the middle of an epoch, having followed it by other means, starts at the newest
    /// certificate instead of at the epoch's first view.
    fn later_start(&self, epoch: u64, admission: &Admission) -> Option<Floor<Scheme, Digest>> {
        let newest = self.app.certified().filter(|newest| newest.block.header.epoch == epoch)?;
        let bytes = newest.certificate.filter(|_| admission.first)?;
        let mut rng = commonware_utils::sys_rng();
        let finalization = certificate::decode(&newest.block.header, &bytes)?;
        let scoped = self.schemes.scoped(Epoch::new(epoch))?;
        let holds = finalization.verify(&mut rng, &scoped, &commonware_parallel::Sequential);
        holds.then_some(Floor::Finalized(finalization))
    }

    /// Validators of the epochs beside `epoch` that are not its own.
    fn neighbours(&self, epoch: u64, validators: &[Validator]) -> Vec<Validator> {
        let before = epoch.checked_sub(1).and_then(|epoch| self.schemes.validators(epoch));
        let after = epoch.checked_add(1).and_then(|epoch| self.schemes.validators(epoch));
        let mut others: Vec<Validator> = Vec::new();
        for other in before.into_iter().chain(after).flatten() {
            let known = validators.iter().chain(&others).any(|known| known.public_key == other.public_key);
            if !known {
                others.push(other);
            }
        }
        others
    }

    /// Removes vote journals that nothing needs any more. The epoch before stays until the next change: its
    /// engine may still be ending.
    async fn forget(&self, epoch: u64, admission: &Admission) {
        let Some(newest) = epoch.checked_sub(2) else { return };
        let mut old = vec![newest];
        old.extend(admission.previous.filter(|previous| *previous < newest));
        for epoch in old {
            match self.context.remove(&vote_partition(&self.voting.prefix, epoch), None).await {
                Ok(()) => tracing::debug!(epoch, "vote journal removed"),
                Err(RuntimeError::PartitionMissing(_)) => {}
                Err(error) => tracing::warn!(epoch, %error, "an old vote journal cannot be removed"),
            }
        }
    }
}

fn missing(what: &str, epoch: u64) -> Stopped {
    Stopped::Application(format!("{what} of epoch {epoch} is not known"))
}

fn closed() -> Stopped {
    Stopped::Engine("the network ended".to_owned())
}
