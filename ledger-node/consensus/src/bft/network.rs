//! The encrypted, allow-listed p2p network between validators.
//!
//! The values suit a handful of known validators in one data centre, campus or city: private addresses are
//! normal, several validators may share an address, and a blocked peer is one of few, so it may come back
//! after a minute.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use commonware_cryptography::{ChaCha20Poly1305, ed25519};
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableTrackedPeers};
use commonware_runtime::{Clock, Metrics, Network, Quota, Resolver, Spawner};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize};
use rand_core::CryptoRng;

use super::BftConfig;
use super::block::PublicKey;
use super::bounds::message_limit;
use super::epochs::Tracker;
use super::setup::Channels;
use crate::Validator;
use crate::keys;

/// Messages waiting for one internal actor.
const MAILBOX: NonZeroUsize = NZUsize!(1024);
/// Messages joined into one write.
const SEND_BATCH: NonZeroUsize = NZUsize!(8);
/// Small messages (votes, certificates, requests) a second from one peer: tens a view, tens of views a second.
const SMALL_RATE: NonZeroU32 = NZU32!(2048);
/// Messages with blocks a second from one peer: broadcasts and answers during catch-up.
const BLOCK_RATE: NonZeroU32 = NZU32!(256);
/// What may come at once of each kind. Queues are reserved for such a burst from every peer, so they stay small.
const SMALL_BURST: NonZeroU32 = NZU32!(128);
const BLOCK_BURST: NonZeroU32 = NZU32!(64);
/// An epoch's validators and as many of the epochs beside it.
const MAX_PEERS: NonZeroUsize = NZUsize!(2 * keys::MAX_VALIDATORS);
/// Handshakes a second from one address; several validators may share one and restart together.
const HANDSHAKE_RATE: NonZeroU32 = NZU32!(64);
const CONCURRENT_HANDSHAKES: NonZeroU32 = NZU32!(128);
/// Greatest difference of clocks that a handshake bears, and its greatest age.
const SYNCHRONY: Duration = Duration::from_secs(5);
const HANDSHAKE_AGE: Duration = Duration::from_secs(10);

/// What the rest of the engine uses of the network.
pub(super) type Oracle = lookup::Oracle<PublicKey>;

impl Tracker for Oracle {
    fn track(&mut self, epoch: u64, validators: &[Validator], others: &[Validator]) {
        let others = others.get(..others.len().min(keys::MAX_VALIDATORS)).unwrap_or_default();
        // We dial the epoch's own validators; the others may call us.
        let peers = AddressableTrackedPeers::new(addresses(validators), addresses(others));
        let feedback = commonware_p2p::AddressableManager::track(self, epoch, peers);
        tracing::debug!(epoch, ?feedback, "peers tracked");
    }
}

/// The validators' addresses by key; who has none cannot be reached.
fn addresses(validators: &[Validator]) -> Map<PublicKey, Address> {
    let reachable = validators.iter().filter_map(|validator| {
        let (key, address) = (keys::public(&validator.public_key), validator.address);
        if key.is_none() || address.is_none() {
            let key = hex::encode(validator.public_key);
            tracing::warn!(key, "a validator has no address: name it in the configuration");
        }
        Some((key?, Address::from(address?)))
    });
    Map::from_iter_dedup(reachable)
}

/// Starts the network; returns the oracle (peers, blocking) and the engine's channels.
pub(super) fn start<E>(
    context: E,
    cfg: &BftConfig,
    key: ed25519::PrivateKey,
) -> (Oracle, Channels<lookup::Sender<PublicKey, E>, lookup::Receiver<PublicKey>>)
where
    E: Spawner + Clock + CryptoRng + Network + Resolver + Metrics,
{
    let (mut network, oracle) = lookup::Network::new(context, lookup_config(cfg, key));
    let small = Quota::per_second(SMALL_RATE).allow_burst(SMALL_BURST);
    let block = Quota::per_second(BLOCK_RATE).allow_burst(BLOCK_BURST);
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
        max_message_size: message_limit(),
        max_peers_per_set: MAX_PEERS,
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
        // Each set names its neighbours' validators itself.
        tracked_peer_sets: NonZeroUsize::MIN,
        block_duration: Duration::from_secs(60),
    }
}
