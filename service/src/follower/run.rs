//! The loop: blocks in, rows and news out.

use std::time::{Duration, Instant};

use dure_db::{DbConnection, DbError, checkpoints};
use dure_ledger_client::Block;
use futures::{FutureExt, StreamExt};

use super::{blocks::write, face::Follower};
use crate::error::ServiceError;

/// Blocks in one SQL transaction: catches up fast, keeps transactions short.
const BATCH: usize = 100;
/// Empty blocks change nothing but the checkpoint, which may wait this long.
const IDLE_FLUSH: Duration = Duration::from_secs(1);
/// Pause after a failure of ours, such as a full disk or a lost database.
const PAUSE: Duration = Duration::from_secs(1);

/// Follows for ever; after a failure it begins again at the checkpoint.
pub async fn run<F: Follower>(face: &F) {
    loop {
        if let Err(error) = follow(face).await {
            failed();
            tracing::error!("the ledger follower stopped and begins again: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn failed() {
    metrics::counter!("dure_follower_failures_total").increment(1);
}

/// The height after the last block written by the follower `name`: where to go on.
pub fn next_height(connection: &mut DbConnection, name: &str) -> Result<u64, ServiceError> {
    let Some(last) = checkpoints::get(connection, name)? else { return Ok(1) };
    let height = u64::try_from(last.height).map_err(|_| DbError::Corrupt("checkpoint height"))?;
    Ok(height.saturating_add(1))
}

async fn follow<F: Follower>(face: &F) -> Result<(), F::Error> {
    let from = face.db().run::<_, ServiceError, _>(|connection| next_height(connection, F::NAME)).await?;
    face.progress().reached(from.saturating_sub(1));
    face.begin().await?;
    let mut blocks = face.blocks(from);
    let mut waiting: Vec<Block> = Vec::new();
    let mut since = Instant::now();
    loop {
        match blocks.next().await {
            Some(Ok(block)) => waiting.push(block),
            // The stream comes back by itself, from another node if need be.
            Some(Err(error)) => {
                failed();
                tracing::warn!(code = error.code(), "the block stream was interrupted: {error}");
            }
            None => return Ok(()),
        }
        // Whatever has arrived already goes along.
        while let Some(Some(Ok(block))) =
            (waiting.len() < BATCH).then(|| blocks.next().now_or_never()).flatten()
        {
            waiting.push(block);
        }
        let busy = waiting.iter().any(|block| !block.receipts.is_empty());
        if busy || waiting.len() >= BATCH || since.elapsed() >= IDLE_FLUSH {
            take(face, std::mem::take(&mut waiting)).await?;
            since = Instant::now();
        }
    }
}

/// Writes these blocks and tells the screens. Blocks taken before change nothing and tell nobody.
pub async fn take<F: Follower>(face: &F, blocks: Vec<Block>) -> Result<(), F::Error> {
    let Some(height) = blocks.last().map(|block| block.height) else { return Ok(()) };
    let prepared = face.prepare(&blocks).await?;
    let news = face
        .db()
        .transaction::<_, F::Error, _>(move |connection| write::<F>(connection, &blocks, &prepared))
        .await?;
    if height > face.progress().height() {
        face.progress().reached(height);
    }
    face.announce(news).await
}
