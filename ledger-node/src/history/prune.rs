//! Forgets old blocks on nodes that keep only the newest, step by step beside the payments.

use std::{sync::Arc, time::Duration};

use crate::history::ledger::Ledger;

/// Blocks of one write, which is a single range: what it makes the engine do later comes in portions.
const STEP: u64 = 64;

/// Pause between two writes, so that pruning a long history never competes with payments.
const PAUSE: Duration = Duration::from_millis(50);

/// Blocks that may wait to be pruned: saves a synced write for each new block.
const SLACK: u64 = 16;

/// Prunes what is more than `keep` blocks below the head, as the head moves on. Runs until it is dropped.
pub async fn watch(ledger: Arc<Ledger>, keep: u64) {
    let mut head = ledger.watch();
    loop {
        let top = head.borrow_and_update().height.saturating_sub(keep);
        let source = Arc::clone(&ledger);
        let step = tokio::task::spawn_blocking(move || source.prune(top, STEP, SLACK)).await;
        match step {
            Ok(Ok(true)) => tokio::time::sleep(PAUSE).await,
            Ok(Ok(false)) => {
                if head.changed().await.is_err() {
                    return;
                }
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "old blocks cannot be pruned");
                tokio::time::sleep(PAUSE.saturating_mul(100)).await;
            }
            Err(error) => {
                tracing::error!(%error, "pruning ended");
                return;
            }
        }
    }
}
