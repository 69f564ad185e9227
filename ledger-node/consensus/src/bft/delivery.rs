//! Hands final blocks to the application: in order, without gaps, each once.
//!
//! The engine delivers in order and at least once. Skipping what the application already has makes that
//! exactly once; filling from the engine's archive makes an application that was restored to an older
//! height whole again.

use std::sync::Arc;

use commonware_actor::Feedback;
use commonware_codec::Encode as _;
use commonware_consensus::Reporter;
use commonware_consensus::marshal::Update;
use commonware_consensus::types::Height;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_utils::Acknowledgement as _;
use futures::StreamExt as _;
use futures::channel::mpsc;

use super::block::EngineBlock;
use super::bounds::MarshalMailbox;
use crate::engine::Stopped;
use crate::{Application, Finalized, certificate};
use dure_chain::epoch::epoch_of;

/// Finalized blocks that the engine keeps below the applied height, for peers that were away for a moment: fifty
/// seconds of idle heartbeats, twenty of a chain that is as busy as it can be, and up to twice that, because whole
/// sections go at once. The ledger has every block anyway, so keeping more here would store payments twice; a peer
/// that was away longer catches up from the ledgers of others.
const RETAINED_BLOCKS: u64 = 256;

/// Heights between two prunings: pruning frees whole sections of the archive, so more often is for nothing.
const PRUNE_EVERY: u64 = 256;

/// The engine's end of the queue. The queue holds at most as many blocks as the engine leaves
/// unacknowledged (`MAX_PENDING_ACKS`); other updates do not enter it.
#[derive(Clone)]
pub(super) struct Queue(pub(super) mpsc::UnboundedSender<Update<EngineBlock>>);

impl Reporter for Queue {
    type Activity = Update<EngineBlock>;

    fn report(&mut self, update: Update<EngineBlock>) -> Feedback {
        if matches!(update, Update::Tip(..)) {
            return Feedback::Ok;
        }
        match self.0.unbounded_send(update) {
            Ok(()) => Feedback::Ok,
            Err(_) => Feedback::Closed,
        }
    }
}

/// Runs until the engine or the application ends. Blocks its thread while the application works. Says in
/// `entered` to which epoch the next block belongs: once what the engine has is applied, and then whenever an
/// epoch's last block is.
pub(super) async fn deliver(
    mut queue: mpsc::UnboundedReceiver<Update<EngineBlock>>,
    delivery: Delivery,
) -> Stopped {
    if let Err(reason) = delivery.catch_up().await {
        return reason;
    }
    while let Some(update) = queue.next().await {
        let Update::Block(block, acknowledgement) = update else { continue };
        if let Err(reason) = delivery.take(block).await {
            return reason;
        }
        acknowledgement.acknowledge();
    }
    Stopped::Engine("the block delivery ended".to_owned())
}

/// Where blocks come from and go to.
pub(super) struct Delivery {
    pub(super) marshal: MarshalMailbox,
    pub(super) app: Arc<dyn Application>,
    pub(super) epoch_blocks: u64,
    /// Takes one number for each epoch that the node lives through, so it needs no bound.
    pub(super) entered: mpsc::UnboundedSender<u64>,
}

impl Delivery {
    /// Applies what the engine's archive has above the application's height: a ledger that was put back must not
    /// enter an epoch that this validator has left behind.
    async fn catch_up(&self) -> Result<(), Stopped> {
        loop {
            let next = self.app.applied_height().saturating_add(1);
            let Some(block) = self.marshal.get_block(Height::new(next)).await else { break };
            self.hand_over(&block).await?;
        }
        self.enter(epoch_of(self.app.applied_height().saturating_add(1), self.epoch_blocks))
    }

    fn enter(&self, epoch: u64) -> Result<(), Stopped> {
        let sent = self.entered.unbounded_send(epoch);
        sent.map_err(|_| Stopped::Engine("the epochs ended".to_owned()))
    }

    async fn take(&self, block: Digested<EngineBlock>) -> Result<(), Stopped> {
        let height = block.inner().block().header.height;
        loop {
            let applied = self.app.applied_height();
            let next = applied.saturating_add(1);
            if height <= applied {
                return Ok(());
            }
            if height == next {
                self.apply(&block).await?;
                if height.is_multiple_of(PRUNE_EVERY) {
                    self.marshal.prune(Height::new(height.saturating_sub(RETAINED_BLOCKS)));
                }
                return Ok(());
            }
            let missing = self.marshal.get_block(Height::new(next)).await.ok_or_else(|| {
                Stopped::Engine(format!("block {next} is in no archive; restore a snapshot at or above it"))
            })?;
            self.apply(&missing).await?;
        }
    }

    /// Hands a block over and, if an epoch ends with it, says that the next one has begun.
    async fn apply(&self, block: &Digested<EngineBlock>) -> Result<(), Stopped> {
        self.hand_over(block).await?;
        let height = block.inner().block().header.height;
        let own = epoch_of(height, self.epoch_blocks);
        let next = epoch_of(height.saturating_add(1), self.epoch_blocks);
        if own == next { Ok(()) } else { self.enter(next) }
    }

    async fn hand_over(&self, block: &Digested<EngineBlock>) -> Result<(), Stopped> {
        let header = &block.inner().block().header;
        let height = Height::new(header.height);
        let digest = block.digest();
        let certificate = self.marshal.get_finalization(height).await;
        let certificate = certificate.filter(|finalization| certificate::fits(finalization, header));
        let finalized = Finalized {
            block: Arc::clone(block.inner().block()),
            digest: digest.0,
            certificate: certificate.map(|finalization| finalization.encode().to_vec()),
        };
        self.app.finalized(finalized).map_err(Stopped::Application)?;
        self.must_have(height.get())
    }

    /// An application that accepts a block and then denies having it would be fed for ever.
    fn must_have(&self, height: u64) -> Result<(), Stopped> {
        if self.app.applied_height() >= height {
            return Ok(());
        }
        Err(Stopped::Application(format!("block {height} was accepted but is not applied")))
    }
}
