//! Lots: coin with its history. A balance is a sum of lots; money never loses its date, price or terms.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{amount::Amount, ids::CampaignId, limits::NEVER};

/// What kind of coin a lot is, in the order in which kinds are spent: the least useful first, so that what can be
/// used anywhere is what remains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpendClass {
    /// A series that is not good everywhere: vouchers.
    Restricted,
    /// A series that is good everywhere: points.
    General,
    /// Charged coin.
    Coin,
}

/// Coin of one origin in one account.
///
/// `face` and `price_paid` are those of the original purchase and never change, so that the price of any
/// part is `amount × price_paid ÷ face` and no rounding is ever stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Lot {
    /// Number within the account, given in order, never reused.
    #[n(0)]
    pub id: u64,
    /// Series; 0 is charged coin.
    #[n(1)]
    pub campaign: CampaignId,
    /// Block time of the original purchase or grant, ms; 0 for a merchant's takings.
    #[n(2)]
    pub acquired_at: u64,
    /// Amount originally acquired.
    #[n(3)]
    pub face: Amount,
    /// Won originally paid for `face`.
    #[n(4)]
    pub price_paid: Amount,
    /// Block time from which it cannot be spent, ms; [`NEVER`] for a merchant's takings.
    #[n(5)]
    pub expires_at: u64,
    /// What is left here.
    #[n(6)]
    pub amount: Amount,
}

impl Lot {
    /// A merchant's takings of `campaign`: without history, so that all of a series merge into one lot.
    #[inline]
    pub const fn takings(campaign: CampaignId, amount: Amount) -> Self {
        Self {
            id: 0,
            campaign,
            acquired_at: 0,
            face: Amount::ZERO,
            price_paid: Amount::ZERO,
            expires_at: NEVER,
            amount,
        }
    }

    /// True if the two differ in nothing but number and amount: then, and only then, they merge.
    #[inline]
    pub fn same_attributes(&self, other: &Self) -> bool {
        (self.campaign, self.acquired_at, self.face, self.price_paid, self.expires_at)
            == (other.campaign, other.acquired_at, other.face, other.price_paid, other.expires_at)
    }

    /// The published spend order: vouchers before points before charged coin, then soonest expiry, then oldest, ties
    /// by number. `class` is that of the lot's series.
    #[inline]
    pub const fn spend_key(&self, class: SpendClass) -> (SpendClass, u64, u64, u64) {
        (class, self.expires_at, self.acquired_at, self.id)
    }
}
