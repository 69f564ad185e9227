//! Institutions, members, devices.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Bid, CertId, Code, Title},
    signature::PublicKey,
    window::NonceWindow,
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
    /// Runs the network: contract versions, validators.
    #[n(4)]
    #[serde(default)]
    pub operator: bool,
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
    /// Numbers that it has used. Here, because every transaction reads and writes it together with the rest. Not shown to
    /// people.
    #[n(6)]
    #[serde(skip)]
    pub window: NonceWindow,
}

/// Certificates of one owner that are not revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Devices {
    /// Their ids, oldest first.
    #[n(0)]
    pub certificates: Vec<CertId>,
}
