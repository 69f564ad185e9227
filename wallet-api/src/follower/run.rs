//! The wallet's side of following the ledger.

use dure_db::{Db, DbConnection, DbError};
use dure_ledger_client::{Block, ClientError};
use dure_score::{CampaignId, Effect};
use dure_service::follower::{Follower, Progress};
use futures::{StreamExt, stream::BoxStream};

use super::{
    NAME,
    write::{Terms, WriteError, Written, write_block},
};
use crate::{
    app::App,
    live::Event,
    repo::{campaigns, entries},
};

impl Follower for App {
    const NAME: &'static str = NAME;
    type Error = WriteError;
    type Prepared = Terms;
    type News = Written;

    fn db(&self) -> &Db {
        &self.db
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, ClientError>> {
        self.client.stream(from).boxed()
    }

    /// Charged coin is a campaign that never opened: it was there at genesis.
    async fn begin(&self) -> Result<(), WriteError> {
        if let Some(coin) = self.client.campaign(CampaignId::COIN).await? {
            self.db.run::<_, DbError, _>(move |c| campaigns::open(c, coin.id, &coin.campaign.terms)).await?;
        }
        Ok(())
    }

    /// Terms of campaigns that open or change in the blocks, from any node that knows them as they were then or later: a
    /// later change is in a later block, which says it again. A node that lags behind is asked again.
    async fn prepare(&self, blocks: &[Block]) -> Result<Terms, WriteError> {
        let mut terms = Terms::new();
        for effect in blocks.iter().flat_map(|block| &block.receipts).flat_map(|receipt| &receipt.effects) {
            let (id, version) = match effect {
                Effect::CampaignOpened { campaign } => (*campaign, 1),
                Effect::CampaignAmended { campaign, version } => (*campaign, *version),
                _ => continue,
            };
            if let Some(info) = self.client.campaign(id).await?
                && info.campaign.version >= version
            {
                terms.insert(info.id, info.campaign.terms);
            }
        }
        Ok(terms)
    }

    fn write(
        connection: &mut DbConnection,
        block: &Block,
        terms: &Terms,
        written: &mut Written,
    ) -> Result<(), WriteError> {
        write_block(connection, block, terms, written)
    }

    async fn announce(&self, written: Written) -> Result<(), WriteError> {
        for (bid, account) in written.accounts {
            for lang in self.hub.kinds(&bid) {
                let rows: Vec<_> = written.entries.iter().filter(|entry| entry.bid == bid).cloned().collect();
                let named = self.db.run::<_, DbError, _>(move |c| entries::with_names(c, rows, lang)).await?;
                self.hub.publish(&bid, lang, &Event::Account(account.clone()));
                for entry in named {
                    self.hub.publish(&bid, lang, &Event::Entry(Box::new(entry)));
                }
            }
        }
        Ok(())
    }
}

/// As the follower writes blocks, with terms that a test knows.
#[cfg(test)]
pub fn write_with_terms(
    connection: &mut DbConnection,
    blocks: &[Block],
    terms: &Terms,
) -> Result<Written, WriteError> {
    dure_service::follower::write::<App>(connection, blocks, terms)
}
