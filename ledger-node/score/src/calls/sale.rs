//! A sale: who pays whom for what, and where a campaign's coin may be spent.

use crate::{
    call::TokenPay,
    ids::{Bid, Hash32},
    record::{CampaignTerms, MerchantTerms},
};

/// Who pays.
#[derive(Clone, Copy)]
pub struct Payer {
    /// The account.
    pub bid: Bid,
    /// A merchant, who may use takings again where their series allow it.
    pub merchant: bool,
}

/// What is to be paid, once it is known who may pay whom.
pub struct Sale<'a> {
    /// Who pays.
    pub payer: Payer,
    /// What for.
    pub order: &'a TokenPay,
    /// The payee's terms.
    pub shop: &'a MerchantTerms,
    /// The mandate that it uses up, if any.
    pub mandate: Option<Hash32>,
}

/// True if a campaign's coin may be spent at a merchant.
pub fn admits(terms: &CampaignTerms, merchant: &Bid, shop: &MerchantTerms) -> bool {
    (terms.large_merchants || !shop.large)
        && (terms.categories.is_empty() || terms.categories.contains(&shop.category))
        && (terms.regions.is_empty() || terms.regions.contains(&shop.region))
        && (terms.merchants.is_empty() || terms.merchants.contains(merchant))
}
