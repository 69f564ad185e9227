//! What each refusal is called and says: code, Korean, English.

use super::Refusal;

/// Language of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// One row for each refusal; that none is missing is the compiler's to prove.
macro_rules! table {
    ($($refusal:pat => $code:literal, $ko:literal, $en:literal;)*) => {
        impl Refusal {
            /// Code, Korean, English.
            const fn row(&self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $($refusal => ($code, $ko, $en),)*
                }
            }
        }
    };
}

table! {
    Refusal::BadSignature =>
        "BAD_SIGNATURE",
        "서명이 올바르지 않습니다. 앱을 다시 열고 시도해 주세요.",
        "The signature does not match. Open the app again and retry.";
    Refusal::WrongChain =>
        "WRONG_CHAIN",
        "다른 지역의 화폐입니다. 이 지역의 앱에서 다시 시도해 주세요.",
        "This belongs to another channel. Use the app of this city or campus.";
    Refusal::UnknownCertificate =>
        "UNKNOWN_CERTIFICATE",
        "등록되지 않은 기기입니다. 기기를 먼저 등록해 주세요.",
        "This device is not registered. Enrol it first.";
    Refusal::RevokedCertificate =>
        "REVOKED_CERTIFICATE",
        "사용이 정지된 기기입니다. 다른 기기나 창구에서 다시 등록해 주세요.",
        "This device has been revoked. Enrol again from another device or at the counter.";
    Refusal::ExpiredCertificate { .. } =>
        "EXPIRED_CERTIFICATE",
        "기기 인증서가 만료되었습니다. 인증서를 갱신해 주세요.",
        "This device's certificate has expired. Renew it.";
    Refusal::Expired { .. } =>
        "EXPIRED",
        "유효 시간이 지나 처리되지 않았습니다. 금액은 빠져나가지 않았습니다.",
        "The time limit passed before it was processed. No money has moved.";
    Refusal::ValidTooLong { .. } =>
        "VALID_TOO_LONG",
        "유효 시간은 10분을 넘을 수 없습니다. 기기의 시계를 확인해 주세요.",
        "The time limit may be at most 10 minutes ahead. Check the device's clock.";
    Refusal::Replay =>
        "REPLAY",
        "이미 처리된 거래입니다. 두 번 처리되지 않습니다.",
        "This transaction has been processed already. It will not happen twice.";
    Refusal::NonceTooOld { .. } =>
        "NONCE_TOO_OLD",
        "너무 오래된 거래입니다. 새로 시도해 주세요.",
        "This transaction is too old. Make a new one.";
    Refusal::NonceOutOfRange { .. } =>
        "NONCE_OUT_OF_RANGE",
        "거래 번호가 범위를 벗어났습니다. 앱을 다시 열어 주세요.",
        "The transaction's number is out of range. Open the app again.";
    Refusal::NotAllowed =>
        "NOT_ALLOWED",
        "이 기기에는 이 일을 할 권한이 없습니다. 권한이 있는 담당자에게 요청해 주세요.",
        "This device may not do that. Ask somebody who may.";
    Refusal::QuorumRequired { .. } =>
        "QUORUM_REQUIRED",
        "여러 담당자의 승인이 필요합니다. 제안한 뒤 승인을 받아 주세요.",
        "This needs the approval of several officers. Propose it and have it approved.";
    Refusal::AmountOutOfRange =>
        "AMOUNT_OUT_OF_RANGE",
        "금액이 허용 범위를 벗어났습니다. 금액을 확인해 주세요.",
        "The amount is zero or too large. Check the amount.";
    Refusal::UnknownMember =>
        "UNKNOWN_MEMBER",
        "등록되지 않은 상대입니다. 코드를 다시 확인해 주세요.",
        "There is no such member. Check the code.";
    Refusal::MemberExists =>
        "MEMBER_EXISTS",
        "이미 등록된 번호입니다.",
        "This member id is taken.";
    Refusal::MemberNotActive =>
        "MEMBER_NOT_ACTIVE",
        "정지되었거나 해지된 계정입니다. 창구에 문의해 주세요.",
        "The account is frozen or closed. Ask at the counter.";
    Refusal::NotACitizen =>
        "NOT_A_CITIZEN",
        "개인 회원만 할 수 있습니다.",
        "Only a citizen's account can do or receive this.";
    Refusal::NotAMerchant =>
        "NOT_A_MERCHANT",
        "가맹점이 아닙니다. 코드를 다시 확인해 주세요.",
        "This is not a merchant. Check the code.";
    Refusal::SelfDealing =>
        "SELF_DEALING",
        "자기 자신에게는 보낼 수 없습니다.",
        "You cannot send to yourself.";
    Refusal::WeakKey =>
        "WEAK_KEY",
        "안전하지 않은 키입니다. 새 키를 만들어 주세요.",
        "This key is not safe. Make a new one.";
    Refusal::BadPossession =>
        "BAD_POSSESSION",
        "기기가 키를 가지고 있음을 확인할 수 없습니다.",
        "The device has not proven that it holds the key.";
    Refusal::CertificateExists =>
        "CERTIFICATE_EXISTS",
        "이미 등록된 기기입니다.",
        "This device is registered already.";
    Refusal::TooManyDevices { .. } =>
        "TOO_MANY_DEVICES",
        "등록할 수 있는 기기 수를 넘었습니다. 쓰지 않는 기기를 해지해 주세요.",
        "The limit of devices is reached. Revoke one that you no longer use.";
    Refusal::RoleMismatch =>
        "ROLE_MISMATCH",
        "이 소유자에게 줄 수 없는 역할입니다.",
        "This owner cannot have a device of that role.";
    Refusal::UnknownCampaign =>
        "UNKNOWN_CAMPAIGN",
        "없는 정책입니다.",
        "There is no such campaign.";
    Refusal::CampaignExists =>
        "CAMPAIGN_EXISTS",
        "이미 사용된 정책 번호입니다. 다른 번호를 사용해 주세요.",
        "This campaign number is taken. Use another.";
    Refusal::CampaignNotRunning { .. } =>
        "CAMPAIGN_NOT_RUNNING",
        "정책 기간이 아닙니다.",
        "The campaign is not running now.";
    Refusal::BadTerms =>
        "BAD_TERMS",
        "정책 조건이 올바르지 않습니다. 기간과 비율을 확인해 주세요.",
        "The campaign's terms contradict each other. Check dates and rates.";
    Refusal::BudgetExceeded { .. } =>
        "BUDGET_EXCEEDED",
        "예산이 부족합니다.",
        "The budget does not suffice.";
    Refusal::DepositUsed =>
        "DEPOSIT_USED",
        "이미 충전된 입금입니다. 두 번 충전되지 않습니다.",
        "This deposit has been charged already. It will not be charged twice.";
    Refusal::GrantUsed =>
        "GRANT_USED",
        "이미 지급된 명단입니다. 두 번 지급되지 않습니다.",
        "This grant has been made already. It will not be made twice.";
    Refusal::BadBatch { .. } =>
        "BAD_BATCH",
        "목록이 비어 있거나 너무 깁니다. 나누어 보내 주세요.",
        "The list is empty or too long. Split it.";
    Refusal::InsufficientFunds { .. } =>
        "INSUFFICIENT_FUNDS",
        "잔액이 부족합니다. 충전한 뒤 다시 시도해 주세요.",
        "The balance does not suffice. Charge and try again.";
    Refusal::NotEligibleHere { .. } =>
        "NOT_ELIGIBLE_HERE",
        "가지고 있는 상품권 중 여기에서 쓸 수 없는 것이 있어 금액이 모자랍니다.",
        "Some of your vouchers cannot be used here, and the rest does not suffice.";
    Refusal::NotTransferable { .. } =>
        "NOT_TRANSFERABLE",
        "보낼 수 없는 상품권이 있어 금액이 모자랍니다.",
        "Some of your vouchers cannot be sent, and the rest does not suffice.";
    Refusal::OrderPaid =>
        "ORDER_PAID",
        "이미 결제된 주문입니다. 두 번 결제되지 않습니다.",
        "This order has been paid already. It will not be paid twice.";
    Refusal::TooManyLots =>
        "TOO_MANY_LOTS",
        "받는 계정이 너무 많은 종류의 금액을 가지고 있습니다. 일부를 사용한 뒤 다시 시도해 주세요.",
        "The receiving account holds too many different lots. Spend some first.";
    Refusal::UnknownPayment =>
        "UNKNOWN_PAYMENT",
        "결제 내역을 찾을 수 없습니다.",
        "There is no such payment.";
    Refusal::RefundTooLarge { .. } =>
        "REFUND_TOO_LARGE",
        "결제된 금액보다 많이 환불할 수 없습니다.",
        "More than was paid cannot be refunded.";
    Refusal::TakingsTooLow { .. } =>
        "TAKINGS_TOO_LOW",
        "정산이 끝나 남은 판매 대금이 부족합니다.",
        "The shop's takings have been settled; what is left does not suffice.";
    Refusal::BatchExists =>
        "BATCH_EXISTS",
        "이미 있는 정산 묶음입니다.",
        "This batch exists already.";
    Refusal::UnknownBatch =>
        "UNKNOWN_BATCH",
        "없는 정산 묶음입니다.",
        "There is no such batch.";
    Refusal::BatchClosed =>
        "BATCH_CLOSED",
        "이미 마감된 정산 묶음입니다.",
        "This batch is closed.";
    Refusal::PayoutExists =>
        "PAYOUT_EXISTS",
        "이미 있는 지급입니다. 두 번 지급되지 않습니다.",
        "This payout exists already. It will not be made twice.";
    Refusal::UnknownPayout =>
        "UNKNOWN_PAYOUT",
        "없는 지급입니다.",
        "There is no such payout.";
    Refusal::PayoutDecided =>
        "PAYOUT_DECIDED",
        "이미 처리된 지급입니다.",
        "This payout has been decided already.";
    Refusal::BatchUnbalanced { .. } =>
        "BATCH_UNBALANCED",
        "정산 금액이 맞지 않아 마감할 수 없습니다. 차이를 먼저 확인해 주세요.",
        "The batch does not balance and cannot be closed. Find the difference first.";
    Refusal::UnknownProposal =>
        "UNKNOWN_PROPOSAL",
        "없는 제안입니다.",
        "There is no such proposal.";
    Refusal::ProposalClosed =>
        "PROPOSAL_CLOSED",
        "이미 실행되었거나 기한이 지난 제안입니다.",
        "The proposal has been executed or has lapsed.";
    Refusal::AlreadyApproved =>
        "ALREADY_APPROVED",
        "이미 승인한 제안입니다. 다른 담당자의 승인이 필요합니다.",
        "You have approved this already. Another officer must approve.";
    Refusal::TooManyProposals { .. } =>
        "TOO_MANY_PROPOSALS",
        "열린 제안이 너무 많습니다. 먼저 처리해 주세요.",
        "Too many proposals are open. Deal with those first.";
    Refusal::HoldingCap { .. } =>
        "HOLDING_CAP",
        "보유 한도를 넘습니다. 남은 한도 안에서 다시 시도해 주세요.",
        "The limit of what may be held would be passed. Try again within the room that is left.";
    Refusal::PersonCap { .. } =>
        "PERSON_CAP",
        "한 사람이 받을 수 있는 한도를 넘습니다. 금액을 줄여 주세요.",
        "One person may not get that much from this campaign. Give less.";
    Refusal::RenewalTooEarly { .. } =>
        "RENEWAL_TOO_EARLY",
        "아직 갱신할 때가 아닙니다. 만료가 가까워지면 다시 시도해 주세요.",
        "It is too early to renew. Try again when the certificate is near its end.";
    Refusal::MemberNotFrozen =>
        "MEMBER_NOT_FROZEN",
        "정지되지 않은 계정입니다. 회원을 확인해 주세요.",
        "The account is not frozen. Check the member.";
    Refusal::TermsWorsened =>
        "TERMS_WORSENED",
        "이미 지급된 금액의 조건이 나빠집니다. 새 정책을 열어 주세요.",
        "The change would take something from coin that is already given out. Open a new campaign instead.";
    Refusal::CampaignClosed =>
        "CAMPAIGN_CLOSED",
        "이미 종료된 정책입니다. 돌려받을 예산이 없습니다.",
        "The campaign has ended. There is no budget left to return.";
    Refusal::BadMandate =>
        "BAD_MANDATE",
        "결제 코드가 올바르지 않습니다. 손님에게 새 코드를 요청해 주세요.",
        "The payer's code is not valid. Ask for a new code.";
    Refusal::MandateExpired { .. } =>
        "MANDATE_EXPIRED",
        "결제 코드의 시간이 지났습니다. 손님에게 새 코드를 요청해 주세요.",
        "The payer's code has run out. Ask for a new code.";
    Refusal::MandateTooLong { .. } =>
        "MANDATE_TOO_LONG",
        "결제 코드는 3분까지만 유효할 수 있습니다. 손님 기기의 시계를 확인해 주세요.",
        "A payer's code may be valid for 3 minutes at most. Check the payer's clock.";
    Refusal::MandateNotForYou =>
        "MANDATE_NOT_FOR_YOU",
        "다른 가맹점용 결제 코드입니다. 손님에게 새 코드를 요청해 주세요.",
        "The payer's code is for another shop. Ask for a new code.";
    Refusal::MandateUsed =>
        "MANDATE_USED",
        "이미 쓴 결제 코드입니다. 두 번 결제되지 않습니다.",
        "The payer's code has been used. It will not pay twice.";
    Refusal::MandateCap { .. } =>
        "MANDATE_CAP",
        "손님이 허용한 금액을 넘습니다. 금액을 확인하거나 새 코드를 요청해 주세요.",
        "The amount is above what the payer allows. Check it, or ask for a new code.";
    Refusal::NotReusable { .. } =>
        "NOT_REUSABLE",
        "이 가맹점에서 다시 쓸 수 있는 매출이 부족합니다. 금액을 줄여 주세요.",
        "Your takings that may be spent again here do not suffice. Lower the amount.";
    Refusal::UnknownDeposit =>
        "UNKNOWN_DEPOSIT",
        "그런 입금이 없습니다. 입금 번호를 확인해 주세요.",
        "There is no such deposit. Check its number.";
    Refusal::DepositCashedOut =>
        "DEPOSIT_CASHED_OUT",
        "이미 환불을 신청한 충전입니다. 두 번 환불되지 않습니다.",
        "This charge is being cashed out or has been. It will not be paid twice.";
    Refusal::NothingToCashOut =>
        "NOTHING_TO_CASH_OUT",
        "이 충전에서 남은 금액이 없습니다.",
        "Nothing of this charge is left.";
    Refusal::CashOutNotAllowed =>
        "CASH_OUT_NOT_ALLOWED",
        "이 화폐는 쓰기 시작한 뒤에는 환불할 수 없습니다.",
        "Once it has been used, this coin cannot be cashed out.";
    Refusal::CashOutTooEarly { .. } =>
        "CASH_OUT_TOO_EARLY",
        "조금 더 써야 남은 금액을 환불할 수 있습니다.",
        "More must be used before the remainder can be cashed out.";
    Refusal::UnknownScore =>
        "UNKNOWN_SCORE",
        "그런 계약이나 버전이 없습니다. 먼저 등록해 주세요.",
        "There is no such contract or version. Register it first.";
    Refusal::ScoreVersion { .. } =>
        "SCORE_VERSION",
        "버전 번호가 차례에 맞지 않습니다. 다음 번호를 쓰세요.",
        "The version number is not the next one. Use the next.";
    Refusal::ScoreTooSoon { .. } =>
        "SCORE_TOO_SOON",
        "적용 시점이 너무 이릅니다. 더 뒤의 블록을 정해 주세요.",
        "The version would apply too soon. Name a later block.";
    Refusal::ScorePending =>
        "SCORE_PENDING",
        "이미 적용을 앞둔 버전이 있거나 적용된 버전입니다.",
        "A version is waiting to apply already, or this one does.";
    Refusal::BadValidators =>
        "BAD_VALIDATORS",
        "검증자 목록이 올바르지 않습니다. 수와 키를 확인해 주세요.",
        "The list of validators cannot work. Check its length and keys.";
    Refusal::ValidatorsTooDifferent { .. } =>
        "VALIDATORS_TOO_DIFFERENT",
        "한 번에 바뀌는 검증자가 너무 많습니다. 여러 번에 나누어 주세요.",
        "Too many validators leave or join at once. Do it in several steps.";
    Refusal::ValidatorsPending { .. } =>
        "VALIDATORS_PENDING",
        "앞선 검증자 변경이 아직 적용되지 않았습니다. 적용된 뒤에 다시 시도해 주세요.",
        "An earlier change of validators has not taken effect yet. Try again after it has.";
    Refusal::QuorumUnreachable =>
        "QUORUM_UNREACHABLE",
        "남은 담당자로는 정족수를 채울 수 없습니다. 먼저 새 담당자를 등록해 주세요.",
        "The officers that remain could not reach the quorum. Certify a new officer first.";
    Refusal::ContractFault =>
        "CONTRACT_FAULT",
        "처리 중 오류가 나서 이 거래만 취소되었습니다. 금액은 빠져나가지 않았습니다. 운영자에게 알려 주세요.",
        "The contract failed on this transaction alone. No money has moved. Please tell the operator.";
    Refusal::TooMuchWork { .. } =>
        "TOO_MUCH_WORK",
        "한 번에 처리할 수 있는 양을 넘습니다. 나누어서 시도해 주세요.",
        "This is more than one transaction may do. Split it.";
}

impl Refusal {
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
}
