//! How a node that followed the chain by other means enters the engine's block store.
//!
//! The store knows the blocks that came through it. A node that observed for a while, or that was made from a
//! snapshot, has applied more than that. Its newest certified block becomes the store's new floor, so that
//! nothing is fetched again; the store checks the certificate against the epoch's validators.

use std::sync::Arc;

use commonware_consensus::Epochable as _;
use commonware_cryptography::certificate::Provider as _;
use commonware_parallel::Sequential;
use commonware_utils::sys_rng;

use super::block::EngineBlock;
use super::bounds::{MAX_PENDING_ACKS, MarshalMailbox};
use super::schemes::Schemes;
use crate::{Application, Block, certificate};

pub(super) struct Entrance<'a> {
    pub(super) app: &'a Arc<dyn Application>,
    pub(super) schemes: &'a Schemes,
    pub(super) marshal: &'a MarshalMailbox,
}

impl Entrance<'_> {
    /// Raises the store's floor if it has processed blocks up to `known` only and the application has more than
    /// can be under way between the two.
    pub(super) async fn open(&self, known: u64) {
        let under_way = u64::try_from(MAX_PENDING_ACKS.get()).unwrap_or(u64::MAX);
        if self.app.applied_height() <= known.saturating_add(under_way) {
            return;
        }
        let Some(newest) = self.app.certified() else {
            tracing::warn!(
                known,
                "no certified block is at hand: the blocks since then come from the validators"
            );
            return;
        };
        let height = newest.block.header.height;
        if height > known && !self.raise(&newest.block, newest.certificate.as_deref()).await {
            tracing::warn!(height, "the newest certificate at hand does not hold");
        }
    }

    async fn raise(&self, block: &Block, bytes: Option<&[u8]>) -> bool {
        let finalization = bytes.and_then(|bytes| certificate::decode(&block.header, bytes));
        let Some(finalization) = finalization else { return false };
        let Some(scoped) = self.schemes.scoped(finalization.epoch()) else { return false };
        if !finalization.verify(&mut sys_rng(), &scoped, &Sequential) {
            return false;
        }
        let Ok(anchor) = EngineBlock::new(block.clone()) else { return false };
        let round = finalization.proposal.round;
        self.marshal.set_floor(finalization);
        tracing::info!(height = block.header.height, "the block store starts at a certified block");
        self.marshal.certified(round, anchor.digested()).await
    }
}
