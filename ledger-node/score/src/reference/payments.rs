//! Payments and refunds.

use super::{
    shape::{CallReference, Check, Consent, Text, check, text},
    shared::{
        AMOUNT, CASHBACK_KNOWN, ELIGIBLE, ENOUGH, HOLDER, MERCHANT, MERCHANT_ACTIVE, MERCHANT_KNOWN,
        ORDER_NEW, ROOM_FOR_LOT, SIGNER_ACTIVE,
    },
};

const SELF: Check = check("SELF_DEALING", "내는 사람과 받는 가맹점이 다르다.", "Payer and payee differ.");

const PAID_DRAW: Text = text(
    "사용 순서대로 로트에서 빠지고, 가맹점에는 정책별 매출로 들어간다.",
    "Lots are drawn in spend order; the merchant receives takings, one lot a series.",
);
const PAID_CASHBACK: Text = text(
    "캐시백을 청구했고 그 정책의 조건이 맞으면 같은 영수증에서 캐시백이 지급된다. 자리가 없거나 한도가 다하면 캐시백 없이 결제된다.",
    "If cashback was asked for and the campaign's terms fit, the same receipt pays it. Without room or budget the payment succeeds without it.",
);

pub(super) const CALLS: &[CallReference] = &[PAY, PAY_MANDATE, REFUND];

const PAY: CallReference = CallReference {
    name: "token.pay",
    number: 8,
    purpose: text("가맹점의 주문을 결제한다.", "Pays a merchant's order."),
    signer: text(
        "내는 개인 회원의 본인 기기. 가맹점이 매출을 다시 쓸 때는 가맹점의 본인 기기",
        "the paying citizen's own device; or a merchant's own device, spending takings again",
    ),
    duty: None,
    consent: Consent::One,
    checks: &[
        HOLDER,
        SIGNER_ACTIVE,
        AMOUNT,
        MERCHANT_KNOWN,
        MERCHANT_ACTIVE,
        MERCHANT,
        SELF,
        ORDER_NEW,
        CASHBACK_KNOWN,
        ENOUGH,
        ELIGIBLE,
        check(
            "NOT_REUSABLE",
            "가맹점이 내는 경우, 다시 쓸 수 있고 받는 가맹점에서 쓸 수 있는 매출의 합이 금액 이상이다.",
            "A merchant pays: takings that may be spent again, and at this payee, add up to the amount.",
        ),
        ROOM_FOR_LOT,
    ],
    changes: &[PAID_DRAW, PAID_CASHBACK],
    effects: &["paid", "lot_changed", "cashback_paid", "balance"],
    executes: false,
};

const PAY_MANDATE: CallReference = CallReference {
    name: "token.pay_mandate",
    number: 24,
    purpose: text(
        "손님이 미리 서명한 일회용 승인으로 결제한다. 손님의 기기는 꺼져 있어도 된다.",
        "Pays by the payer's signed one-time authorisation; the payer may be offline.",
    ),
    signer: text("가맹점의 기기(본인, 직원, 단말기)", "a device of the merchant: own, staff or till"),
    duty: None,
    consent: Consent::One,
    checks: &[
        check("NOT_ALLOWED", "서명한 기기는 가맹점의 것이다.", "The signing device belongs to a merchant."),
        SIGNER_ACTIVE,
        AMOUNT,
        check(
            "BAD_MANDATE",
            "승인은 이 채널의 것이고, 등록된 본인 기기가 서명하였다.",
            "The mandate is for this channel and signed by a certified own device.",
        ),
        check(
            "REVOKED_CERTIFICATE",
            "손님의 인증서가 정지되지 않았다.",
            "The payer's certificate has not been revoked.",
        ),
        check(
            "EXPIRED_CERTIFICATE",
            "손님의 인증서가 만료되지 않았다.",
            "The payer's certificate has not expired.",
        ),
        check(
            "MEMBER_NOT_ACTIVE",
            "손님의 계정이 정지되거나 해지되지 않았다.",
            "The payer's account is neither frozen nor closed.",
        ),
        check("NOT_A_CITIZEN", "손님은 개인 회원이다.", "The payer is a citizen."),
        check(
            "MANDATE_EXPIRED",
            "블록 시각이 승인의 끝보다 앞선다.",
            "Block time is before the mandate's end.",
        ),
        check(
            "MANDATE_TOO_LONG",
            "승인의 끝은 블록 시각에서 3분 안이다.",
            "The mandate ends at most 3 minutes after block time.",
        ),
        check(
            "MANDATE_NOT_FOR_YOU",
            "승인에 가맹점이 적혀 있으면 서명자의 가맹점이다.",
            "If the mandate names a merchant, it is the signer's.",
        ),
        check("MANDATE_USED", "승인은 쓰인 적이 없다.", "The mandate has not been used."),
        check("MANDATE_CAP", "금액이 승인의 한도를 넘지 않는다.", "The amount is within the mandate's cap."),
        SELF,
        ORDER_NEW,
        CASHBACK_KNOWN,
        ENOUGH,
        ELIGIBLE,
        ROOM_FOR_LOT,
    ],
    changes: &[
        PAID_DRAW,
        PAID_CASHBACK,
        text("승인은 쓰인 것이 되어 다시는 결제하지 못한다.", "The mandate is used up and never pays again."),
    ],
    effects: &["paid", "mandate_used", "lot_changed", "cashback_paid", "balance"],
    executes: false,
};

const REFUND: CallReference = CallReference {
    name: "token.refund",
    number: 9,
    purpose: text(
        "결제를 전부 또는 일부 되돌린다. 낸 바로 그 로트로 돌아간다.",
        "Gives a payment back, whole or in part, into the very lots that paid.",
    ),
    signer: text("그 가맹점의 기기(본인, 직원, 단말기)", "a device of that merchant: own, staff or till"),
    duty: None,
    consent: Consent::One,
    checks: &[
        check("UNKNOWN_PAYMENT", "그 결제가 원장에 있다.", "The payment is on the ledger."),
        check(
            "NOT_ALLOWED",
            "서명한 기기는 그 결제를 받은 가맹점의 것이다.",
            "The signing device belongs to the merchant that was paid.",
        ),
        SIGNER_ACTIVE,
        AMOUNT,
        check(
            "REFUND_TOO_LARGE",
            "금액이 결제 중 아직 환불되지 않은 부분을 넘지 않는다.",
            "The amount is within what of the payment has not gone back.",
        ),
        check(
            "TAKINGS_TOO_LOW",
            "가맹점에 그 정책의 매출이 금액만큼 남아 있다.",
            "The merchant still has that much of that series.",
        ),
    ],
    changes: &[
        text(
            "결제한 순서의 반대로 돌아간다: 화폐, 포인트, 상품권의 순. 한도는 적용하지 않으며, 정지된 계정으로도 돌아간다.",
            "It runs backwards: coin, then points, then vouchers. Caps do not apply, and a frozen payer gets it too.",
        ),
        text(
            "환불된 만큼의 캐시백은 그 로트, 같은 정책의 다른 로트, 환불되는 화폐의 순으로 거두어 예산으로 돌아간다. 그래도 모자라는 것은 청구하지 않는다.",
            "Cashback on the part that goes back is taken from its lot, then from other lots of that series, then out of the refunded coin, and returns to the budget; what then still lacks is waived.",
        ),
    ],
    effects: &["refunded", "lot_changed", "cashback_taken_back", "subsidy_returned", "balance"],
    executes: false,
};
