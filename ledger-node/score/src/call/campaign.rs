//! Campaigns and their budgets.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{amount::Amount, ids::CampaignId, record::CampaignTerms};

/// See [`crate::Call::CampaignOpen`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CampaignOpen {
    /// The new campaign's number, never used before, not 0.
    #[n(0)]
    pub campaign: CampaignId,
    /// Its terms.
    #[n(1)]
    pub terms: CampaignTerms,
}

/// See [`crate::Call::TokenIssue`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenIssue {
    /// Into which budget.
    #[n(0)]
    pub campaign: CampaignId,
    /// How much; the sum of all issues stays within the campaign's budget ceiling.
    #[n(1)]
    pub amount: Amount,
}

/// See [`crate::Call::CampaignAmend`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CampaignAmend {
    /// Which campaign; 0 is the coin itself.
    #[n(0)]
    pub campaign: CampaignId,
    /// Its terms from now on. They take nothing from coin that is already given out.
    #[n(1)]
    pub terms: CampaignTerms,
}

/// See [`crate::Call::CampaignClose`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CampaignClose {
    /// Which campaign.
    #[n(0)]
    pub campaign: CampaignId,
}
