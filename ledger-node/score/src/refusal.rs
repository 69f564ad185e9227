//! Why a transaction was refused: a closed list. Each has a stable code, the inputs that led there, and a
//! sentence for people in Korean and English that says what to do next. Numbers are wire format: append only.

mod list;
mod text;

pub use text::Lang;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::amount::Amount;

/// A refusal and its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
// A field and its number share a line.
#[rustfmt::skip]
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
        #[n(0)] expired_at: u64,
    },
    /// `EXPIRED`: The time limit passed before it was processed. No money has moved.
    #[n(5)]
    Expired {
        /// The transaction's limit, ms.
        #[n(0)] valid_until: u64,
    },
    /// `VALID_TOO_LONG`: The time limit may be at most 10 minutes ahead. Check the device's clock.
    #[n(6)]
    ValidTooLong {
        /// The transaction's limit, ms.
        #[n(0)] valid_until: u64,
    },
    /// `REPLAY`: This transaction has been processed already. It will not happen twice.
    #[n(7)]
    Replay,
    /// `NONCE_TOO_OLD`: This transaction is too old. Make a new one.
    #[n(8)]
    NonceTooOld {
        /// Highest nonce seen.
        #[n(0)] highest: u64,
    },
    /// `NONCE_OUT_OF_RANGE`: The transaction's number is out of range. Open the app again.
    #[n(9)]
    NonceOutOfRange {
        /// Highest nonce seen.
        #[n(0)] highest: u64,
    },
    /// `NOT_ALLOWED`: This device may not do that. Ask somebody who may.
    #[n(10)]
    NotAllowed,
    /// `QUORUM_REQUIRED`: This needs the approval of several officers. Propose it and have it approved.
    #[n(11)]
    QuorumRequired {
        /// Approvals needed.
        #[n(0)] quorum: u64,
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
        #[n(0)] limit: u64,
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
        #[n(0)] starts_at: u64,
        /// Last moment, ms.
        #[n(1)] ends_at: u64,
    },
    /// `BAD_TERMS`: The campaign's terms contradict each other. Check dates and rates.
    #[n(27)]
    BadTerms,
    /// `BUDGET_EXCEEDED`: The budget does not suffice.
    #[n(28)]
    BudgetExceeded {
        /// What there is.
        #[n(0)] available: Amount,
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
        #[n(0)] limit: u64,
    },
    /// `INSUFFICIENT_FUNDS`: The balance does not suffice. Charge and try again.
    #[n(32)]
    InsufficientFunds {
        /// What there is.
        #[n(0)] available: Amount,
        /// What is missing.
        #[n(1)] short: Amount,
    },
    /// `NOT_ELIGIBLE_HERE`: Some of your vouchers cannot be used here, and the rest does not suffice.
    #[n(33)]
    NotEligibleHere {
        /// What can be used here.
        #[n(0)] eligible: Amount,
        /// What is missing.
        #[n(1)] short: Amount,
    },
    /// `NOT_TRANSFERABLE`: Some of your vouchers cannot be sent, and the rest does not suffice.
    #[n(34)]
    NotTransferable {
        /// What can be sent.
        #[n(0)] transferable: Amount,
        /// What is missing.
        #[n(1)] short: Amount,
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
        #[n(0)] refundable: Amount,
    },
    /// `TAKINGS_TOO_LOW`: The shop's takings have been settled; what is left does not suffice.
    #[n(39)]
    TakingsTooLow {
        /// What there is.
        #[n(0)] available: Amount,
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
        #[n(0)] redeemed: Amount,
        /// Confirmed and rejected.
        #[n(1)] decided: Amount,
        /// The file's control sum.
        #[n(2)] control_sum: Amount,
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
        #[n(0)] limit: u64,
    },
    // 51 is retired.
    /// `HOLDING_CAP`: The limit of what may be held would be passed. Try again within the room that is left.
    #[n(52)]
    HoldingCap {
        /// Most that may be held.
        #[n(0)] cap: Amount,
        /// What still fits.
        #[n(1)] room: Amount,
    },
    /// `PERSON_CAP`: One person may not get that much from this campaign. Give less.
    #[n(53)]
    PersonCap {
        /// Most that one person may get.
        #[n(0)] cap: Amount,
        /// What is left of it.
        #[n(1)] room: Amount,
    },
    /// `RENEWAL_TOO_EARLY`: It is too early to renew. Try again when the certificate is near its end.
    #[n(54)]
    RenewalTooEarly {
        /// First moment at which it may be renewed, ms.
        #[n(0)] from: u64,
    },
    /// `MEMBER_NOT_FROZEN`: The account is not frozen. Check the member.
    #[n(55)]
    MemberNotFrozen,
    /// `TERMS_WORSENED`: The change would take something from coin that is already given out. Open a new campaign instead.
    #[n(56)]
    TermsWorsened,
    /// `CAMPAIGN_CLOSED`: The campaign has ended. There is no budget left to return.
    #[n(57)]
    CampaignClosed,
    /// `BAD_MANDATE`: The payer's code is not valid. Ask for a new code.
    #[n(58)]
    BadMandate,
    /// `MANDATE_EXPIRED`: The payer's code has run out. Ask for a new code.
    #[n(59)]
    MandateExpired {
        /// When it became void, ms.
        #[n(0)] expires_at: u64,
    },
    /// `MANDATE_TOO_LONG`: A payer's code may be valid for 3 minutes at most. Check the payer's clock.
    #[n(60)]
    MandateTooLong {
        /// Its end, ms.
        #[n(0)] expires_at: u64,
    },
    /// `MANDATE_NOT_FOR_YOU`: The payer's code is for another shop. Ask for a new code.
    #[n(61)]
    MandateNotForYou,
    /// `MANDATE_USED`: The payer's code has been used. It will not pay twice.
    #[n(62)]
    MandateUsed,
    /// `MANDATE_CAP`: The amount is above what the payer allows. Check it, or ask for a new code.
    #[n(63)]
    MandateCap {
        /// Most that the payer allows.
        #[n(0)] cap: Amount,
        /// By how much the amount is too large.
        #[n(1)] over: Amount,
    },
    /// `NOT_REUSABLE`: Your takings that may be spent again here do not suffice. Lower the amount.
    #[n(64)]
    NotReusable {
        /// Takings that may be spent here.
        #[n(0)] reusable: Amount,
        /// What is missing.
        #[n(1)] short: Amount,
    },
    /// `UNKNOWN_DEPOSIT`: There is no such deposit. Check its number.
    #[n(65)]
    UnknownDeposit,
    /// `DEPOSIT_CASHED_OUT`: This charge is being cashed out or has been. It will not be paid twice.
    #[n(66)]
    DepositCashedOut,
    /// `NOTHING_TO_CASH_OUT`: Nothing of this charge is left.
    #[n(67)]
    NothingToCashOut,
    /// `CASH_OUT_NOT_ALLOWED`: Once it has been used, this coin cannot be cashed out.
    #[n(68)]
    CashOutNotAllowed,
    /// `CASH_OUT_TOO_EARLY`: More must be used before the remainder can be cashed out.
    #[n(69)]
    CashOutTooEarly {
        /// What has been used.
        #[n(0)] used: Amount,
        /// What must have been used.
        #[n(1)] needed: Amount,
        /// What is still to be used.
        #[n(2)] short: Amount,
    },
    /// `UNKNOWN_SCORE`: There is no such contract or version. Register it first.
    #[n(70)]
    UnknownScore,
    /// `SCORE_VERSION`: The version number is not the next one. Use the next.
    #[n(71)]
    ScoreVersion {
        /// The number that comes next.
        #[n(0)] expected: u64,
    },
    /// `SCORE_TOO_SOON`: The version would apply too soon. Name a later block.
    #[n(72)]
    ScoreTooSoon {
        /// First height that may be named.
        #[n(0)] earliest: u64,
    },
    /// `SCORE_PENDING`: A version is waiting to apply already, or this one does.
    #[n(73)]
    ScorePending,
    /// `BAD_VALIDATORS`: The list of validators cannot work. Check its length and keys.
    #[n(74)]
    BadValidators,
    /// `VALIDATORS_TOO_DIFFERENT`: Too many validators leave or join at once. Do it in several steps.
    #[n(75)]
    ValidatorsTooDifferent {
        /// Validators that may leave, or join, in one change.
        #[n(0)] limit: u64,
    },
    /// `VALIDATORS_PENDING`: An earlier change of validators has not taken effect yet. Try again after it has.
    #[n(76)]
    ValidatorsPending {
        /// Epoch from which the pending set applies.
        #[n(0)] from_epoch: u64,
    },
    /// `QUORUM_UNREACHABLE`: The officers that remain could not reach the quorum. Certify a new officer first.
    #[n(77)]
    QuorumUnreachable,
    /// `CONTRACT_FAULT`: The contract failed on this transaction alone. No money has moved. Please tell the operator.
    #[n(78)]
    ContractFault,
    /// `TOO_MUCH_WORK`: This is more than one transaction may do. Split it.
    #[n(79)]
    TooMuchWork {
        /// The limit of reads and writes.
        #[n(0)] limit: u64,
    },
}
