//! What a face brings to its follower.

use std::future::Future;

use dure_db::{Db, DbConnection};
use dure_ledger_client::{Block, ClientError};
use futures::stream::BoxStream;

use super::progress::Progress;
use crate::error::ServiceError;

/// A face that follows the ledger.
pub trait Follower: Send + Sync + 'static {
    /// Its name among the checkpoints.
    const NAME: &'static str;
    /// Why a block could not be written.
    type Error: From<ServiceError> + From<dure_db::DbError> + std::fmt::Display + Send + 'static;
    /// What it asks the ledger for before it writes blocks.
    type Prepared: Send + 'static;
    /// What came of the blocks, for open screens.
    type News: Default + Send + 'static;

    /// Where its tables are.
    fn db(&self) -> &Db;
    /// How far its tables have come.
    fn progress(&self) -> &Progress;
    /// Final blocks from height `from` on, without gap, for ever.
    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, ClientError>>;
    /// What must be there before the first block is written.
    fn begin(&self) -> impl Future<Output = Result<(), Self::Error>> + Send;
    /// What has to be asked before `blocks` can be written.
    fn prepare(&self, blocks: &[Block]) -> impl Future<Output = Result<Self::Prepared, Self::Error>> + Send;
    /// Writes what one block changes.
    fn write(
        connection: &mut DbConnection,
        block: &Block,
        prepared: &Self::Prepared,
        news: &mut Self::News,
    ) -> Result<(), Self::Error>;
    /// Tells open screens. News is a courtesy: whoever misses it reads anew.
    fn announce(&self, news: Self::News) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
