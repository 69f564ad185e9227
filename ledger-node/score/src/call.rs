//! What a transaction can ask for: exactly one call, each with bounded work.
//!
//! Variant numbers are wire format (see `score.cddl`); a retired number is never used again.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    ids::{BatchId, Bid, CampaignId, CertId, Code, DepositRef, Hash32, OrderId, PayoutId, TxId},
    record::{CampaignTerms, MemberClass, Role},
    signature::{PublicKey, Signature},
};

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
}

/// See [`Call::MemberRegister`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct MemberRegister {
    /// The new, random id.
    #[n(0)]
    pub bid: Bid,
    /// Citizen or merchant (with the merchant's terms).
    #[n(1)]
    pub class: MemberClass,
}

/// See [`Call::CertificateIssue`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CertificateIssue {
    /// Whose device it is.
    #[n(0)]
    pub owner: Bid,
    /// The device's key.
    #[n(1)]
    pub public_key: PublicKey,
    /// What the device may do.
    #[n(2)]
    pub role: Role,
    /// The device key's signature over [`crate::tx::possession_message`]: nobody certifies a key that is not theirs.
    #[n(3)]
    pub possession: Signature,
}

/// See [`Call::CertificateRevoke`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CertificateRevoke {
    /// The certificate to end.
    #[n(0)]
    pub certificate: CertId,
}

/// See [`Call::CampaignOpen`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CampaignOpen {
    /// The new campaign's number, never used before, not 0.
    #[n(0)]
    pub campaign: CampaignId,
    /// Its terms.
    #[n(1)]
    pub terms: CampaignTerms,
}

/// See [`Call::TokenIssue`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenIssue {
    /// Into which budget.
    #[n(0)]
    pub campaign: CampaignId,
    /// How much; the sum of all issues stays within the campaign's budget ceiling.
    #[n(1)]
    pub amount: Amount,
}

/// See [`Call::TokenCharge`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenCharge {
    /// Who paid won in.
    #[n(0)]
    pub to: Bid,
    /// Won received.
    #[n(1)]
    pub amount: Amount,
    /// The bank's reference; charges once, ever.
    #[n(2)]
    pub deposit: DepositRef,
    /// The campaign whose bonus is asked for; 0 for none.
    #[n(3)]
    pub campaign: CampaignId,
}

/// See [`Call::TokenGrant`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenGrant {
    /// From which budget.
    #[n(0)]
    pub campaign: CampaignId,
    /// Names this grant; applies once, ever (a spreadsheet sent twice grants once).
    #[n(1)]
    pub grant: Hash32,
    /// Who gets how much; all or nobody.
    #[n(2)]
    pub to: Vec<GrantItem>,
}

/// One recipient of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GrantItem {
    /// Recipient.
    #[n(0)]
    pub to: Bid,
    /// Amount.
    #[n(1)]
    pub amount: Amount,
}

/// See [`Call::TokenTransfer`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenTransfer {
    /// Receiver, a citizen.
    #[n(0)]
    pub to: Bid,
    /// Amount.
    #[n(1)]
    pub amount: Amount,
    /// SHA-256 of the message that goes along off the ledger; all zero for none.
    #[n(2)]
    pub memo: Hash32,
}

/// See [`Call::TokenPay`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenPay {
    /// Payee.
    #[n(0)]
    pub merchant: Bid,
    /// The payee's order number; paid once, ever.
    #[n(1)]
    pub order: OrderId,
    /// Amount.
    #[n(2)]
    pub amount: Amount,
}

/// See [`Call::TokenRefund`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenRefund {
    /// The payment (id of the transaction that paid).
    #[n(0)]
    pub payment: TxId,
    /// How much goes back.
    #[n(1)]
    pub amount: Amount,
}

/// See [`Call::TokenExpire`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenExpire {
    /// Whose lots to look at.
    #[n(0)]
    pub owners: Vec<Bid>,
}

/// See [`Call::SettlementOpen`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementOpen {
    /// The new batch.
    #[n(0)]
    pub batch: BatchId,
    /// First block height that the batch nets.
    #[n(1)]
    pub from_height: u64,
    /// Last block height that the batch nets (the cut-off).
    #[n(2)]
    pub to_height: u64,
}

/// See [`Call::SettlementRedeem`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementRedeem {
    /// Of which batch.
    #[n(0)]
    pub batch: BatchId,
    /// The new payout.
    #[n(1)]
    pub payout: PayoutId,
    /// To whom.
    #[n(2)]
    pub merchant: Bid,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// See [`Call::SettlementConfirm`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementConfirm {
    /// The payout that the bank booked.
    #[n(0)]
    pub payout: PayoutId,
}

/// See [`Call::SettlementReject`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementReject {
    /// The payout that the bank refused.
    #[n(0)]
    pub payout: PayoutId,
    /// The bank's reason (ISO 20022 status reason, such as AC04).
    #[n(1)]
    pub reason: Code,
}

/// See [`Call::SettlementClose`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SettlementClose {
    /// The batch.
    #[n(0)]
    pub batch: BatchId,
    /// Control sum of the bank file; must equal what the batch redeemed.
    #[n(1)]
    pub control_sum: Amount,
}

/// See [`Call::GovernancePropose`].
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
    /// See [`Call::CampaignOpen`].
    #[n(0)]
    CampaignOpen(#[n(0)] CampaignOpen),
    /// See [`Call::TokenIssue`].
    #[n(1)]
    TokenIssue(#[n(0)] TokenIssue),
}

/// See [`Call::GovernanceApprove`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GovernanceApprove {
    /// The proposal (id of the transaction that proposed).
    #[n(0)]
    pub proposal: TxId,
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
        }
    }
}
