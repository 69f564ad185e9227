//! What a transaction can ask for: exactly one call, each with bounded work.
//!
//! Variant numbers are wire format (see `score.cddl`); a retired number is never used again.

mod campaign;
mod governance;
mod identity;
mod money;
mod settlement;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

pub use campaign::*;
pub use governance::*;
pub use identity::*;
pub use money::*;
pub use settlement::*;

/// One request to the contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Enter a citizen or a merchant. A registrar's officer signs.
    #[n(0)]
    MemberRegister(#[n(0)] MemberRegister),
    /// Certify a device key. A registrar's officer signs, or a merchant's owner for the shop's own staff and tills.
    #[n(1)]
    CertificateIssue(#[n(0)] CertificateIssue),
    /// End a certificate. A registrar's officer signs, or the owner with any device.
    #[n(2)]
    CertificateRevoke(#[n(0)] CertificateRevoke),
    /// Open a campaign. The funding institution signs, by quorum.
    #[n(3)]
    CampaignOpen(#[n(0)] CampaignOpen),
    /// Mint coin into a campaign's budget. The funding institution signs, by quorum.
    #[n(4)]
    TokenIssue(#[n(0)] TokenIssue),
    /// Turn a booked bank deposit into coin, with the campaign's bonus. A bank's officer signs.
    #[n(5)]
    TokenCharge(#[n(0)] TokenCharge),
    /// Give vouchers from a campaign's budget to many people. An officer of the funding institution signs.
    #[n(6)]
    TokenGrant(#[n(0)] TokenGrant),
    /// Send coin to another citizen. The sender signs.
    #[n(7)]
    TokenTransfer(#[n(0)] TokenTransfer),
    /// Pay a merchant's order. The payer signs.
    #[n(8)]
    TokenPay(#[n(0)] TokenPay),
    /// Give back a payment, whole or in part. The merchant, its staff or its till signs.
    #[n(9)]
    TokenRefund(#[n(0)] TokenRefund),
    /// Collect expired lots: vouchers return to their budget, expired coin leaves circulation. A bank's officer signs.
    #[n(10)]
    TokenExpire(#[n(0)] TokenExpire),
    /// Open the day's settlement batch. A bank's officer signs, as for every settlement call.
    #[n(11)]
    SettlementOpen(#[n(0)] SettlementOpen),
    /// Move a merchant's takings into escrow for one payout.
    #[n(12)]
    SettlementRedeem(#[n(0)] SettlementRedeem),
    /// The bank has paid: burn the escrow.
    #[n(13)]
    SettlementConfirm(#[n(0)] SettlementConfirm),
    /// The bank has refused: the coin goes back to the merchant.
    #[n(14)]
    SettlementReject(#[n(0)] SettlementReject),
    /// Close the batch; refused unless every payout is decided and the totals agree.
    #[n(15)]
    SettlementClose(#[n(0)] SettlementClose),
    /// Propose a call that needs a quorum of one's institution; counts as the first approval.
    #[n(16)]
    GovernancePropose(#[n(0)] GovernancePropose),
    /// Approve a proposal; the approval that completes the quorum executes it.
    #[n(17)]
    GovernanceApprove(#[n(0)] GovernanceApprove),
    /// Give the signing device three more years. The device itself signs, near the end of its time.
    #[n(18)]
    CertificateRenew(#[n(0)] CertificateRenew),
    /// Stop an account at once: lost phone, court order. A registrar's officer signs, or the owner with any device.
    #[n(19)]
    AccountFreeze(#[n(0)] AccountFreeze),
    /// Let a frozen account go on. The registrar signs, by quorum.
    #[n(20)]
    AccountUnfreeze(#[n(0)] AccountUnfreeze),
    /// Move an account to a new device: ends all others, certifies the new one, lets the account go on. The
    /// registrar signs, by quorum.
    #[n(21)]
    AccountRebind(#[n(0)] AccountRebind),
    /// Change a campaign's terms for the future. The funding institution signs, by quorum.
    #[n(22)]
    CampaignAmend(#[n(0)] CampaignAmend),
    /// End a campaign: what its budget still holds goes back to who paid for it. The funding institution signs,
    /// by quorum.
    #[n(23)]
    CampaignClose(#[n(0)] CampaignClose),
    /// Pay by the payer's one-time authorisation. The merchant's device signs; the payer may be offline.
    #[n(24)]
    TokenPayMandate(#[n(0)] TokenPayMandate),
    /// Take the remainder of a deposit back as won. The citizen signs; the bank confirms or rejects the payout.
    #[n(25)]
    TokenCashOut(#[n(0)] TokenCashOut),
    /// Enter a new version of the contract. The operator signs, by quorum.
    #[n(26)]
    ScoreRegister(#[n(0)] ScoreRegister),
    /// Name the height from which a registered version applies. The operator signs, by quorum.
    #[n(27)]
    ScoreActivate(#[n(0)] ScoreActivate),
    /// Change the validators from the epoch after next. The operator signs, by quorum.
    #[n(28)]
    ValidatorsUpdate(#[n(0)] ValidatorsUpdate),
}

impl Call {
    /// The call's published name, such as `token.pay`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MemberRegister(_) => "member.register",
            Self::CertificateIssue(_) => "certificate.issue",
            Self::CertificateRevoke(_) => "certificate.revoke",
            Self::CampaignOpen(_) => "campaign.open",
            Self::TokenIssue(_) => "token.issue",
            Self::TokenCharge(_) => "token.charge",
            Self::TokenGrant(_) => "token.grant",
            Self::TokenTransfer(_) => "token.transfer",
            Self::TokenPay(_) => "token.pay",
            Self::TokenRefund(_) => "token.refund",
            Self::TokenExpire(_) => "token.expire",
            Self::SettlementOpen(_) => "settlement.open",
            Self::SettlementRedeem(_) => "settlement.redeem",
            Self::SettlementConfirm(_) => "settlement.confirm",
            Self::SettlementReject(_) => "settlement.reject",
            Self::SettlementClose(_) => "settlement.close",
            Self::GovernancePropose(_) => "governance.propose",
            Self::GovernanceApprove(_) => "governance.approve",
            Self::CertificateRenew(_) => "certificate.renew",
            Self::AccountFreeze(_) => "account.freeze",
            Self::AccountUnfreeze(_) => "account.unfreeze",
            Self::AccountRebind(_) => "account.rebind",
            Self::CampaignAmend(_) => "campaign.amend",
            Self::CampaignClose(_) => "campaign.close",
            Self::TokenPayMandate(_) => "token.pay_mandate",
            Self::TokenCashOut(_) => "token.cash_out",
            Self::ScoreRegister(_) => "score.register",
            Self::ScoreActivate(_) => "score.activate",
            Self::ValidatorsUpdate(_) => "validators.update",
        }
    }
}
