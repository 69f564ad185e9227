//! Acts of a quorum, the contract itself, the validators.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    call::{
        AccountRebind, AccountUnfreeze, CampaignAmend, CampaignClose, CampaignOpen, CertificateIssue,
        CertificateRevoke, TokenIssue,
    },
    ids::{Code, Hash32, TxId},
    record::ValidatorSeat,
};

/// See [`crate::Call::GovernancePropose`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GovernancePropose {
    /// The call to be executed once approved.
    #[n(0)]
    pub proposed: ProposedCall,
}

/// The calls that need a quorum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum ProposedCall {
    /// See [`crate::Call::CampaignOpen`].
    #[n(0)]
    CampaignOpen(#[n(0)] CampaignOpen),
    /// See [`crate::Call::TokenIssue`].
    #[n(1)]
    TokenIssue(#[n(0)] TokenIssue),
    /// See [`crate::Call::CampaignAmend`].
    #[n(2)]
    CampaignAmend(#[n(0)] CampaignAmend),
    /// See [`crate::Call::CampaignClose`].
    #[n(3)]
    CampaignClose(#[n(0)] CampaignClose),
    /// See [`crate::Call::AccountUnfreeze`].
    #[n(4)]
    AccountUnfreeze(#[n(0)] AccountUnfreeze),
    /// See [`crate::Call::AccountRebind`].
    #[n(5)]
    AccountRebind(#[n(0)] AccountRebind),
    /// An officer's key for the proposing institution; see [`crate::Call::CertificateIssue`].
    #[n(6)]
    CertificateIssue(#[n(0)] CertificateIssue),
    /// The end of an officer's key of the proposing institution; see [`crate::Call::CertificateRevoke`].
    #[n(7)]
    CertificateRevoke(#[n(0)] CertificateRevoke),
    /// See [`crate::Call::ScoreRegister`].
    #[n(8)]
    ScoreRegister(#[n(0)] ScoreRegister),
    /// See [`crate::Call::ScoreActivate`].
    #[n(9)]
    ScoreActivate(#[n(0)] ScoreActivate),
    /// See [`crate::Call::ValidatorsUpdate`].
    #[n(10)]
    ValidatorsUpdate(#[n(0)] ValidatorsUpdate),
}

/// See [`crate::Call::GovernanceApprove`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GovernanceApprove {
    /// The proposal (id of the transaction that proposed).
    #[n(0)]
    pub proposal: TxId,
}

/// See [`crate::Call::ScoreRegister`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ScoreRegister {
    /// The contract's name; `token` is the one of this ledger.
    #[n(0)]
    pub name: Code,
    /// The new version: one more than the last registered.
    #[n(1)]
    pub version: u32,
    /// SHA-256 that names the version's rules.
    #[n(2)]
    pub code_hash: Hash32,
}

/// See [`crate::Call::ScoreActivate`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ScoreActivate {
    /// The contract's name.
    #[n(0)]
    pub name: Code,
    /// A registered version.
    #[n(1)]
    pub version: u32,
    /// First block that it applies to.
    #[n(2)]
    pub at_height: u64,
}

/// See [`crate::Call::ValidatorsUpdate`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ValidatorsUpdate {
    /// The whole new set, in any order.
    #[n(0)]
    pub validators: Vec<ValidatorSeat>,
}
