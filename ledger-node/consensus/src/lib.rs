//! Orders opaque items into final blocks.
//!
//! Two orderers share one set of types: [`start_bft`] runs a validator of a Byzantine-fault-tolerant set
//! (n = 3f + 1), [`start_solo`] one node alone. Both build the same [`Block`]s, call the same
//! [`Application`] and issue certificates in the same layout ([`verify_certificate`]).
//!
//! What this crate promises:
//!
//! - one final block a height, delivered in order, exactly once above the application's own height;
//! - the digest that validators sign is recomputable from the [`BlockHeader`] alone, and the header commits
//!   to the items by their root;
//! - block time grows strictly, and a quorum saw it within two seconds of their clocks;
//! - the validator set changes at the borders of epochs only, to what the [`Application`] says;
//! - a validator that lost its journal refuses to start ([`ConsensusError::WipedJournal`]);
//! - no type of the underlying engine appears in this crate's API.
//!
//! What it does not know: what an item means, how state is kept, HTTP, RocksDB.

mod app;
mod bft;
mod block;
mod certificate;
mod engine;
#[cfg(test)]
mod epoch;
mod error;
mod files;
mod header;
mod journal;
mod keys;
mod solo;

use std::sync::Arc;

#[cfg(feature = "simulation")]
pub use bft::world as simulation;

pub use app::{Application, Content, Finalized, Validator, Verdict};
pub use bft::{BftConfig, Timing, start_bft};
pub use block::{Block, MAX_BLOCK_BYTES, MAX_ITEM_BYTES, MAX_ITEMS};
pub use certificate::verify_certificate;
pub use engine::{Engine, Stopped};
pub use error::{ConsensusError, DecodeError};
pub use header::{BlockHeader, HEADER_MAGIC, MAX_APP_BYTES, genesis_header};
pub use journal::{begin_life, mark_fresh, mark_observer};
pub use keys::{MAX_CHAIN_BYTES, MAX_VALIDATORS, public_key};
pub use solo::{SoloConfig, start_solo};

pub use dure_chain::Hash;

/// A way to order items: configured, then started once.
pub trait Orderer {
    /// Starts ordering for `app`; fails on a configuration or a journal that must not be used.
    fn start(self, app: Arc<dyn Application>) -> Result<Engine, ConsensusError>;
}

impl Orderer for BftConfig {
    fn start(self, app: Arc<dyn Application>) -> Result<Engine, ConsensusError> {
        start_bft(self, app)
    }
}

impl Orderer for SoloConfig {
    fn start(self, app: Arc<dyn Application>) -> Result<Engine, ConsensusError> {
        start_solo(self, app)
    }
}
