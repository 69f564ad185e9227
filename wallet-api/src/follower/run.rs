//! The loop: blocks in, SQL and news out.

use std::time::{Duration, Instant};

use dure_db::{DbError, checkpoints};
use dure_ledger_client::{Block, ClientError};
use dure_score::{CampaignId, Effect};
use futures::{FutureExt, StreamExt};

use super::{
    NAME,
    write::{Terms, WriteError, Written, write},
};
use crate::{
    app::App,
    live::Event,
    repo::{campaigns, entries},
};

/// Blocks in one SQL transaction: catches up fast, keeps transactions short.
const BATCH: usize = 100;
/// Empty blocks change nothing but the checkpoint, which may wait this long.
const IDLE_FLUSH: Duration = Duration::from_secs(1);
/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Why the follower had to begin again.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Ledger(#[from] ClientError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Follows for ever; after a failure it begins again at the checkpoint.
pub async fn run(app: &App) {
    loop {
        if let Err(error) = follow(app).await {
            metrics::counter!("wallet_follower_failures_total").increment(1);
            tracing::error!("the ledger follower stopped and begins again: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn follow(app: &App) -> Result<(), FollowError> {
    let checkpoint = app.db.run::<_, DbError, _>(|c| checkpoints::get(c, NAME)).await?;
    let height = checkpoint.and_then(|at| u64::try_from(at.height).ok()).unwrap_or_default();
    app.progress.reached(height);
    // Charged coin is a campaign that never opened: it was there at genesis.
    if let Some(coin) = app.client.campaign(CampaignId::COIN).await? {
        app.db.run::<_, DbError, _>(move |c| campaigns::open(c, coin.id, &coin.campaign.terms)).await?;
    }
    let mut blocks = app.client.stream(height.saturating_add(1));
    let mut waiting: Vec<Block> = Vec::new();
    let mut since = Instant::now();
    loop {
        match blocks.next().await {
            Some(Ok(block)) => waiting.push(block),
            Some(Err(error)) => tracing::warn!(code = error.code(), "block stream: {error}"),
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
            flush(app, std::mem::take(&mut waiting)).await?;
            since = Instant::now();
        }
    }
}

async fn flush(app: &App, blocks: Vec<Block>) -> Result<(), FollowError> {
    let Some(height) = blocks.last().map(|block| block.height) else { return Ok(()) };
    let terms = terms_of_changed(app, &blocks).await?;
    let written = app.db.transaction(move |c| write(c, &blocks, &terms)).await?;
    app.progress.reached(height);
    metrics::gauge!("wallet_follower_height")
        .set(u32::try_from(height).map_or(f64::from(u32::MAX), f64::from));
    announce(app, written).await?;
    Ok(())
}

/// Terms of campaigns that open or change in the blocks, from any node that knows them as they were then or later: a
/// later change is in a later block, which says it again. A node that lags behind is asked again.
async fn terms_of_changed(app: &App, blocks: &[Block]) -> Result<Terms, ClientError> {
    let mut terms = Terms::new();
    for effect in blocks.iter().flat_map(|block| &block.receipts).flat_map(|receipt| &receipt.effects) {
        let (id, version) = match effect {
            Effect::CampaignOpened { campaign } => (*campaign, 1),
            Effect::CampaignAmended { campaign, version } => (*campaign, *version),
            _ => continue,
        };
        if let Some(info) = app.client.campaign(id).await?
            && info.campaign.version >= version
        {
            terms.insert(info.id, info.campaign.terms);
        }
    }
    Ok(terms)
}

/// Tells those who listen. News is a courtesy: whoever misses it reads the account anew.
async fn announce(app: &App, written: Written) -> Result<(), DbError> {
    for (bid, account) in written.accounts {
        for lang in app.hub.languages(&bid) {
            let rows: Vec<_> = written.entries.iter().filter(|entry| entry.bid == bid).cloned().collect();
            let named = app.db.run::<_, DbError, _>(move |c| entries::with_names(c, rows, lang)).await?;
            app.hub.publish(&bid, lang, &Event::Account(account.clone()));
            for entry in named {
                app.hub.publish(&bid, lang, &Event::Entry(Box::new(entry)));
            }
        }
    }
    Ok(())
}
