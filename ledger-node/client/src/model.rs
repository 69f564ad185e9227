//! What a node answers, typed.

use dure_score::{
    Amount, Bid, CampaignId, CertId, ChainId, Hash32, Lot, PublicKey, Receipt, TxId,
    record::{Campaign, Certificate, Institution, Member, Payment, Supply},
};
use serde::Deserialize;

/// A node's own view of itself and its ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Status {
    /// The channel.
    pub chain: ChainId,
    /// The node's validator key.
    pub node: PublicKey,
    /// Height of the last applied block.
    pub height: u64,
    /// Its digest.
    pub digest: Hash32,
    /// State root after it.
    pub state_root: Hash32,
    /// Its time, ms.
    pub time_ms: u64,
    /// Transactions that wait for a block.
    pub mempool: u64,
    /// Epoch of the next block.
    #[serde(default)]
    pub epoch: u64,
    /// Keys of the validators of that epoch, in order.
    pub validators: Vec<PublicKey>,
    /// Whether the node's key is among them.
    #[serde(default)]
    pub validator: bool,
    /// Height up to which the node keeps no transactions and receipts; 0 if it keeps all.
    #[serde(default)]
    pub pruned_height: u64,
    /// HTTP addresses of the nodes to which this one passes transactions on.
    #[serde(default)]
    pub peers: Vec<String>,
}

/// A node's answer to a transaction that it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Waits for a block.
    Pending(TxId),
    /// Was final already; its receipt.
    Final(Box<Receipt>),
}

/// Where a transaction stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum TxState {
    /// In a block, for ever.
    Final {
        /// What came of it.
        receipt: Box<Receipt>,
    },
    /// Waits for a block on the node that was asked.
    Pending {
        /// Time of the last block in which that node has looked for it, ms.
        head_time_ms: u64,
    },
    /// The node that was asked does not know it. Certainly void only if `head_time_ms` is past its `valid_until`:
    /// another node may know it.
    Unknown {
        /// Time of the last block in which that node has looked for it, ms.
        head_time_ms: u64,
    },
}

/// A certificate and its replay window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CertificateInfo {
    /// The record.
    pub certificate: Certificate,
    /// Highest nonce used; 0 before the first. The next is this plus one.
    pub highest_nonce: u64,
}

/// One device of an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AccountCertificate {
    /// Its id.
    pub id: CertId,
    /// The record.
    #[serde(flatten)]
    pub certificate: Certificate,
}

/// Who owns an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountMember {
    /// A citizen or merchant.
    Member(Member),
    /// An institution.
    Institution(Institution),
}

/// An account: its owner, coin and devices.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Whose.
    pub bid: Bid,
    /// The citizen or merchant, if it is one.
    pub member: Option<Member>,
    /// The institution, if it is one.
    #[serde(default)]
    pub institution: Option<Institution>,
    /// Sum of the lots.
    pub balance: Amount,
    /// Lots with something left, in order of number.
    pub lots: Vec<Lot>,
    /// Certificates that are not revoked, oldest first.
    pub certificates: Vec<AccountCertificate>,
    /// Height of the state that was read.
    pub height: u64,
}

impl Account {
    /// The owner's record.
    pub fn owner(&self) -> Option<AccountMember> {
        let member = self.member.clone().map(AccountMember::Member);
        member.or_else(|| self.institution.clone().map(AccountMember::Institution))
    }
}

/// A campaign with its totals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CampaignInfo {
    /// Its number.
    pub id: CampaignId,
    /// Terms, budget, open or closed.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// What was minted and destroyed since genesis.
    pub supply: Supply,
}

/// A payment under its id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PaymentInfo {
    /// The transaction that paid.
    pub id: TxId,
    /// The record.
    #[serde(flatten)]
    pub payment: Payment,
}

/// Totals of one campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct SupplyLine {
    /// Which.
    pub campaign: CampaignId,
    /// What was minted and destroyed since genesis.
    pub supply: Supply,
    /// What waits in its budget.
    pub budget: Amount,
}
