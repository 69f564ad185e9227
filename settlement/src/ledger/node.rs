//! The ledger behind its nodes' HTTP.

use super::{Head, Ledger};
use dure_ledger_client::{ClientError, LedgerClient};
use dure_score::ids::DepositRef;
use dure_score::record::{Batch, Deposit, Payout};
use dure_score::{Amount, BatchId, Bid, PayoutId, Receipt};

impl Ledger for LedgerClient {
    async fn head(&self) -> Result<Head, ClientError> {
        let status = self.status().await?;
        Ok(Head { chain: status.chain, height: status.height, time_ms: status.time_ms })
    }

    async fn receipts(&self, from: u64, to: u64) -> Result<Vec<Receipt>, ClientError> {
        let blocks = self.blocks(from, to).await?;
        if !blocks.iter().map(|block| block.height).eq(from..=to) {
            return Err(ClientError::Protocol(format!("blocks {from} to {to} are not all there")));
        }
        Ok(blocks.into_iter().flat_map(|block| block.receipts).collect())
    }

    async fn takings(&self, owner: &Bid) -> Result<Amount, ClientError> {
        Ok(self.account(owner).await?.map_or(Amount::ZERO, |account| account.balance))
    }

    async fn deposit(&self, reference: &DepositRef) -> Result<Option<Deposit>, ClientError> {
        Self::deposit(self, reference).await
    }

    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, ClientError> {
        Self::batch(self, id).await
    }

    async fn payout(&self, id: &PayoutId) -> Result<Option<Payout>, ClientError> {
        Self::payout(self, id).await
    }
}
