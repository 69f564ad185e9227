//! What a validator starts with: its name, its world, and the channels to its peers.

use std::num::NonZeroU64;
use std::sync::Arc;

use commonware_cryptography::ed25519;

use super::block::EngineBlock;
use super::config::Timing;
use crate::Application;
use crate::engine::Shared;

/// The five channels of the engine.
pub(super) struct Channels<S, R> {
    pub(super) vote: (S, R),
    pub(super) certificate: (S, R),
    pub(super) resolver: (S, R),
    pub(super) backfill: (S, R),
    pub(super) broadcast: (S, R),
}

/// Everything that names this validator and its world.
pub(super) struct Setup<P, B, T, G> {
    pub(super) chain: Vec<u8>,
    pub(super) key: ed25519::PrivateKey,
    pub(super) genesis: EngineBlock,
    /// Blocks of an epoch, at least two.
    pub(super) epoch_blocks: NonZeroU64,
    pub(super) peers: P,
    pub(super) blocker: B,
    pub(super) tracker: T,
    pub(super) gate: G,
    pub(super) app: Arc<dyn Application>,
    pub(super) shared: Arc<Shared>,
    pub(super) timing: Timing,
    /// Prefix of all names in storage; unique for each validator that shares a storage.
    pub(super) prefix: String,
}
