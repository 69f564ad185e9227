//! Every refusal once, and the inputs of each.

use super::Refusal;
use crate::amount::Amount;

/// One of each, in the order of their numbers.
const ALL: &[Refusal] = &[
    Refusal::BadSignature,
    Refusal::WrongChain,
    Refusal::UnknownCertificate,
    Refusal::RevokedCertificate,
    Refusal::ExpiredCertificate { expired_at: 0 },
    Refusal::Expired { valid_until: 0 },
    Refusal::ValidTooLong { valid_until: 0 },
    Refusal::Replay,
    Refusal::NonceTooOld { highest: 0 },
    Refusal::NonceOutOfRange { highest: 0 },
    Refusal::NotAllowed,
    Refusal::QuorumRequired { quorum: 0 },
    Refusal::AmountOutOfRange,
    Refusal::UnknownMember,
    Refusal::MemberExists,
    Refusal::MemberNotActive,
    Refusal::NotACitizen,
    Refusal::NotAMerchant,
    Refusal::SelfDealing,
    Refusal::WeakKey,
    Refusal::BadPossession,
    Refusal::CertificateExists,
    Refusal::TooManyDevices { limit: 0 },
    Refusal::RoleMismatch,
    Refusal::UnknownCampaign,
    Refusal::CampaignExists,
    Refusal::CampaignNotRunning { starts_at: 0, ends_at: 0 },
    Refusal::BadTerms,
    Refusal::BudgetExceeded { available: Amount::ZERO },
    Refusal::DepositUsed,
    Refusal::GrantUsed,
    Refusal::BadBatch { limit: 0 },
    Refusal::InsufficientFunds { available: Amount::ZERO, short: Amount::ZERO },
    Refusal::NotEligibleHere { eligible: Amount::ZERO, short: Amount::ZERO },
    Refusal::NotTransferable { transferable: Amount::ZERO, short: Amount::ZERO },
    Refusal::OrderPaid,
    Refusal::TooManyLots,
    Refusal::UnknownPayment,
    Refusal::RefundTooLarge { refundable: Amount::ZERO },
    Refusal::TakingsTooLow { available: Amount::ZERO },
    Refusal::BatchExists,
    Refusal::UnknownBatch,
    Refusal::BatchClosed,
    Refusal::PayoutExists,
    Refusal::UnknownPayout,
    Refusal::PayoutDecided,
    Refusal::BatchUnbalanced { redeemed: Amount::ZERO, decided: Amount::ZERO, control_sum: Amount::ZERO },
    Refusal::UnknownProposal,
    Refusal::ProposalClosed,
    Refusal::AlreadyApproved,
    Refusal::TooManyProposals { limit: 0 },
    Refusal::HoldingCap { cap: Amount::ZERO, room: Amount::ZERO },
    Refusal::PersonCap { cap: Amount::ZERO, room: Amount::ZERO },
    Refusal::RenewalTooEarly { from: 0 },
    Refusal::MemberNotFrozen,
    Refusal::TermsWorsened,
    Refusal::CampaignClosed,
    Refusal::BadMandate,
    Refusal::MandateExpired { expires_at: 0 },
    Refusal::MandateTooLong { expires_at: 0 },
    Refusal::MandateNotForYou,
    Refusal::MandateUsed,
    Refusal::MandateCap { cap: Amount::ZERO, over: Amount::ZERO },
    Refusal::NotReusable { reusable: Amount::ZERO, short: Amount::ZERO },
    Refusal::UnknownDeposit,
    Refusal::DepositCashedOut,
    Refusal::NothingToCashOut,
    Refusal::CashOutNotAllowed,
    Refusal::CashOutTooEarly { used: Amount::ZERO, needed: Amount::ZERO, short: Amount::ZERO },
    Refusal::UnknownScore,
    Refusal::ScoreVersion { expected: 0 },
    Refusal::ScoreTooSoon { earliest: 0 },
    Refusal::ScorePending,
    Refusal::BadValidators,
    Refusal::ValidatorsTooDifferent { limit: 0 },
    Refusal::ValidatorsPending { from_epoch: 0 },
    Refusal::QuorumUnreachable,
    Refusal::ContractFault,
    Refusal::TooMuchWork { limit: 0 },
];

impl Refusal {
    /// One of each, for documents and for the test that every code is reached.
    pub fn all() -> Vec<Self> {
        ALL.to_vec()
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
            Self::HoldingCap { cap, room } => vec![("cap", cap.get()), ("room", room.get())],
            Self::PersonCap { cap, room } => vec![("cap", cap.get()), ("room", room.get())],
            Self::RenewalTooEarly { from } => vec![("from", *from)],
            Self::MandateExpired { expires_at } => vec![("expires_at", *expires_at)],
            Self::MandateTooLong { expires_at } => vec![("expires_at", *expires_at)],
            Self::MandateCap { cap, over } => vec![("cap", cap.get()), ("over", over.get())],
            Self::NotReusable { reusable, short } => {
                vec![("reusable", reusable.get()), ("short", short.get())]
            }
            Self::CashOutTooEarly { used, needed, short } => {
                vec![("used", used.get()), ("needed", needed.get()), ("short", short.get())]
            }
            Self::ScoreVersion { expected } => vec![("expected", *expected)],
            Self::ScoreTooSoon { earliest } => vec![("earliest", *earliest)],
            Self::ValidatorsTooDifferent { limit } => vec![("limit", *limit)],
            Self::ValidatorsPending { from_epoch } => vec![("from_epoch", *from_epoch)],
            Self::TooMuchWork { limit } => vec![("limit", *limit)],
            _ => Vec::new(),
        }
    }
}
