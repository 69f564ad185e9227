//! The till's side of following the ledger.

use std::future::{Future, ready};

use dure_db::{Db, DbConnection};
use dure_ledger_client::{Block, ClientError};
use dure_service::follower::{Follower, Progress};
use futures::stream::BoxStream;

use crate::{change::changes, error::PosError, live::LiveEvent, metrics, repo, till::Till};

impl Follower for Till {
    const NAME: &'static str = repo::ledger::FOLLOWER;
    type Error = PosError;
    type Prepared = ();
    type News = Vec<LiveEvent>;

    fn db(&self) -> &Db {
        &self.db
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, ClientError>> {
        self.ledger.blocks(from)
    }

    fn begin(&self) -> impl Future<Output = Result<(), PosError>> + Send {
        ready(Ok(()))
    }

    fn prepare(&self, _: &[Block]) -> impl Future<Output = Result<(), PosError>> + Send {
        ready(Ok(()))
    }

    fn write(
        connection: &mut DbConnection,
        block: &Block,
        (): &(),
        news: &mut Vec<LiveEvent>,
    ) -> Result<(), PosError> {
        news.extend(repo::ledger::apply(connection, &changes(block)?)?);
        Ok(())
    }

    async fn announce(&self, news: Vec<LiveEvent>) -> Result<(), PosError> {
        for event in news {
            match &event {
                LiveEvent::Paid(_, paid) => metrics::paid(paid.mismatch),
                LiveEvent::Refunded(..) => metrics::refunded(),
            }
            self.hub.publish(&event.shop(), (), &event);
        }
        Ok(())
    }
}
