//! The ledger as settlement sees it.
//!
//! [`Ledger`] is a seam, because a batch must be shown to survive a kill at every step: the tests put the contract
//! itself behind it, in memory, and cut the connection before and after every single transaction.

mod node;
mod officer;

pub use dure_service::ledger::{final_receipt, release};
pub use officer::Officer;

use dure_ledger_client::ClientError;
use dure_score::ids::DepositRef;
use dure_score::record::{Batch, Deposit, Payout};
use dure_score::{Amount, BatchId, Bid, ChainId, PayoutId, Receipt};

/// Where the chain stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The channel.
    pub chain: ChainId,
    /// Height of the last applied block.
    pub height: u64,
    /// Its time, ms.
    pub time_ms: u64,
}

/// What settlement asks of the ledger beside what every service does. Reads see the last applied block of the node that answers.
pub trait Ledger: dure_service::ledger::Ledger + 'static {
    /// Where the chain stands.
    async fn head(&self) -> Result<Head, ClientError>;
    /// Receipts of the blocks from `from` to `to`, in order; at most 100 blocks, all of which must exist.
    async fn receipts(&self, from: u64, to: u64) -> Result<Vec<Receipt>, ClientError>;
    /// What an account holds; nothing for an unknown one.
    async fn takings(&self, owner: &Bid) -> Result<Amount, ClientError>;
    /// A deposit that is coin.
    async fn deposit(&self, reference: &DepositRef) -> Result<Option<Deposit>, ClientError>;
    /// A batch.
    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, ClientError>;
    /// A payout.
    async fn payout(&self, id: &PayoutId) -> Result<Option<Payout>, ClientError>;
}
