//! Coin comes in, is given, sent, taken back to the bank, and expires.

use super::{
    shape::{CallReference, Check, Consent, Duty, check, text},
    shared::{
        AMOUNT, BANK, CAMPAIGN_KNOWN, FUNDER, HOLDER, PAYOUT_NEW, RECEIVER_ACTIVE, RECEIVER_CITIZEN,
        RECEIVER_KNOWN, ROOM_FOR_LOT, SIGNER_ACTIVE, SIGNER_CITIZEN,
    },
};

const LIST: Check = check("BAD_BATCH", "목록은 1명 이상 100명 이하이다.", "The list has 1 to 100 entries.");
const NOTHING_LEFT: Check = check(
    "NOTHING_TO_CASH_OUT",
    "그 충전의 화폐나 보너스가 남아 있다. 만료된 것은 남은 것이 아니다.",
    "Something of the charge or of its bonus is left; what has expired is not.",
);

pub(super) const CALLS: &[CallReference] = &[CHARGE, GRANT, TRANSFER, EXPIRE, CASH_OUT];

const CHARGE: CallReference = CallReference {
    name: "token.charge",
    number: 5,
    purpose: text(
        "은행에 입금된 원화를 화폐로 바꾸고 정책의 보너스를 더한다.",
        "Turns a booked bank deposit into coin, with the campaign's bonus.",
    ),
    signer: text("은행의 담당자 한 사람", "one officer of a bank"),
    duty: Some(Duty::Bank),
    consent: Consent::One,
    checks: &[
        BANK,
        AMOUNT,
        RECEIVER_KNOWN,
        RECEIVER_ACTIVE,
        RECEIVER_CITIZEN,
        check("DEPOSIT_USED", "그 입금은 충전된 적이 없다.", "The deposit has never been charged."),
        CAMPAIGN_KNOWN,
        check(
            "HOLDING_CAP",
            "충전 뒤의 화폐(0번) 보유액이 보유 한도를 넘지 않는다.",
            "After the charge the account holds no more coin (0) than its holding cap.",
        ),
        ROOM_FOR_LOT,
    ],
    changes: &[
        text(
            "화폐 로트가 생긴다: 취득 시각은 블록 시각, 액면과 지불액은 입금액.",
            "A lot of coin is made: acquired at block time, face and price paid are the deposit.",
        ),
        text(
            "보너스 = 보너스 요율 × (입금액 중 월 한도의 남은 부분), 원 미만 버림. 예산, 1인 한도, 보유 한도의 남은 금액까지 줄어든다. 정책 기간이 아니면 0이며, 그래도 충전은 된다.",
            "Bonus = rate × the part of the deposit within the month's room, rounded down; cut to what budget, person cap and holding cap leave. Outside the campaign's time it is 0, and the charge still succeeds.",
        ),
    ],
    effects: &["charged", "lot_changed", "balance"],
    executes: false,
};

const GRANT: CallReference = CallReference {
    name: "token.grant",
    number: 6,
    purpose: text(
        "정책 예산에서 여러 사람에게 상품권을 지급한다. 모두에게 되거나 아무에게도 되지 않는다.",
        "Gives vouchers from a campaign's budget to many people; all or nobody.",
    ),
    signer: text("재원 기관의 담당자 한 사람", "one officer of the funder"),
    duty: Some(Duty::Funder),
    consent: Consent::One,
    checks: &[
        FUNDER,
        LIST,
        check("GRANT_USED", "그 지급 명단은 쓰인 적이 없다.", "This grant has never been made."),
        CAMPAIGN_KNOWN,
        check(
            "NOT_ALLOWED",
            "서명자의 기관이 그 정책의 재원 기관이며, 화폐(0번)가 아니다.",
            "The signer's institution is the campaign's funder, and it is not the coin (0).",
        ),
        check(
            "CAMPAIGN_NOT_RUNNING",
            "정책이 열려 있고 블록 시각이 정책 기간 안이다.",
            "The campaign is open and block time is within its dates.",
        ),
        AMOUNT,
        RECEIVER_KNOWN,
        RECEIVER_ACTIVE,
        RECEIVER_CITIZEN,
        check(
            "BUDGET_EXCEEDED",
            "받는 사람마다 차례로: 남은 예산이 금액 이상이다.",
            "Recipient by recipient: the budget that is left suffices.",
        ),
        check(
            "PERSON_CAP",
            "그 사람이 이 정책에서 받은 총액이 1인 한도를 넘지 않게 된다.",
            "All that the person has had of the campaign stays within the person cap.",
        ),
        check(
            "HOLDING_CAP",
            "그 사람이 가진 이 정책의 금액이 보유 한도를 넘지 않게 된다.",
            "What the person holds of the campaign stays within the holding cap.",
        ),
        ROOM_FOR_LOT,
    ],
    changes: &[text(
        "받는 사람마다 지불액 0원의 로트가 생기고 예산이 그만큼 줄어든다. 두 번 적힌 사람은 두 번 센다.",
        "Each recipient gets a lot with price 0; the budget shrinks. A person named twice counts twice.",
    )],
    effects: &["granted", "lot_changed", "balance"],
    executes: false,
};

const TRANSFER: CallReference = CallReference {
    name: "token.transfer",
    number: 7,
    purpose: text("다른 개인 회원에게 보낸다.", "Sends coin to another citizen."),
    signer: text("보내는 개인 회원의 본인 기기", "the sending citizen's own device"),
    duty: None,
    consent: Consent::One,
    checks: &[
        HOLDER,
        SIGNER_ACTIVE,
        SIGNER_CITIZEN,
        AMOUNT,
        check("SELF_DEALING", "자기 자신에게 보내지 않는다.", "It is not to oneself."),
        RECEIVER_KNOWN,
        RECEIVER_ACTIVE,
        RECEIVER_CITIZEN,
        check(
            "INSUFFICIENT_FUNDS",
            "만료되지 않은 잔액의 합이 금액 이상이다.",
            "What has not expired adds up to the amount.",
        ),
        check(
            "NOT_TRANSFERABLE",
            "그중 선물할 수 있는 것의 합이 금액 이상이다.",
            "What of it may be sent adds up to the amount.",
        ),
        check(
            "HOLDING_CAP",
            "옮겨지는 정책마다(번호 순) 받는 사람의 보유액이 보유 한도를 넘지 않게 된다.",
            "Series by series, in order of number, the receiver stays within the holding cap.",
        ),
        check(
            "TOO_MANY_LOTS",
            "받는 계정의 로트가 송금으로 32개를 넘지 않게 된다. 나머지 자리는 충전과 지급을 위한 것이다.",
            "Transfers fill at most 32 lots of the receiver's; the rest is kept for charges and grants.",
        ),
    ],
    changes: &[text(
        "로트가 사용 순서대로 옮겨진다. 취득 시각, 액면, 지불액, 기한은 그대로이다.",
        "Lots move in spend order and keep date, face, price and expiry.",
    )],
    effects: &["transferred", "lot_changed", "balance"],
    executes: false,
};

const EXPIRE: CallReference = CallReference {
    name: "token.expire",
    number: 10,
    purpose: text("기한이 지난 로트를 거둔다.", "Collects lots whose time has passed."),
    signer: text("은행의 담당자 한 사람", "one officer of a bank"),
    duty: Some(Duty::Bank),
    consent: Consent::One,
    checks: &[BANK, LIST],
    changes: &[
        text("정책의 로트는 그 정책의 예산으로 돌아간다.", "A campaign's lot goes back to its budget."),
        text("충전 화폐(0번)는 유통에서 빠진다.", "Charged coin (0) leaves circulation."),
        text("만료된 로트가 없는 회원은 건너뛴다.", "Members without expired lots are passed over."),
    ],
    effects: &["expired", "balance"],
    executes: false,
};

const CASH_OUT: CallReference = CallReference {
    name: "token.cash_out",
    number: 25,
    purpose: text(
        "충전한 금액의 나머지를 원화로 돌려받는다.",
        "Takes the remainder of a charge back as won.",
    ),
    signer: text("그 충전을 받은 개인 회원의 본인 기기", "an own device of the citizen who was charged"),
    duty: None,
    consent: Consent::One,
    checks: &[
        HOLDER,
        SIGNER_ACTIVE,
        SIGNER_CITIZEN,
        check("UNKNOWN_DEPOSIT", "그 입금이 충전된 적이 있다.", "The deposit has been charged."),
        check("NOT_ALLOWED", "그 충전은 서명자의 것이다.", "The charge was the signer's."),
        check(
            "DEPOSIT_CASHED_OUT",
            "그 충전은 환불 중이거나 환불되지 않았다.",
            "The charge is not being cashed out and has not been.",
        ),
        PAYOUT_NEW,
        NOTHING_LEFT,
        check(
            "CASH_OUT_NOT_ALLOWED",
            "하나도 쓰지 않은 충전이거나, 이 화폐는 쓴 뒤에도 환불할 수 있다.",
            "Nothing of the charge was used, or this coin may be cashed out after use.",
        ),
        check(
            "CASH_OUT_TOO_EARLY",
            "쓴 금액이 (충전액 + 보너스) × 필요한 사용 비율(올림) 이상이다.",
            "What was used reaches (charge + bonus) × the share that must be used, rounded up.",
        ),
        check("NOTHING_TO_CASH_OUT", "돌려줄 원화가 1원 이상이다.", "The won to be paid back is at least 1."),
    ],
    changes: &[
        text(
            "하나도 쓰지 않았으면 충전액 전부가 원화로, 보너스 전부가 예산으로 간다.",
            "Nothing used: the whole charge becomes won, the whole bonus goes to the budget.",
        ),
        text(
            "썼으면 원화 = 남은 금액 × 충전액 ÷ (충전액 + 보너스), 원 미만 버림(남은 화폐를 넘지 않는다). 나머지는 정책의 몫이다.",
            "Else won = what is left × charge ÷ (charge + bonus), rounded down, at most the coin that is left; the rest is the campaign's share.",
        ),
        text(
            "남은 금액 전부가 은행의 답을 기다리는 보관 상태가 된다.",
            "All that is left waits in escrow for the bank's answer.",
        ),
    ],
    effects: &["cash_out_opened", "lot_changed", "balance"],
    executes: false,
};
