//! What the ledger stores. Field numbers are disk format: append, never reuse.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    call::ProposedCall,
    ids::{BatchId, Bid, CertId, ChainId, Code, Title, TxId},
    lot::Lot,
    signature::PublicKey,
};

/// What an institution is there for; several may apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Duties {
    /// Holds the won and settles: charge, expire, settlement.
    #[n(0)]
    pub bank: bool,
    /// Funds campaigns: open, issue, grant.
    #[n(1)]
    pub funder: bool,
    /// Registers people, merchants and devices.
    #[n(2)]
    pub registrar: bool,
    /// Reads everything of the channel.
    #[n(3)]
    pub auditor: bool,
}

/// A member institution: bank, municipality, university, registrar, auditor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Institution {
    /// Public name.
    #[n(0)]
    pub name: Title,
    /// Duties.
    #[n(1)]
    pub duties: Duties,
    /// How many different officers' approvals campaign terms and issuance need; at least 1.
    #[n(2)]
    pub quorum: u32,
    /// When each open proposal lapses, block time in ms; lapsed ones are dropped when the next is made.
    #[n(3)]
    pub open_proposals: Vec<u64>,
}

/// Citizen or merchant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "class", rename_all = "snake_case")]
pub enum MemberClass {
    /// A person who charges, pays, sends.
    #[n(0)]
    Citizen,
    /// A shop.
    #[n(1)]
    Merchant(#[n(0)] MerchantTerms),
}

/// What campaigns ask of a merchant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct MerchantTerms {
    /// ISO 18245 merchant category code.
    #[n(0)]
    pub category: Code,
    /// Region code of the channel.
    #[n(1)]
    pub region: Code,
    /// Over the yearly sales that exclude it from discounted coin.
    #[n(2)]
    pub large: bool,
}

/// Life of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum MemberStatus {
    /// May act.
    #[n(0)]
    Active,
    /// Lost phone or court order: may not spend.
    #[n(1)]
    Frozen,
    /// Left for good.
    #[n(2)]
    Closed,
}

/// A citizen or merchant on the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Member {
    /// Citizen or merchant.
    #[n(0)]
    pub class: MemberClass,
    /// Active, frozen, closed.
    #[n(1)]
    pub status: MemberStatus,
    /// Block time of registration, ms.
    #[n(2)]
    pub registered_at: u64,
}

/// What a device may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    /// The owner's own device.
    #[n(0)]
    Holder,
    /// A merchant's employee: refunds.
    #[n(1)]
    Staff,
    /// An institution's officer.
    #[n(2)]
    Officer,
    /// A till or machine of a merchant: refunds.
    #[n(3)]
    Terminal,
}

/// A device certificate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Certificate {
    /// Whose device.
    #[n(0)]
    pub owner: Bid,
    /// Its key.
    #[n(1)]
    pub public_key: PublicKey,
    /// What it may do.
    #[n(2)]
    pub role: Role,
    /// Block time of issue, ms.
    #[n(3)]
    pub issued_at: u64,
    /// Block time from which it is no longer valid, ms.
    #[n(4)]
    pub expires_at: u64,
    /// Ended before its time.
    #[n(5)]
    pub revoked: bool,
}

/// Certificates of one owner that are not revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Devices {
    /// Their ids, oldest first.
    #[n(0)]
    pub certificates: Vec<CertId>,
}

/// Terms of a campaign, fixed when it opens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CampaignTerms {
    /// Public name.
    #[n(0)]
    pub name: Title,
    /// The institution that pays for it.
    #[n(1)]
    pub funder: Bid,
    /// Most that may ever be issued into its budget.
    #[n(2)]
    pub ceiling: Amount,
    /// Bonus on a charge, basis points of the charge, rounded down.
    #[n(3)]
    pub charge_bonus_bps: u16,
    /// Most charge per person and calendar month (channel's time zone) that earns the bonus.
    #[n(4)]
    pub monthly_charge_cap: Amount,
    /// A lot lives this long after it was acquired, ms.
    #[n(5)]
    pub validity_ms: u64,
    /// Merchant categories where it can be spent; empty for all.
    #[n(6)]
    pub categories: Vec<Code>,
    /// Regions where it can be spent; empty for all.
    #[n(7)]
    pub regions: Vec<Code>,
    /// Merchants where it can be spent; empty for all.
    #[n(8)]
    pub merchants: Vec<Bid>,
    /// May be spent at merchants over the yearly sales limit.
    #[n(9)]
    pub large_merchants: bool,
    /// May be sent to another citizen.
    #[n(10)]
    pub transferable: bool,
    /// From which block time it charges, grants; ms.
    #[n(11)]
    pub starts_at: u64,
    /// Until which block time; ms.
    #[n(12)]
    pub ends_at: u64,
}

/// A campaign and its budget.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Campaign {
    /// Terms.
    #[n(0)]
    pub terms: CampaignTerms,
    /// Issued and not given out: the budget's escrow.
    #[n(1)]
    pub budget: Amount,
    /// False once closed.
    #[n(2)]
    pub open: bool,
}

/// Coin of one campaign, since genesis. `issued + charged - burned - expired` is what exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Supply {
    /// Minted into the campaign's budget.
    #[n(0)]
    pub issued: Amount,
    /// Minted against bank deposits (campaign 0 only).
    #[n(1)]
    pub charged: Amount,
    /// Destroyed because the bank paid a merchant.
    #[n(2)]
    pub burned: Amount,
    /// Destroyed because it expired (campaign 0 only; vouchers return to their budget).
    #[n(3)]
    pub expired: Amount,
}

impl Supply {
    /// What exists now, or `None` if the record contradicts itself.
    pub fn existing(&self) -> Option<Amount> {
        self.issued.plus(self.charged)?.minus(self.burned)?.minus(self.expired)
    }
}

/// How much of a person's monthly charge has earned a bonus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct MonthlyUse {
    /// Months since January of year 0 in the channel's time zone.
    #[n(0)]
    pub month: u64,
    /// Charge that earned the bonus in that month.
    #[n(1)]
    pub charged: Amount,
}

/// What a payment took from one lot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Draw {
    /// The lot as it was before: id and attributes let a refund restore it exactly.
    #[n(0)]
    pub lot: Lot,
    /// How much was taken.
    #[n(1)]
    pub amount: Amount,
    /// How much of that has gone back.
    #[n(2)]
    pub refunded: Amount,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Payment {
    /// Who paid.
    #[n(0)]
    pub payer: Bid,
    /// Who was paid.
    #[n(1)]
    pub merchant: Bid,
    /// For which order.
    #[n(2)]
    pub order: crate::ids::OrderId,
    /// How much.
    #[n(3)]
    pub amount: Amount,
    /// How much has gone back.
    #[n(4)]
    pub refunded: Amount,
    /// Block time, ms.
    #[n(5)]
    pub paid_at: u64,
    /// From which lots, in spend order.
    #[n(6)]
    pub draws: Vec<Draw>,
}

/// A booked deposit that has become coin.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Deposit {
    /// Who was charged.
    #[n(0)]
    pub to: Bid,
    /// Won received.
    #[n(1)]
    pub amount: Amount,
    /// The transaction that charged.
    #[n(2)]
    pub tx: TxId,
}

/// A settlement batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Batch {
    /// First height netted.
    #[n(0)]
    pub from_height: u64,
    /// Last height netted.
    #[n(1)]
    pub to_height: u64,
    /// Σ payouts.
    #[n(2)]
    pub redeemed: Amount,
    /// Σ payouts that the bank paid.
    #[n(3)]
    pub confirmed: Amount,
    /// Σ payouts that the bank refused.
    #[n(4)]
    pub rejected: Amount,
    /// Payouts not yet decided.
    #[n(5)]
    pub undecided: u32,
    /// Closed for good.
    #[n(6)]
    pub closed: bool,
}

/// Life of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PayoutState {
    /// In escrow, waiting for the bank.
    #[n(0)]
    Escrowed,
    /// Paid by the bank, burned.
    #[n(1)]
    Confirmed,
    /// Refused by the bank, returned to the merchant.
    #[n(2)]
    Rejected,
}

/// Money on its way to a merchant's bank account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Payout {
    /// Of which batch.
    #[n(0)]
    pub batch: BatchId,
    /// To whom.
    #[n(1)]
    pub merchant: Bid,
    /// How much.
    #[n(2)]
    pub amount: Amount,
    /// Where it stands.
    #[n(3)]
    pub state: PayoutState,
    /// What was taken, per lot.
    #[n(4)]
    pub draws: Vec<Draw>,
}

/// A call that waits for its quorum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Proposal {
    /// Of which institution.
    #[n(0)]
    pub institution: Bid,
    /// What is to be executed.
    #[n(1)]
    pub proposed: ProposedCall,
    /// Officers' certificates that have approved.
    #[n(2)]
    pub approvals: Vec<CertId>,
    /// Block time at which it lapses, ms.
    #[n(3)]
    pub lapses_at: u64,
    /// Already executed.
    #[n(4)]
    pub executed: bool,
}

/// What every call may need to know of the channel.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Channel {
    /// The channel's name.
    #[n(0)]
    pub chain: ChainId,
    /// Currency code (ISO 4217 of the won behind it).
    #[n(1)]
    pub currency: Code,
    /// Minor digits of the currency; 0 for won.
    #[n(2)]
    pub digits: u8,
    /// Offset of the channel's civil time from UTC, minutes east (Seoul: 540).
    #[n(3)]
    pub utc_offset_minutes: u32,
}
