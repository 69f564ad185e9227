//! What an audit says.

use dure_score::{Amount, CampaignId, ChainId, Hash32};
use serde::Serialize;

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Blocks that are applied.
    pub done: u64,
    /// Blocks of the copy.
    pub all: u64,
    /// Transactions in the applied blocks.
    pub transactions: u64,
}

/// A campaign's money at the end of the copy; 0 is charged coin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SupplyLine {
    /// Which.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Coin that exists: minted and not destroyed.
    pub existing: Amount,
    /// Of it in accounts.
    pub lots: Amount,
    /// Of it in the campaign's budget.
    pub budget: Amount,
    /// Of it waiting for the bank.
    pub payouts: Amount,
}

/// What was audited, and found good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The channel.
    pub chain: ChainId,
    /// Hash of its genesis: compare it with the one that was published.
    pub genesis_hash: Hash32,
    /// Height from which the blocks go on; 0 is genesis.
    pub base: u64,
    /// The last block.
    pub head: u64,
    /// State root after it.
    pub state_root: Hash32,
    /// Blocks that were applied.
    pub blocks: u64,
    /// Certificates that were checked.
    pub certificates: u64,
    /// Transactions in them.
    pub transactions: u64,
    /// Of these, payments that applied.
    pub payments: u64,
    /// Time it took, ms.
    pub millis: u64,
    /// Payments a second.
    pub payments_per_s: u64,
    /// Every campaign's money.
    pub supply: Vec<SupplyLine>,
    /// Always true: an audit that finds a fault gives no report.
    pub ok: bool,
}
