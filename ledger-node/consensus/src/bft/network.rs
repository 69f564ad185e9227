//! The encrypted, allow-listed p2p network between validators.
//!
//! The values suit a handful of known validators in one data centre, campus or city: private addresses are
//! normal, several validators may share an address, and a blocked peer is one of few, so it may come back
//! after a minute.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use commonware_cryptography::{ChaCha20Poly1305, ed25519};
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableManager as _};
use commonware_runtime::{Clock, Metrics, Network, Quota, Resolver, Spawner};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize};
use rand_core::CryptoRng;

use super::block::PublicKey;
use super::wiring::{Channels, message_limit};
use super::{BftConfig, Validator};
use crate::{ConsensusError, keys};

/// Messages waiting for one internal actor.
const MAILBOX: NonZeroUsize = NZUsize!(1024);
/// Messages joined into one write.
const SEND_BATCH: NonZeroUsize = NZUsize!(8);
/// Small messages (votes, certificates, requests) a second from one peer: tens a view, tens of views a second.
const SMALL_RATE: NonZeroU32 = NZU32!(2048);
/// Messages with blocks a second from one peer: broadcasts and answers during catch-up.
const BLOCK_RATE: NonZeroU32 = NZU32!(256);
/// Handshakes a second from one address; several validators may share one and restart together.
const HANDSHAKE_RATE: NonZeroU32 = NZU32!(64);
const CONCURRENT_HANDSHAKES: NonZeroU32 = NZU32!(128);
/// Greatest difference of clocks that a handshake bears, and its greatest age.
const SYNCHRONY: Duration = Duration::from_secs(5);
const HANDSHAKE_AGE: Duration = Duration::from_secs(10);

/// What the rest of the engine uses of the network.
pub(super) type Oracle = lookup::Oracle<PublicKey>;

/// The validators' addresses by key.
pub(super) fn peers(validators: &[Validator]) -> Result<Map<PublicKey, Address>, ConsensusError> {
    let entries: Option<Vec<(PublicKey, Address)>> = validators
        .iter()
        .map(|validator| Some((keys::public(&validator.public_key)?, validator.address.into())))
        .collect();
    let entries = entries.ok_or(ConsensusError::Validators("a public key is not on the curve"))?;
    Map::try_from(entries).map_err(|_| ConsensusError::Validators("a public key is repeated"))
}

/// Starts the network; returns the oracle (peers, blocking) and the engine's channels.
pub(super) fn start<E>(
    context: E,
    cfg: &BftConfig,
    key: ed25519::PrivateKey,
    peers: Map<PublicKey, Address>,
) -> (Oracle, Channels<lookup::Sender<PublicKey, E>, lookup::Receiver<PublicKey>>)
where
    E: Spawner + Clock + CryptoRng + Network + Resolver + Metrics,
{
    let validators = u32::try_from(cfg.validators.len()).unwrap_or(u32::MAX);
    let (mut network, mut oracle) =
        lookup::Network::new(context, lookup_config(cfg, key, message_limit(validators)));
    oracle.track(0, peers);
    let (small, block) = (Quota::per_second(SMALL_RATE), Quota::per_second(BLOCK_RATE));
    let channels = Channels {
        vote: network.register(0, small),
        certificate: network.register(1, small),
        resolver: network.register(2, small),
        backfill: network.register(3, block),
        broadcast: network.register(4, block),
    };
    network.start();
    (oracle, channels)
}

fn lookup_config(
    cfg: &BftConfig,
    key: ed25519::PrivateKey,
    max_message_size: u32,
) -> lookup::Config<Cups<Sake<ed25519::PrivateKey>, ChaCha20Poly1305>> {
    let sake = Sake {
        signer: key,
        synchrony_bound: SYNCHRONY,
        max_handshake_age: HANDSHAKE_AGE,
        version: sake::Version::V1,
    };
    lookup::Config {
        handshake: Cups::<_, ChaCha20Poly1305>::new(sake, cups::Version::V1),
        namespace: [b"dure/p2p/v1/".as_slice(), &cfg.chain].concat(),
        listen: cfg.listen,
        allow_private_ips: true,
        allow_dns: false,
        bypass_ip_check: false,
        max_message_size,
        // Queues are reserved for this many peers at full rate: the exact number keeps them small.
        max_peers_per_set: NonZeroUsize::MIN.saturating_add(cfg.validators.len().saturating_sub(1)),
        mailbox_size: MAILBOX,
        send_batch_size: SEND_BATCH,
        handshake_timeout: Duration::from_secs(5),
        dial_timeout: Duration::from_secs(5),
        peer_connection_cooldown: Duration::from_millis(500),
        max_concurrent_handshakes: CONCURRENT_HANDSHAKES,
        allowed_handshake_rate_per_ip: Quota::per_second(HANDSHAKE_RATE),
        allowed_handshake_rate_per_subnet: Quota::per_second(HANDSHAKE_RATE),
        ping_frequency: Duration::from_secs(5),
        dial_frequency: Duration::from_millis(200),
        tracked_peer_sets: NonZeroUsize::MIN,
        block_duration: Duration::from_secs(60),
    }
}
