//! Why a transaction was refused: a closed list. Each has a stable code, the inputs that led there, and a
//! sentence for people in Korean and English that says what to do next. Numbers are wire format: append only.

mod text;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::amount::Amount;

/// Language of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// A refusal and its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// `BAD_SIGNATURE`: The signature does not match. Open the app again and retry.
    #[n(0)]
    BadSignature,
    /// `WRONG_CHAIN`: This belongs to another channel. Use the app of this city or campus.
    #[n(1)]
    WrongChain,
    /// `UNKNOWN_CERTIFICATE`: This device is not registered. Enrol it first.
    #[n(2)]
    UnknownCertificate,
    /// `REVOKED_CERTIFICATE`: This device has been revoked. Enrol again from another device or at the counter.
    #[n(3)]
    RevokedCertificate,
    /// `EXPIRED_CERTIFICATE`: This device's certificate has expired. Renew it.
    #[n(4)]
    ExpiredCertificate {
        /// When it expired, ms.
        #[n(0)]
        expired_at: u64,
    },
    /// `EXPIRED`: The time limit passed before it was processed. No money has moved.
    #[n(5)]
    Expired {
        /// The transaction's limit, ms.
        #[n(0)]
        valid_until: u64,
    },
    /// `VALID_TOO_LONG`: The time limit may be at most 10 minutes ahead. Check the device's clock.
    #[n(6)]
    ValidTooLong {
        /// The transaction's limit, ms.
        #[n(0)]
        valid_until: u64,
    },
    /// `REPLAY`: This transaction has been processed already. It will not happen twice.
    #[n(7)]
    Replay,
    /// `NONCE_TOO_OLD`: This transaction is too old. Make a new one.
    #[n(8)]
    NonceTooOld {
        /// Highest nonce seen.
        #[n(0)]
        highest: u64,
    },
    /// `NONCE_OUT_OF_RANGE`: The transaction's number is out of range. Open the app again.
    #[n(9)]
    NonceOutOfRange {
        /// Highest nonce seen.
        #[n(0)]
        highest: u64,
    },
    /// `NOT_ALLOWED`: This device may not do that. Ask somebody who may.
    #[n(10)]
    NotAllowed,
    /// `QUORUM_REQUIRED`: This needs the approval of several officers. Propose it and have it approved.
    #[n(11)]
    QuorumRequired {
        /// Approvals needed.
        #[n(0)]
        quorum: u64,
    },
    /// `AMOUNT_OUT_OF_RANGE`: The amount is zero or too large. Check the amount.
    #[n(12)]
    AmountOutOfRange,
    /// `UNKNOWN_MEMBER`: There is no such member. Check the code.
    #[n(13)]
    UnknownMember,
    /// `MEMBER_EXISTS`: This member id is taken.
    #[n(14)]
    MemberExists,
    /// `MEMBER_NOT_ACTIVE`: The account is frozen or closed. Ask at the counter.
    #[n(15)]
    MemberNotActive,
    /// `NOT_A_CITIZEN`: Only a citizen's account can do or receive this.
    #[n(16)]
    NotACitizen,
    /// `NOT_A_MERCHANT`: This is not a merchant. Check the code.
    #[n(17)]
    NotAMerchant,
    /// `SELF_DEALING`: You cannot send to yourself.
    #[n(18)]
    SelfDealing,
    /// `WEAK_KEY`: This key is not safe. Make a new one.
    #[n(19)]
    WeakKey,
    /// `BAD_POSSESSION`: The device has not proven that it holds the key.
    #[n(20)]
    BadPossession,
    /// `CERTIFICATE_EXISTS`: This device is registered already.
    #[n(21)]
    CertificateExists,
    /// `TOO_MANY_DEVICES`: The limit of devices is reached. Revoke one that you no longer use.
    #[n(22)]
    TooManyDevices {
        /// The limit.
        #[n(0)]
        limit: u64,
    },
    /// `ROLE_MISMATCH`: This owner cannot have a device of that role.
    #[n(23)]
    RoleMismatch,
    /// `UNKNOWN_CAMPAIGN`: There is no such campaign.
    #[n(24)]
    UnknownCampaign,
    /// `CAMPAIGN_EXISTS`: This campaign number is taken. Use another.
    #[n(25)]
    CampaignExists,
    /// `CAMPAIGN_NOT_RUNNING`: The campaign is not running now.
    #[n(26)]
    CampaignNotRunning {
        /// First moment, ms.
        #[n(0)]
        starts_at: u64,
        /// Last moment, ms.
        #[n(1)]
        ends_at: u64,
    },
    /// `BAD_TERMS`: The campaign's terms contradict each other. Check dates and rates.
    #[n(27)]
    BadTerms,
    /// `BUDGET_EXCEEDED`: The budget does not suffice.
    #[n(28)]
    BudgetExceeded {
        /// What there is.
        #[n(0)]
        available: Amount,
    },
    /// `DEPOSIT_USED`: This deposit has been charged already. It will not be charged twice.
    #[n(29)]
    DepositUsed,
    /// `GRANT_USED`: This grant has been made already. It will not be made twice.
    #[n(30)]
    GrantUsed,
    /// `BAD_BATCH`: The list is empty or too long. Split it.
    #[n(31)]
    BadBatch {
        /// The limit.
        #[n(0)]
        limit: u64,
    },
    /// `INSUFFICIENT_FUNDS`: The balance does not suffice. Charge and try again.
    #[n(32)]
    InsufficientFunds {
        /// What there is.
        #[n(0)]
        available: Amount,
        /// What is missing.
        #[n(1)]
        short: Amount,
    },
    /// `NOT_ELIGIBLE_HERE`: Some of your vouchers cannot be used here, and the rest does not suffice.
    #[n(33)]
    NotEligibleHere {
        /// What can be used here.
        #[n(0)]
        eligible: Amount,
        /// What is missing.
        #[n(1)]
        short: Amount,
    },
    /// `NOT_TRANSFERABLE`: Some of your vouchers cannot be sent, and the rest does not suffice.
    #[n(34)]
    NotTransferable {
        /// What can be sent.
        #[n(0)]
        transferable: Amount,
        /// What is missing.
        #[n(1)]
        short: Amount,
    },
    /// `ORDER_PAID`: This order has been paid already. It will not be paid twice.
    #[n(35)]
    OrderPaid,
    /// `TOO_MANY_LOTS`: The receiving account holds too many different lots. Spend some first.
    #[n(36)]
    TooManyLots,
    /// `UNKNOWN_PAYMENT`: There is no such payment.
    #[n(37)]
    UnknownPayment,
    /// `REFUND_TOO_LARGE`: More than was paid cannot be refunded.
    #[n(38)]
    RefundTooLarge {
        /// What can still be refunded.
        #[n(0)]
        refundable: Amount,
    },
    /// `TAKINGS_TOO_LOW`: The shop's takings have been settled; what is left does not suffice.
    #[n(39)]
    TakingsTooLow {
        /// What there is.
        #[n(0)]
        available: Amount,
    },
    /// `BATCH_EXISTS`: This batch exists already.
    #[n(40)]
    BatchExists,
    /// `UNKNOWN_BATCH`: There is no such batch.
    #[n(41)]
    UnknownBatch,
    /// `BATCH_CLOSED`: This batch is closed.
    #[n(42)]
    BatchClosed,
    /// `PAYOUT_EXISTS`: This payout exists already. It will not be made twice.
    #[n(43)]
    PayoutExists,
    /// `UNKNOWN_PAYOUT`: There is no such payout.
    #[n(44)]
    UnknownPayout,
    /// `PAYOUT_DECIDED`: This payout has been decided already.
    #[n(45)]
    PayoutDecided,
    /// `BATCH_UNBALANCED`: The batch does not balance and cannot be closed. Find the difference first.
    #[n(46)]
    BatchUnbalanced {
        /// Moved into escrow.
        #[n(0)]
        redeemed: Amount,
        /// Confirmed and rejected.
        #[n(1)]
        decided: Amount,
        /// The file's control sum.
        #[n(2)]
        control_sum: Amount,
    },
    /// `UNKNOWN_PROPOSAL`: There is no such proposal.
    #[n(47)]
    UnknownProposal,
    /// `PROPOSAL_CLOSED`: The proposal has been executed or has lapsed.
    #[n(48)]
    ProposalClosed,
    /// `ALREADY_APPROVED`: You have approved this already. Another officer must approve.
    #[n(49)]
    AlreadyApproved,
    /// `TOO_MANY_PROPOSALS`: Too many proposals are open. Deal with those first.
    #[n(50)]
    TooManyProposals {
        /// The limit.
        #[n(0)]
        limit: u64,
    },
    /// `UNKNOWN_INSTITUTION`: There is no such institution.
    #[n(51)]
    UnknownInstitution,
}

impl Refusal {
    /// One of each, for documents and for the test that every code is reached.
    pub fn all() -> Vec<Self> {
        vec![
            Self::BadSignature,
            Self::WrongChain,
            Self::UnknownCertificate,
            Self::RevokedCertificate,
            Self::ExpiredCertificate { expired_at: 0 },
            Self::Expired { valid_until: 0 },
            Self::ValidTooLong { valid_until: 0 },
            Self::Replay,
            Self::NonceTooOld { highest: 0 },
            Self::NonceOutOfRange { highest: 0 },
            Self::NotAllowed,
            Self::QuorumRequired { quorum: 0 },
            Self::AmountOutOfRange,
            Self::UnknownMember,
            Self::MemberExists,
            Self::MemberNotActive,
            Self::NotACitizen,
            Self::NotAMerchant,
            Self::SelfDealing,
            Self::WeakKey,
            Self::BadPossession,
            Self::CertificateExists,
            Self::TooManyDevices { limit: 0 },
            Self::RoleMismatch,
            Self::UnknownCampaign,
            Self::CampaignExists,
            Self::CampaignNotRunning { starts_at: 0, ends_at: 0 },
            Self::BadTerms,
            Self::BudgetExceeded { available: Amount::ZERO },
            Self::DepositUsed,
            Self::GrantUsed,
            Self::BadBatch { limit: 0 },
            Self::InsufficientFunds { available: Amount::ZERO, short: Amount::ZERO },
            Self::NotEligibleHere { eligible: Amount::ZERO, short: Amount::ZERO },
            Self::NotTransferable { transferable: Amount::ZERO, short: Amount::ZERO },
            Self::OrderPaid,
            Self::TooManyLots,
            Self::UnknownPayment,
            Self::RefundTooLarge { refundable: Amount::ZERO },
            Self::TakingsTooLow { available: Amount::ZERO },
            Self::BatchExists,
            Self::UnknownBatch,
            Self::BatchClosed,
            Self::PayoutExists,
            Self::UnknownPayout,
            Self::PayoutDecided,
            Self::BatchUnbalanced {
                redeemed: Amount::ZERO,
                decided: Amount::ZERO,
                control_sum: Amount::ZERO,
            },
            Self::UnknownProposal,
            Self::ProposalClosed,
            Self::AlreadyApproved,
            Self::TooManyProposals { limit: 0 },
            Self::UnknownInstitution,
        ]
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// What happened and what to do next.
    pub const fn sentence(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ko => self.row().1,
            Lang::En => self.row().2,
        }
    }

    /// The inputs of the rule, by name.
    pub fn inputs(&self) -> Vec<(&'static str, u64)> {
        match self {
            Self::ExpiredCertificate { expired_at } => vec![("expired_at", *expired_at)],
            Self::Expired { valid_until } => vec![("valid_until", *valid_until)],
            Self::ValidTooLong { valid_until } => vec![("valid_until", *valid_until)],
            Self::NonceTooOld { highest } => vec![("highest", *highest)],
            Self::NonceOutOfRange { highest } => vec![("highest", *highest)],
            Self::QuorumRequired { quorum } => vec![("quorum", *quorum)],
            Self::TooManyDevices { limit } => vec![("limit", *limit)],
            Self::CampaignNotRunning { starts_at, ends_at } => {
                vec![("starts_at", *starts_at), ("ends_at", *ends_at)]
            }
            Self::BudgetExceeded { available } => vec![("available", available.get())],
            Self::BadBatch { limit } => vec![("limit", *limit)],
            Self::InsufficientFunds { available, short } => {
                vec![("available", available.get()), ("short", short.get())]
            }
            Self::NotEligibleHere { eligible, short } => {
                vec![("eligible", eligible.get()), ("short", short.get())]
            }
            Self::NotTransferable { transferable, short } => {
                vec![("transferable", transferable.get()), ("short", short.get())]
            }
            Self::RefundTooLarge { refundable } => vec![("refundable", refundable.get())],
            Self::TakingsTooLow { available } => vec![("available", available.get())],
            Self::BatchUnbalanced { redeemed, decided, control_sum } => vec![
                ("redeemed", redeemed.get()),
                ("decided", decided.get()),
                ("control_sum", control_sum.get()),
            ],
            Self::TooManyProposals { limit } => vec![("limit", *limit)],
            _ => Vec::new(),
        }
    }
}
