//! Proposes and verifies blocks: the engine asks, the application answers.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use commonware_consensus::Application as EngineApplication;
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::types::Height;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_macros::select;
use commonware_runtime::{Clock, Spawner};
use futures::StreamExt as _;

use super::Timing;
use super::block::{EngineBlock, ViewContext};
use super::bounds::MarshalMailbox;
use super::missing::MissingFinality;
use crate::block::check_content;
use crate::engine::{POLL, Shared};
use crate::{Application, Block, BlockHeader, Content, Verdict};
use dure_chain::list::root as items_root;

/// Most unapplied ancestors handed to the application at once. A healthy node has a few; one that is further
/// behind waits until execution has caught up instead of walking (and holding) a long chain of blocks.
const MAX_PENDING: u64 = 64;

/// The engine's view of the application. Every call may be cancelled at any await.
#[derive(Clone)]
pub(super) struct Proposer {
    pub(super) app: Arc<dyn Application>,
    pub(super) shared: Arc<Shared>,
    pub(super) marshal: MarshalMailbox,
    pub(super) missing: MissingFinality,
    pub(super) timing: Timing,
}

impl<E: Clock + Spawner> EngineApplication<E> for Proposer {
    type SigningScheme = Scheme;
    type Context = ViewContext;
    type Block = EngineBlock;
    type Input = ();

    async fn propose(
        &mut self,
        (clock, context): (E, ViewContext),
        mut ancestry: impl Ancestry<EngineBlock>,
        (): (),
    ) -> Option<Digested<EngineBlock>> {
        let parent = ancestry.next().await?;
        let pending = self.pending(&clock, &parent, ancestry).await?;
        let (content, time_ms) = self.content(&clock, parent.inner().block(), pending).await?;
        let items_root = items_root(&content.items);
        let header = BlockHeader {
            height: parent.inner().block().header.height.checked_add(1)?,
            parent: parent.digest().0,
            time_ms,
            proposer: context.leader.as_ref().try_into().ok()?,
            items_root,
            app: content.app,
            epoch: context.round.epoch().get(),
            view: context.round.view().get(),
            parent_view: context.parent.0.get(),
        };
        let block = EngineBlock::new(Block { header, items: content.items }).ok()?;
        Some(block.digested())
    }

    async fn verify(
        &mut self,
        (context, _): (E, ViewContext),
        mut ancestry: impl Ancestry<EngineBlock>,
    ) -> bool {
        // Without the block and its parent there is no verdict: stay silent until the engine cancels.
        let Some(candidate) = ancestry.next().await else { return futures::future::pending().await };
        let Some(parent) = ancestry.next().await else { return futures::future::pending().await };
        let block = Arc::clone(candidate.inner().block());
        if block.header.time_ms <= parent.inner().block().header.time_ms {
            tracing::warn!(height = block.header.height, "block rejected: its time does not grow");
            return false;
        }
        let Some(pending) = self.pending(&context, &parent, ancestry).await else {
            return futures::future::pending().await;
        };
        self.judge(context, &candidate, block, pending).await
    }
}

impl Proposer {
    /// Waits until something waits to be ordered or the heartbeat is due, then asks for content. None if
    /// the content is beyond the bounds of a block: this view is then given up.
    async fn content(
        &self,
        clock: &impl Clock,
        parent: &Arc<Block>,
        mut pending: Vec<Arc<Block>>,
    ) -> Option<(Content, u64)> {
        let pause = self.timing.pause_after(parent.items.len());
        let parent = &parent.header;
        let earliest = parent.time_ms.saturating_add(millis(pause));
        let early = Duration::from_millis(earliest.saturating_sub(now_ms(clock)));
        // The parent's clock may be ahead of ours: never wait for more than the interval itself.
        clock.sleep(early.min(pause)).await;

        let start = clock.current();
        loop {
            let woken = self.shared.wake.notified();
            tokio::pin!(woken);
            // Register first, look second: a wake in between is not missed.
            woken.as_mut().enable();
            let idle = clock.current().duration_since(start).unwrap_or_default();
            let due = idle >= self.timing.heartbeat;
            if due || self.app.has_work() {
                let time_ms = now_ms(clock).max(parent.time_ms.saturating_add(1));
                self.drop_applied(&mut pending);
                let content = self.app.propose(parent, &pending, time_ms);
                if let Err(error) = check_content(&content.app, &content.items) {
                    tracing::error!(%error, "the application's content is beyond the bounds of a block");
                    return None;
                }
                // Waiting items may all sit in unapplied ancestors: an empty block would only add delay.
                if due || !content.items.is_empty() {
                    return Some((content, time_ms));
                }
            }
            let left = self.timing.heartbeat.saturating_sub(idle);
            select! {
                _ = woken => {},
                _ = clock.sleep(left.min(POLL)) => {},
            }
        }
    }

    /// Asks the application until it knows. A height that became final meanwhile is judged by what became
    /// final, since the application is past it.
    async fn judge<E: Clock + Spawner>(
        &self,
        context: E,
        candidate: &Digested<EngineBlock>,
        block: Arc<Block>,
        mut pending: Vec<Arc<Block>>,
    ) -> bool {
        let (height, epoch) = (block.header.height, block.header.epoch);
        let mut patience = self.missing.patience(&context);
        loop {
            if height <= self.app.applied_height() {
                return match self.marshal.get_info(Height::new(height)).await {
                    Some((_, digest)) => digest == candidate.digest(),
                    None => futures::future::pending().await,
                };
            }
            self.drop_applied(&mut pending);
            let (app, block, ancestors) = (Arc::clone(&self.app), Arc::clone(&block), pending.clone());
            let check = context.child("check").shared(true);
            let verdict = check.spawn(move |_| async move { app.verify(&block, &ancestors) }).await;
            match verdict {
                Ok(Verdict::Accept) => return true,
                Ok(Verdict::Reject) => {
                    tracing::warn!(height, "block rejected by the application");
                    return false;
                }
                Ok(Verdict::NotYet) => {
                    patience.ask(&context, epoch, &pending);
                    context.sleep(POLL).await;
                }
                // The runtime is shutting down.
                Err(_) => return futures::future::pending().await,
            }
        }
    }

    /// Blocks from just above the last applied height up to `tip`, oldest first. None if the engine cannot
    /// provide one of them.
    async fn pending(
        &self,
        clock: &impl Clock,
        tip: &Digested<EngineBlock>,
        mut ancestry: impl Ancestry<EngineBlock>,
    ) -> Option<Vec<Arc<Block>>> {
        let mut block = Arc::clone(tip.inner().block());
        while block.header.height.saturating_sub(self.app.applied_height()) > MAX_PENDING {
            clock.sleep(POLL).await;
        }
        let mut found = Vec::new();
        while block.header.height > self.app.applied_height() {
            let more = block.header.height.saturating_sub(1) > self.app.applied_height();
            found.push(block);
            if !more {
                break;
            }
            block = Arc::clone(ancestry.next().await?.inner().block());
        }
        found.reverse();
        Some(found)
    }

    fn drop_applied(&self, pending: &mut Vec<Arc<Block>>) {
        let applied = self.app.applied_height();
        pending.retain(|block| block.header.height > applied);
    }
}

/// The clock's time, milliseconds since 1970.
pub(super) fn now_ms(clock: &impl Clock) -> u64 {
    let since = clock.current().duration_since(UNIX_EPOCH).unwrap_or_default();
    millis(since)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
