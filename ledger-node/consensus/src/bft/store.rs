//! The block store: takes blocks and certificates in, asks peers for what is missing, keeps both, and reports final
//! blocks in order. It goes on while vote engines come and go.

use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use commonware_broadcast::buffered;
use commonware_consensus::Reporter;
use commonware_consensus::marshal::core::Actor as MarshalActor;
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::marshal::{self, Start, Update};
use commonware_consensus::types::{FixedEpocher, ViewDelta};
use commonware_cryptography::Digested;
use commonware_p2p::{Blocker, Provider as PeerProvider, Receiver, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_storage::archive::prunable;
use commonware_storage::translator::TwoCap;
use commonware_utils::{NZDuration, NZU64, NZUsize};
use rand_core::CryptoRng;

use super::block::{EngineBlock, PublicKey};
use super::bounds::{
    FETCH_RETRY, MAILBOX, MAX_PENDING_ACKS, MarshalMailbox, REPLAY_BUFFER, VIEW_RETENTION, WRITE_BUFFER,
};
use super::schemes::Schemes;
use super::setup::Setup;
use crate::keys;

/// The block store's configuration with our types.
type MarshalConfig = marshal::Config<Schemes, FixedEpocher, Sequential, EngineBlock, Digested<EngineBlock>>;

/// Heights a section of the block archives holds; pruning frees whole sections.
const SECTION: NonZeroU64 = NZU64!(256);
/// Views a section of the cache of unfinalized blocks holds.
const VIEW_SECTION: NonZeroU64 = NZU64!(256);
/// Blocks kept of each peer's broadcasts while votes for them are under way (4 MiB each at most).
const BROADCAST_DEPTH: usize = 8;
/// Missing blocks asked for at once during catch-up.
const MAX_REPAIR: NonZeroUsize = NZUsize!(32);
/// How long a peer may take to answer a request for blocks.
const BACKFILL_TIMEOUT: Duration = Duration::from_secs(2);

/// What the store is opened with, beside the validator's own setup.
pub(super) struct Opening<'a, S, R, Rep> {
    pub(super) cache: &'a CacheRef,
    pub(super) schemes: &'a Schemes,
    pub(super) me: &'a PublicKey,
    /// The backfill channel and the broadcast channel.
    pub(super) link: ((S, R), (S, R)),
    /// Gets the final blocks.
    pub(super) reporter: Rep,
}

impl<S, R, Rep> Opening<'_, S, R, Rep>
where
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    Rep: Reporter<Activity = Update<EngineBlock>>,
{
    /// Starts the store; returns the handle to it and the height up to which it had handed over blocks.
    pub(super) async fn start<E, P, B, T, G>(
        self,
        context: &E,
        setup: &Setup<P, B, T, G>,
    ) -> Result<(MarshalMailbox, u64), String>
    where
        E: Clock + CryptoRng + Spawner + Storage + Metrics,
        P: PeerProvider<PublicKey = PublicKey>,
        B: Blocker<PublicKey = PublicKey>,
    {
        let (backfill, broadcast) = self.link;
        let resolver = backfill::init(context.child("backfill"), backfill_config(self.me, setup), backfill);
        let (sender, buffer) =
            buffered::Engine::new(context.child("broadcast"), broadcast_config(self.me, setup));
        sender.start(broadcast);
        let finalizations = archive(&setup.prefix, "finalizations", self.cache.clone(), keys::MAX_VALIDATORS);
        let finalizations = prunable::Archive::init(context.child("finalizations"), finalizations)
            .await
            .map_err(|error| format!("cannot open the certificate archive: {error}"))?;
        let blocks = archive(&setup.prefix, "blocks", self.cache.clone(), ());
        let blocks = prunable::Archive::init(context.child("blocks"), blocks)
            .await
            .map_err(|error| format!("cannot open the block archive: {error}"))?;
        let config = marshal_config(setup, self.schemes.clone(), self.cache.clone());
        let (actor, mailbox, floor) = MarshalActor::<_, Standard<EngineBlock>, _, _, _, _, _>::init(
            context.child("marshal"),
            finalizations,
            blocks,
            config,
        )
        .await;
        actor.start(self.reporter, buffer, resolver);
        Ok((mailbox, floor.processed().map_or(0, |processed| processed.height().get())))
    }
}

fn backfill_config<P, B, T, G>(me: &PublicKey, setup: &Setup<P, B, T, G>) -> backfill::Config<PublicKey, P, B>
where
    P: PeerProvider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
{
    backfill::Config {
        public_key: me.clone(),
        peer_provider: setup.peers.clone(),
        blocker: setup.blocker.clone(),
        mailbox_size: MAILBOX,
        fetch_timeout: NZDuration!(BACKFILL_TIMEOUT),
        fetch_retry_delay: FETCH_RETRY,
        priority_requests: false,
        priority_responses: false,
    }
}

fn broadcast_config<P, B, T, G>(
    me: &PublicKey,
    setup: &Setup<P, B, T, G>,
) -> buffered::Config<PublicKey, (), P, Sequential>
where
    P: PeerProvider<PublicKey = PublicKey>,
{
    buffered::Config {
        public_key: me.clone(),
        mailbox_size: MAILBOX,
        deque_size: BROADCAST_DEPTH,
        priority: false,
        codec_config: (),
        peer_provider: setup.peers.clone(),
        strategy: Sequential,
    }
}

fn marshal_config<P, B, T, G>(
    setup: &Setup<P, B, T, G>,
    provider: Schemes,
    cache: CacheRef,
) -> MarshalConfig {
    marshal::Config {
        provider,
        epocher: FixedEpocher::new(setup.epoch_blocks),
        start: Start::Genesis(setup.genesis.clone().digested()),
        partition_prefix: setup.prefix.clone(),
        mailbox_size: MAILBOX,
        view_retention: ViewDelta::new(retention(setup.epoch_blocks)),
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

/// Views for which blocks that are not final yet are kept. The store frees an epoch's cache once the next one has come
/// so many views far, so this must be less than any epoch has.
fn retention(epoch_blocks: NonZeroU64) -> u64 {
    VIEW_RETENTION.min(epoch_blocks.get() / 2).max(1)
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
