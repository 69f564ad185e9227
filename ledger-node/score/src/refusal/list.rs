//! Every refusal once, and the inputs of each.

use super::Refusal;
use crate::amount::Amount;

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
            Self::HoldingCap { cap: Amount::ZERO, room: Amount::ZERO },
            Self::PersonCap { cap: Amount::ZERO, room: Amount::ZERO },
            Self::RenewalTooEarly { from: 0 },
            Self::MemberNotFrozen,
            Self::TermsWorsened,
            Self::CampaignClosed,
            Self::BadMandate,
            Self::MandateExpired { expires_at: 0 },
            Self::MandateTooLong { expires_at: 0 },
            Self::MandateNotForYou,
            Self::MandateUsed,
            Self::MandateCap { cap: Amount::ZERO, over: Amount::ZERO },
            Self::NotReusable { reusable: Amount::ZERO, short: Amount::ZERO },
            Self::UnknownDeposit,
            Self::DepositCashedOut,
            Self::NothingToCashOut,
            Self::CashOutNotAllowed,
            Self::CashOutTooEarly { used: Amount::ZERO, needed: Amount::ZERO, short: Amount::ZERO },
            Self::UnknownScore,
            Self::ScoreVersion { expected: 0 },
            Self::ScoreTooSoon { earliest: 0 },
            Self::ScorePending,
            Self::BadValidators,
            Self::ValidatorsTooDifferent { limit: 0 },
            Self::ValidatorsPending { from_epoch: 0 },
            Self::QuorumUnreachable,
            Self::ContractFault,
            Self::TooMuchWork { limit: 0 },
        ]
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
