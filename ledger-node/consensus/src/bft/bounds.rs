//! The bounds of the engine's parts, and the handle that most of them hold.

use std::num::NonZeroUsize;
use std::time::Duration;

use commonware_consensus::marshal;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_p2p::max_message_size;
use commonware_p2p::utils::mux::prefixed;
use commonware_utils::NZUsize;

use super::block::{Digest, EngineBlock};
use crate::keys;

/// Handle to the engine's block store and delivery.
pub(super) type MarshalMailbox = marshal::core::Mailbox<Scheme, Standard<EngineBlock>>;

/// Messages an actor may have waiting before it pushes back; far above what a handful of peers produce.
pub(super) const MAILBOX: NonZeroUsize = NZUsize!(1024);
/// Buffer of each open journal file. Votes and blocks are synced at once, so a larger one saves nothing.
pub(super) const WRITE_BUFFER: NonZeroUsize = NZUsize!(262_144);
/// Read-ahead while journals are replayed at start.
pub(super) const REPLAY_BUFFER: NonZeroUsize = NZUsize!(1_048_576);
/// Views kept behind the last final one for slow peers.
pub(super) const VIEW_RETENTION: u64 = 256;
/// Final blocks that may wait for the application: bounds the delivery queue.
pub(super) const MAX_PENDING_ACKS: NonZeroUsize = NZUsize!(16);
/// Pause before something is asked for again.
pub(super) const FETCH_RETRY: Duration = Duration::from_millis(100);

/// Largest message among as many nodes as a chain may have validators, bytes: the set may grow while we run.
pub(super) fn message_limit() -> u32 {
    let validators = u32::try_from(keys::MAX_VALIDATORS).unwrap_or(u32::MAX);
    max_message_size(&[
        prefixed(simplex::max_payload_size::<Scheme, Digest>(validators)),
        marshal::max_payload_size::<Standard<EngineBlock>, Scheme>(validators, &()),
    ])
}
