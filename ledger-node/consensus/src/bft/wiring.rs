//! Joins the engine's parts, over any runtime and any network: production and simulation run this very code.

use std::num::{NonZeroU16, NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::Actor as MarshalActor;
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::{Deferred, Standard};
use commonware_consensus::marshal::{self, Start, Update};
use commonware_consensus::simplex::config::{ForwardPolicy, SkipPolicy};
use commonware_consensus::simplex::elector::RoundRobin;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Activity;
use commonware_consensus::simplex::{self, SkipBudget};
use commonware_consensus::types::{Epoch, FixedEpocher, ViewDelta};
use commonware_consensus::{CertifiableAutomaton, Relay, Reporter};
use commonware_cryptography::certificate::{ConstantProvider, Verifier as _};
use commonware_cryptography::{Digested, Digestible as _, Sha256};
use commonware_p2p::{Blocker, Provider as PeerProvider, Receiver, Sender, max_message_size};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage};
use commonware_storage::archive::prunable;
use commonware_storage::translator::TwoCap;
use commonware_utils::{NZDuration, NZU16, NZU64, NZUsize};
use rand_core::CryptoRng;

use super::Timing;
use super::block::{Digest, EngineBlock, PublicKey, ViewContext};
use super::freshness::Fresh;
use super::proposer::Proposer;
use crate::Application;
use crate::engine::Shared;

/// Handle to the engine's block store and delivery.
pub(super) type MarshalMailbox = marshal::core::Mailbox<Scheme, Standard<EngineBlock>>;

/// The block store's configuration with our types.
type MarshalConfig = marshal::Config<
    ConstantProvider<Scheme, Epoch>,
    FixedEpocher,
    Sequential,
    EngineBlock,
    Digested<EngineBlock>,
>;

/// Messages an actor may have waiting before it pushes back; far above what a handful of peers produce.
const MAILBOX: NonZeroUsize = NZUsize!(1024);
/// Buffer of each open journal file. Votes and blocks are synced at once, so a larger one saves nothing.
const WRITE_BUFFER: NonZeroUsize = NZUsize!(262_144);
/// Read-ahead while journals are replayed at start.
const REPLAY_BUFFER: NonZeroUsize = NZUsize!(1_048_576);
/// Page cache of all journals: 4 KiB pages, 8 MiB together.
const PAGE_BYTES: NonZeroU16 = NZU16!(4096);
const PAGES: NonZeroUsize = NZUsize!(2048);
/// Heights a section of the block archives holds; pruning frees whole sections.
const SECTION: NonZeroU64 = NZU64!(1024);
/// Views a section of the cache of unfinalized blocks holds.
const VIEW_SECTION: NonZeroU64 = NZU64!(256);
/// Views kept behind the last final one for slow peers.
const VIEW_RETENTION: u64 = 256;
/// Blocks kept of each peer's broadcasts while votes for them are under way (4 MiB each at most).
const BROADCAST_DEPTH: usize = 8;
/// Missing blocks asked for at once during catch-up.
const MAX_REPAIR: NonZeroUsize = NZUsize!(32);
/// Final blocks that may wait for the application: bounds the delivery queue.
const MAX_PENDING_ACKS: NonZeroUsize = NZUsize!(16);
/// How long a peer may take to answer a request for blocks, and the pause before the next try.
const BACKFILL_TIMEOUT: Duration = Duration::from_secs(2);
const VOTE_FETCH_TIMEOUT: Duration = Duration::from_secs(1);
const FETCH_RETRY: Duration = Duration::from_millis(100);

/// Largest message among `validators` nodes, bytes.
pub(super) fn message_limit(validators: u32) -> u32 {
    max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(validators),
        marshal::max_payload_size::<Standard<EngineBlock>, Scheme>(validators, &()),
    ])
}

/// Name prefix of the files that hold our votes.
pub(super) fn vote_partition(prefix: &str) -> String {
    format!("{prefix}-simplex")
}

/// The five channels of the engine.
pub(super) struct Channels<S, R> {
    pub(super) vote: (S, R),
    pub(super) certificate: (S, R),
    pub(super) resolver: (S, R),
    pub(super) backfill: (S, R),
    pub(super) broadcast: (S, R),
}

/// Everything that names this validator and its world.
pub(super) struct Setup<P, B> {
    pub(super) me: PublicKey,
    pub(super) scheme: Scheme,
    pub(super) genesis: EngineBlock,
    pub(super) peers: P,
    pub(super) blocker: B,
    pub(super) app: Arc<dyn Application>,
    pub(super) shared: Arc<Shared>,
    pub(super) timing: Timing,
    /// Prefix of all names in storage; unique for each validator that shares a storage.
    pub(super) prefix: String,
}

/// Starts the engine. Returns its handle, which resolves when the engine ends, and the block store.
pub(super) async fn start<E, S, R, P, B, Rep>(
    context: E,
    setup: Setup<P, B>,
    channels: Channels<S, R>,
    reporter: Rep,
) -> Result<(Handle<()>, MarshalMailbox), String>
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    P: PeerProvider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    Rep: Reporter<Activity = Update<EngineBlock>>,
{
    let cache = CacheRef::new(PAGE_BYTES, PAGES);
    // One epoch without end: the validator set is fixed by the genesis block.
    let epocher = FixedEpocher::new(NonZeroU64::MAX);

    let resolver = backfill::init(context.child("backfill"), backfill_config(&setup), channels.backfill);
    let (broadcast, buffer) = buffered::Engine::new(context.child("broadcast"), broadcast_config(&setup));
    broadcast.start(channels.broadcast);

    let codec = setup.scheme.certificate_codec_config();
    let finalizations = archive(&setup.prefix, "finalizations", cache.clone(), codec);
    let finalizations = prunable::Archive::init(context.child("finalizations"), finalizations)
        .await
        .map_err(|error| format!("cannot open the certificate archive: {error}"))?;
    let blocks = archive(&setup.prefix, "blocks", cache.clone(), ());
    let blocks = prunable::Archive::init(context.child("blocks"), blocks)
        .await
        .map_err(|error| format!("cannot open the block archive: {error}"))?;
    let (actor, mailbox, _) = MarshalActor::<_, Standard<EngineBlock>, _, _, _, _, _>::init(
        context.child("marshal"),
        finalizations,
        blocks,
        marshal_config(&setup, epocher.clone(), cache.clone()),
    )
    .await;

    let proposer = Proposer {
        app: Arc::clone(&setup.app),
        shared: Arc::clone(&setup.shared),
        marshal: mailbox.clone(),
        heartbeat: setup.timing.heartbeat,
        min_interval: setup.timing.min_interval,
    };
    let deferred = Deferred::new(context.child("deferred"), proposer, mailbox.clone(), epocher);
    let automaton = Fresh::new(context.child("fresh"), deferred.clone(), mailbox.clone());
    actor.start(reporter, buffer, resolver);

    let config = simplex_config(setup, automaton, deferred, cache);
    let engine = simplex::Engine::new(context.child("simplex"), config);
    Ok((engine.start(channels.vote, channels.certificate, channels.resolver), mailbox))
}

fn backfill_config<P, B>(setup: &Setup<P, B>) -> backfill::Config<PublicKey, P, B>
where
    P: PeerProvider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
{
    backfill::Config {
        public_key: setup.me.clone(),
        peer_provider: setup.peers.clone(),
        blocker: setup.blocker.clone(),
        mailbox_size: MAILBOX,
        fetch_timeout: NZDuration!(BACKFILL_TIMEOUT),
        fetch_retry_delay: FETCH_RETRY,
        priority_requests: false,
        priority_responses: false,
    }
}

fn broadcast_config<P, B>(setup: &Setup<P, B>) -> buffered::Config<PublicKey, (), P, Sequential>
where
    P: PeerProvider<PublicKey = PublicKey>,
{
    buffered::Config {
        public_key: setup.me.clone(),
        mailbox_size: MAILBOX,
        deque_size: BROADCAST_DEPTH,
        priority: false,
        codec_config: (),
        peer_provider: setup.peers.clone(),
        strategy: Sequential,
    }
}

fn simplex_config<P, B, A, R>(
    setup: Setup<P, B>,
    automaton: A,
    relay: R,
    cache: CacheRef,
) -> simplex::Config<Scheme, RoundRobin<Sha256>, B, Digest, A, R, R, Sequential>
where
    B: Blocker<PublicKey = PublicKey>,
    A: CertifiableAutomaton<Context = ViewContext>,
    R: Relay + Reporter<Activity = Activity<Scheme, Digest>>,
{
    simplex::Config {
        partition: format!("{}-0", vote_partition(&setup.prefix)),
        floor: simplex::Floor::Genesis(setup.genesis.digest()),
        scheme: setup.scheme,
        elector: RoundRobin::<Sha256>::default(),
        blocker: setup.blocker,
        automaton,
        relay: relay.clone(),
        reporter: relay,
        strategy: Sequential,
        mailbox_size: MAILBOX,
        epoch: Epoch::zero(),
        replay_buffer: REPLAY_BUFFER,
        write_buffer: WRITE_BUFFER,
        page_cache: cache,
        leader_timeout: setup.timing.leader,
        certification_timeout: setup.timing.certification,
        timeout_retry: setup.timing.retry,
        view_retention: ViewDelta::new(VIEW_RETENTION),
        skip: SkipPolicy::Enabled { timeout: setup.timing.skip, budget: SkipBudget::Participants },
        fetch_timeout: NZDuration!(VOTE_FETCH_TIMEOUT),
        fetch_retry_delay: FETCH_RETRY,
        forward: ForwardPolicy::SilentLeader,
        track_historical_votes: false,
    }
}

fn marshal_config<P, B>(setup: &Setup<P, B>, epocher: FixedEpocher, cache: CacheRef) -> MarshalConfig {
    marshal::Config {
        provider: ConstantProvider::new(setup.scheme.clone()),
        epocher,
        start: Start::Genesis(setup.genesis.clone().digested()),
        partition_prefix: setup.prefix.clone(),
        mailbox_size: MAILBOX,
        view_retention: ViewDelta::new(VIEW_RETENTION),
        prunable_items_per_section: VIEW_SECTION,
        page_cache: cache,
        replay_buffer: REPLAY_BUFFER,
        key_write_buffer: WRITE_BUFFER,
        value_write_buffer: WRITE_BUFFER,
        block_codec_config: (),
        max_repair: MAX_REPAIR,
        max_pending_acks: MAX_PENDING_ACKS,
        strategy: Sequential,
    }
}

fn archive<C>(prefix: &str, name: &str, cache: CacheRef, codec_config: C) -> prunable::Config<TwoCap, C> {
    prunable::Config {
        translator: TwoCap,
        metadata_partition: format!("{prefix}-{name}-metadata"),
        key_partition: format!("{prefix}-{name}-key"),
        key_page_cache: cache,
        value_partition: format!("{prefix}-{name}-value"),
        compression: None,
        codec_config,
        items_per_section: SECTION,
        key_write_buffer: WRITE_BUFFER,
        value_write_buffer: WRITE_BUFFER,
        replay_buffer: REPLAY_BUFFER,
    }
}
