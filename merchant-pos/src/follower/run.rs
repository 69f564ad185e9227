//! The loop around the block stream.

use std::{sync::Arc, time::Duration};

use dure_ledger_client::Block;
use futures::StreamExt;

use super::changes;
use crate::{error::PosError, live::LiveEvent, repo, till::Till};

/// Pause before the stream is opened again after a failure of ours (a full disk, a lost database).
const PAUSE: Duration = Duration::from_secs(1);

/// Follows the ledger from the checkpoint on, for ever; trouble is logged, and the stream opened again.
pub async fn follow(till: Arc<Till>) {
    loop {
        if let Err(error) = follow_once(&till).await {
            tracing::error!(code = error.code(), "the till lost the ledger's blocks: {error}");
            till.metrics.follower_failed();
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn follow_once(till: &Till) -> Result<(), PosError> {
    let from = till.db.run(repo::ledger::next_height).await?;
    let mut blocks = till.ledger.blocks(from);
    while let Some(block) = blocks.next().await {
        match block {
            Ok(block) => take(till, block).await?,
            // The stream reconnects by itself, to another node if need be.
            Err(error) => {
                tracing::warn!(code = error.code(), "the block stream was interrupted: {error}");
                till.metrics.follower_failed();
            }
        }
    }
    Ok(())
}

/// Applies one block and tells the screens. A block taken before changes nothing and tells nobody.
pub async fn take(till: &Till, block: Block) -> Result<(), PosError> {
    let height = block.height;
    let changes = changes(&block)?;
    let events =
        till.db.transaction(move |connection| repo::ledger::apply(connection, &block, &changes)).await?;
    till.metrics.follower_at(height);
    for event in events.into_iter().flatten() {
        match &event {
            LiveEvent::Paid(_, paid) => till.metrics.paid(paid.mismatch),
            LiveEvent::Refunded(..) => till.metrics.refunded(),
        }
        till.hub.publish(&event);
    }
    Ok(())
}
