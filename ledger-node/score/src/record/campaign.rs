//! Campaigns, their supply, and what a person has had of them.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    ids::{Bid, CampaignId, Code, Title},
    lot::SpendClass,
};

/// Terms of a campaign. An amendment never takes anything from coin that is already given out.
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
    /// Cashback on a citizen's payment: basis points of the charged coin in it, rounded down.
    #[n(13)]
    #[serde(default)]
    pub cashback_bps: u16,
    /// Most cashback per person and calendar month.
    #[n(14)]
    #[serde(default)]
    pub monthly_cashback_cap: Amount,
    /// Most of this series that one citizen may hold; 0 for no cap.
    #[n(15)]
    #[serde(default)]
    pub holding_cap: Amount,
    /// Most that one person may ever get out of the budget (bonus, grant, cashback); 0 for no cap.
    #[n(16)]
    #[serde(default)]
    pub person_cap: Amount,
    /// A merchant may spend takings of this series at another merchant.
    #[n(17)]
    #[serde(default)]
    pub reusable: bool,
    /// Cashback on a merchant's payment to another merchant: basis points of the amount, rounded down.
    #[n(18)]
    #[serde(default)]
    pub reuse_bps: u16,
    /// Least share of a purchase that must have been used before its remainder may be cashed out, basis points;
    /// more than 10,000 means never. A purchase of which nothing was used may be taken back whole. Counts for
    /// coin (campaign 0) alone.
    #[n(19)]
    #[serde(default = "never_cashed_out")]
    pub cash_out_bps: u16,
}

impl CampaignTerms {
    /// How the coin of series `campaign` under these terms is spent.
    pub fn spend_class(&self, campaign: CampaignId) -> SpendClass {
        let everywhere = self.large_merchants
            && self.categories.is_empty()
            && self.regions.is_empty()
            && self.merchants.is_empty();
        match (campaign, everywhere) {
            (CampaignId::COIN, _) => SpendClass::Coin,
            (_, true) => SpendClass::General,
            (_, false) => SpendClass::Restricted,
        }
    }
}

const fn never_cashed_out() -> u16 {
    u16::MAX
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
    /// 1 when it opened, one more with every amendment; earlier terms stay readable.
    #[n(3)]
    pub version: u32,
}

/// Coin of one campaign, since genesis. `issued + charged - burned - expired - returned` is what exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Supply {
    /// Minted into the campaign's budget.
    #[n(0)]
    pub issued: Amount,
    /// Minted against won at the bank: deposits (campaign 0), and subsidy that came back out of charged coin.
    #[n(1)]
    pub charged: Amount,
    /// Destroyed because the bank paid a merchant.
    #[n(2)]
    pub burned: Amount,
    /// Destroyed because it expired (campaign 0 only; vouchers return to their budget).
    #[n(3)]
    pub expired: Amount,
    /// Destroyed because the campaign ended and its budget went back to who paid for it.
    #[n(4)]
    pub returned: Amount,
}

impl Supply {
    /// What exists now, or `None` if the record contradicts itself.
    pub fn existing(&self) -> Option<Amount> {
        self.issued.plus(self.charged)?.minus(self.burned)?.minus(self.expired)?.minus(self.returned)
    }
}

/// What one person has had from one campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct PersonUse {
    /// The month that the next two count, in months since January of year 0 in the channel's time zone.
    #[n(0)]
    pub month: u64,
    /// Charge that earned the bonus in that month.
    #[n(1)]
    pub charged: Amount,
    /// Cashback of that month.
    #[n(2)]
    pub cashback: Amount,
    /// All that ever came out of the budget, less what was taken back.
    #[n(3)]
    pub received: Amount,
}
