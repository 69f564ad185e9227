//! Under which key each record is stored. One letter for the kind, then the id; text ids end with a zero byte
//! only where something follows them, so that no key is a prefix of another of its kind.

use crate::ids::{BatchId, Bid, CampaignId, CertId, Code, DepositRef, Hash32, OrderId, PayoutId, TxId};

/// A state key. Its bytes are disk format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// [`crate::record::Channel`], the one of this ledger.
    Channel,
    /// [`crate::record::Institution`].
    Institution(&'a Bid),
    /// [`crate::record::Member`].
    Member(&'a Bid),
    /// [`crate::record::Certificate`].
    Certificate(&'a CertId),
    /// [`crate::window::NonceWindow`] of a certificate.
    Nonces(&'a CertId),
    /// [`crate::record::Devices`] of an owner.
    Devices(&'a Bid),
    /// [`crate::record::Campaign`].
    Campaign(CampaignId),
    /// [`crate::record::Supply`] of a campaign.
    Supply(CampaignId),
    /// [`crate::holdings::Holdings`] of an owner.
    Holdings(&'a Bid),
    /// [`crate::record::PersonUse`] of a person in a campaign.
    PersonUse(&'a Bid, CampaignId),
    /// [`crate::record::Payment`].
    Payment(&'a TxId),
    /// The payment (a [`TxId`]) of a merchant's order.
    Order(&'a Bid, &'a OrderId),
    /// [`crate::record::Deposit`].
    Deposit(&'a DepositRef),
    /// The transaction (a [`TxId`]) that made a grant.
    Grant(&'a Hash32),
    /// [`crate::record::Batch`].
    Batch(&'a BatchId),
    /// [`crate::record::Payout`].
    Payout(&'a PayoutId),
    /// [`crate::record::Proposal`].
    Proposal(&'a TxId),
    /// Receipts root (a [`Hash32`]) of an applied block: puts every receipt under the state root.
    Receipts(u64),
    /// [`crate::record::CampaignTerms`] as they were in an earlier version.
    Terms(CampaignId, u32),
    /// The payment (a [`TxId`]) that used up a one-time authorisation.
    Mandate(&'a Hash32),
    /// [`crate::record::CashOut`].
    CashOut(&'a PayoutId),
    /// [`crate::record::Contract`].
    Contract(&'a Code),
    /// [`crate::record::ValidatorSet`] in force from an epoch on.
    Validators(u64),
}

impl Key<'_> {
    /// The stored bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let join = |kind: u8, parts: &[&[u8]]| {
            let mut out = Vec::with_capacity(48);
            out.push(kind);
            parts.iter().for_each(|part| out.extend_from_slice(part));
            out
        };
        match self {
            Self::Channel => join(b'A', &[]),
            Self::Institution(bid) => join(b'I', &[bid.as_bytes()]),
            Self::Member(bid) => join(b'M', &[bid.as_bytes()]),
            Self::Certificate(id) => join(b'C', &[id.as_bytes()]),
            Self::Nonces(id) => join(b'N', &[id.as_bytes()]),
            Self::Devices(bid) => join(b'V', &[bid.as_bytes()]),
            Self::Campaign(id) => join(b'K', &[&id.0.to_be_bytes()]),
            Self::Supply(id) => join(b'S', &[&id.0.to_be_bytes()]),
            Self::Holdings(bid) => join(b'H', &[bid.as_bytes()]),
            Self::PersonUse(bid, id) => join(b'U', &[bid.as_bytes(), &id.0.to_be_bytes()]),
            Self::Payment(id) => join(b'P', &[id.as_bytes()]),
            Self::Order(bid, order) => join(b'O', &[bid.as_bytes(), order.as_str().as_bytes()]),
            Self::Deposit(id) => join(b'D', &[id.as_str().as_bytes()]),
            Self::Grant(id) => join(b'G', &[id.as_bytes()]),
            Self::Batch(id) => join(b'B', &[id.as_str().as_bytes()]),
            Self::Payout(id) => join(b'Y', &[id.as_str().as_bytes()]),
            Self::Proposal(id) => join(b'Q', &[id.as_bytes()]),
            Self::Receipts(height) => join(b'R', &[&height.to_be_bytes()]),
            Self::Terms(id, version) => join(b'T', &[&id.0.to_be_bytes(), &version.to_be_bytes()]),
            Self::Mandate(id) => join(b'X', &[id.as_bytes()]),
            Self::CashOut(id) => join(b'W', &[id.as_str().as_bytes()]),
            Self::Contract(name) => join(b'Z', &[name.as_str().as_bytes()]),
            Self::Validators(epoch) => join(b'E', &[&epoch.to_be_bytes()]),
        }
    }
}
