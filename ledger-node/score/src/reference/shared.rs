//! Checks that many calls begin with, said once.

use super::shape::{Check, check};

pub(super) const BANK: Check = check(
    "NOT_ALLOWED",
    "서명자는 은행 직무를 맡은 기관의 담당자이다.",
    "The signer is an officer of an institution with the duty of a bank.",
);
pub(super) const FUNDER: Check = check(
    "NOT_ALLOWED",
    "서명자는 재원 직무를 맡은 기관의 담당자이다.",
    "The signer is an officer of an institution with the duty of a funder.",
);
pub(super) const REGISTRAR: Check = check(
    "NOT_ALLOWED",
    "서명자는 등록 직무를 맡은 기관의 담당자이다.",
    "The signer is an officer of an institution with the duty of a registrar.",
);
pub(super) const OPERATOR: Check = check(
    "NOT_ALLOWED",
    "서명자는 운영 직무를 맡은 기관의 담당자이다.",
    "The signer is an officer of an institution with the duty of an operator.",
);
pub(super) const ALONE: Check = check(
    "QUORUM_REQUIRED",
    "직접 서명하는 경우, 그 기관의 정족수가 1이다. 아니면 governance.propose로 제안하여 승인을 받는다.",
    "Signed directly: the institution's quorum is 1. Otherwise it is proposed by governance.propose and approved.",
);
pub(super) const AMOUNT: Check = check(
    "AMOUNT_OUT_OF_RANGE",
    "금액은 0보다 크고 1조 원을 넘지 않는다.",
    "The amount is above 0 and at most one trillion won.",
);
pub(super) const HOLDER: Check = check(
    "NOT_ALLOWED",
    "서명한 기기는 본인 기기(holder)이다.",
    "The signing device is the owner's own (holder).",
);
pub(super) const SIGNER_ACTIVE: Check = check(
    "MEMBER_NOT_ACTIVE",
    "서명자의 계정이 정지되거나 해지되지 않았다.",
    "The signer's account is neither frozen nor closed.",
);
pub(super) const SIGNER_CITIZEN: Check =
    check("NOT_A_CITIZEN", "서명자는 개인 회원이다.", "The signer is a citizen.");
pub(super) const MEMBER_KNOWN: Check =
    check("UNKNOWN_MEMBER", "그 회원이 원장에 있다.", "The member is on the ledger.");
pub(super) const RECEIVER_KNOWN: Check =
    check("UNKNOWN_MEMBER", "받는 회원이 원장에 있다.", "The receiver is on the ledger.");
pub(super) const RECEIVER_ACTIVE: Check = check(
    "MEMBER_NOT_ACTIVE",
    "받는 회원의 계정이 정지되거나 해지되지 않았다.",
    "The receiver's account is neither frozen nor closed.",
);
pub(super) const RECEIVER_CITIZEN: Check =
    check("NOT_A_CITIZEN", "받는 회원은 개인 회원이다.", "The receiver is a citizen.");
pub(super) const MERCHANT_KNOWN: Check =
    check("UNKNOWN_MEMBER", "가맹점이 원장에 있다.", "The merchant is on the ledger.");
pub(super) const MERCHANT_ACTIVE: Check = check(
    "MEMBER_NOT_ACTIVE",
    "가맹점의 계정이 정지되거나 해지되지 않았다.",
    "The merchant's account is neither frozen nor closed.",
);
pub(super) const MERCHANT: Check =
    check("NOT_A_MERCHANT", "대금을 받는 회원은 가맹점이다.", "The member that is paid is a merchant.");
pub(super) const CAMPAIGN_KNOWN: Check =
    check("UNKNOWN_CAMPAIGN", "그 정책이 원장에 있다.", "The campaign is on the ledger.");
pub(super) const OWN_CAMPAIGN: Check = check(
    "NOT_ALLOWED",
    "서명자의 기관이 그 정책의 재원 기관이다.",
    "The signer's institution is the campaign's funder.",
);
pub(super) const KEY: Check =
    check("WEAK_KEY", "공개 키가 안전한 형태이다.", "The public key is of a safe form.");
pub(super) const POSSESSION: Check = check(
    "BAD_POSSESSION",
    "기기가 그 키로 서명하여 키를 가지고 있음을 증명하였다.",
    "The device has proven by a signature that it holds the key.",
);
pub(super) const KEY_NEW: Check =
    check("CERTIFICATE_EXISTS", "그 키에는 아직 인증서가 없다.", "The key has no certificate yet.");
pub(super) const ORDER_NEW: Check = check(
    "ORDER_PAID",
    "그 가맹점의 그 주문 번호는 결제된 적이 없다.",
    "That order number of that merchant has never been paid.",
);
pub(super) const CASHBACK_KNOWN: Check = check(
    "UNKNOWN_CAMPAIGN",
    "캐시백을 청구한 경우, 그 정책이 원장에 있고 화폐(0번)가 아니다.",
    "If cashback is asked for: the campaign is on the ledger and is not the coin (0).",
);
pub(super) const ENOUGH: Check = check(
    "INSUFFICIENT_FUNDS",
    "만료되지 않은 잔액의 합이 금액 이상이다.",
    "What has not expired adds up to the amount.",
);
pub(super) const ELIGIBLE: Check = check(
    "NOT_ELIGIBLE_HERE",
    "개인 회원이 내는 경우, 이 가맹점에서 쓸 수 있는 잔액의 합이 금액 이상이다.",
    "A citizen pays: what may be spent at this merchant adds up to the amount.",
);
pub(super) const ROOM_FOR_LOT: Check = check(
    "TOO_MANY_LOTS",
    "받는 계정의 로트가 64개를 넘지 않게 된다. 속성이 같은 로트는 하나로 합쳐진다.",
    "The receiving account ends with at most 64 lots; lots of equal attributes are one.",
);
pub(super) const PAYOUT_NEW: Check = check(
    "PAYOUT_EXISTS",
    "지급 번호는 쓰인 적이 없다. 환불의 번호는 C-로 시작하고, 정산의 번호는 그렇지 않다.",
    "The payout's number is new. A cash-out's begins with C-, a settlement's does not.",
);
