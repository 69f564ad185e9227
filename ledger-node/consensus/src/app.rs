//! What the node supplies: where content comes from, what is valid, and where final blocks go.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Block, BlockHeader, Hash};

/// One member of the validator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Standard ed25519 public key.
    pub public_key: [u8; 32],
    /// Where the others reach it, p2p; without it they cannot.
    pub address: Option<SocketAddr>,
}

/// Content of a new block, within the bounds [`crate::MAX_APP_BYTES`], [`crate::MAX_ITEMS`],
/// [`crate::MAX_ITEM_BYTES`] and [`crate::MAX_BLOCK_BYTES`]; content beyond them is not proposed.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Application header.
    pub app: Vec<u8>,
    /// Items in the order in which they shall apply.
    pub items: Vec<Bytes>,
}

/// The application's judgement of a proposed block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Valid on top of its ancestors.
    Accept,
    /// Can never become valid, for anyone. Must not depend on a clock, a mempool or anything local: honest
    /// nodes that disagree for ever would stop the chain.
    Reject,
    /// Cannot be judged yet (e.g. it names the state root of a height that this node has not executed);
    /// asked again every few milliseconds until the view is over.
    NotYet,
}

/// A block that will never be undone.
#[derive(Clone, Debug)]
pub struct Finalized {
    /// The block.
    pub block: Arc<Block>,
    /// The header's digest.
    pub digest: Hash,
    /// The validators' certificate over the digest, in the layout of [`crate::verify_certificate`]. A block
    /// that became final through a descendant, or in a later view, may lack its own.
    pub certificate: Option<Vec<u8>>,
}

/// The state machine that is being replicated. Called from consensus tasks; calls must be quick except where
/// said otherwise.
pub trait Application: Send + Sync + 'static {
    /// Builds the content of the block after `parent`. `pending` holds the ancestors that are not applied
    /// yet, oldest first, up to and including the parent, so that nothing is included twice. Some of them
    /// may become applied while the call runs.
    fn propose(&self, parent: &BlockHeader, pending: &[Arc<Block>], time_ms: u64) -> Content;

    /// Whether anything waits to be ordered. While nothing does, blocks come at the heartbeat only. Call
    /// [`crate::Engine::wake`] when the answer turns to yes.
    fn has_work(&self) -> bool;

    /// Judges a proposed block; `pending` as for [`Application::propose`]. Runs on a blocking-friendly
    /// thread: checking thousands of signatures here is fine. Structure, items root, height, parent and
    /// order of time are already checked.
    fn verify(&self, block: &Block, pending: &[Arc<Block>]) -> Verdict;

    /// Takes over a final block: durable when this returns. Called on one thread of its own, in order of
    /// height without gaps, exactly once for each height above [`Application::applied_height`]. An error
    /// stops the orderer for good.
    fn finalized(&self, finalized: Finalized) -> Result<(), String>;

    /// Last durable height; 0 means genesis only.
    fn applied_height(&self) -> u64;

    /// Who orders blocks in `epoch`, in any order. `None` while that is not settled; it must be settled for every
    /// epoch up to the one after that of the next block (see [`dure_chain::epoch::epoch_of`]), and must never change then.
    fn validators(&self, epoch: u64) -> Option<Vec<Validator>>;

    /// The header of an applied block; genesis has height 0. Must be there for the last block before the
    /// current epoch.
    fn header(&self, height: u64) -> Option<BlockHeader>;

    /// The newest applied block that is at hand with its items and a certificate, if there is one among the
    /// last few hundred: where a node that followed the chain by other means enters it.
    fn certified(&self) -> Option<Finalized>;

    /// Another validator was disconnected, and is not let in for a while, because it sent what no honest one sends. Must
    /// return at once.
    fn peer_blocked(&self, key: &[u8; 32]);
}
