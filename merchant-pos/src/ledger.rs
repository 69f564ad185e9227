//! What the till asks of the ledger beside what every service does: a small part of the node's interface, so that tests can put
//! the contract itself behind it instead of a network.

use dure_ledger_client::{Block, ClientError, LedgerClient, TxState};
use dure_score::{Bid, Receipt, TxId};
use dure_service::ledger::Answer;
use futures::{FutureExt, StreamExt, stream::BoxStream};

/// The ledger, as the till sees it.
pub trait Ledger: dure_service::ledger::Ledger {
    /// True if `bid` is a member.
    fn knows_member(&self, bid: Bid) -> Answer<'_, bool>;
    /// The receipt that a transaction of canonical bytes `body` would get now.
    fn dry_run(&self, body: Vec<u8>) -> Answer<'_, Receipt>;
    /// Where a transaction stands.
    fn transaction(&self, id: TxId) -> Answer<'_, TxState>;
    /// Public names of the campaigns, by number.
    fn campaigns(&self) -> Answer<'_, Vec<(u32, String)>>;
    /// Final blocks from height `from` on, without gap, for ever.
    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, ClientError>>;
}

impl Ledger for LedgerClient {
    fn knows_member(&self, bid: Bid) -> Answer<'_, bool> {
        async move { Ok(self.account(&bid).await?.is_some_and(|account| account.member.is_some())) }.boxed()
    }
    fn dry_run(&self, body: Vec<u8>) -> Answer<'_, Receipt> {
        async move { self.dry_run_bytes(&body).await }.boxed()
    }
    fn transaction(&self, id: TxId) -> Answer<'_, TxState> {
        async move { Self::transaction(self, &id).await }.boxed()
    }
    fn campaigns(&self) -> Answer<'_, Vec<(u32, String)>> {
        async move {
            let known = Self::campaigns(self).await?.into_iter();
            Ok(known.map(|info| (info.id.0, info.campaign.terms.name.as_str().to_owned())).collect())
        }
        .boxed()
    }
    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, ClientError>> {
        self.stream(from).boxed()
    }
}
