//! The orders that people are promised: which coin is spent first, how a refund runs back, how cashback is made.

use super::shape::{Text, text};

/// In which order lots are drawn, by a payment or a transfer.
pub const SPEND_ORDER: &[Text] = &[
    text(
        "만료된 로트와 그 가맹점에서 쓸 수 없는 로트는 빠진다.",
        "Lots that have expired, or may not be spent there, are left out.",
    ),
    text(
        "첫째, 종류: 사용처가 제한된 상품권 → 그 밖의 정책(포인트) → 충전한 화폐.",
        "First the kind: vouchers restricted in where they can be spent → other campaigns (points) → charged coin.",
    ),
    text("둘째, 기한이 먼저 끝나는 것부터.", "Second, the one that expires soonest."),
    text("셋째, 먼저 취득한 것부터.", "Third, the oldest."),
    text("넷째, 로트 번호가 작은 것부터.", "Fourth, the lowest lot number."),
];

/// How a refund runs back.
pub const REFUND_ORDER: &[Text] = &[
    text(
        "결제의 반대 순서로, 마지막에 빠진 로트부터 바로 그 로트로 돌아간다.",
        "Backwards: the lot drawn last is filled first, and it is the very same lot.",
    ),
    text(
        "캐시백이 있었으면, 환불되지 않은 부분이 받을 캐시백 = 버림(캐시백 × 남은 기준액 ÷ 처음 기준액). 나머지를 거둔다.",
        "With cashback: what the part not refunded still earns is floor(cashback × basis left ÷ basis); the rest is taken back.",
    ),
    text(
        "거두는 순서: 그 캐시백의 로트 → 같은 정책의 다른 로트(번호가 큰 것부터) → 이번에 환불되는 화폐. 그래도 모자라면 면제된다.",
        "Out of: the cashback's own lot → other lots of that series, newest number first → the coin refunded now. What then lacks is waived.",
    ),
];

/// When and how much cashback a payment earns.
pub const CASHBACK: &[Text] = &[
    text(
        "정책이 기간 안이고 그 가맹점이 정책의 업종, 지역, 가맹점, 대형 가맹점 조건에 맞을 때.",
        "The campaign is running, and the payee fits its categories, regions, merchants and size.",
    ),
    text(
        "개인 회원: 결제 중 충전한 화폐로 낸 부분 × 캐시백 요율. 가맹점(재사용): 결제 금액 × 재사용 요율. 원 미만 버림.",
        "Citizen: the part paid with charged coin × the cashback rate. Merchant (re-use): the amount × the re-use rate. Rounded down.",
    ),
    text(
        "월 한도, 1인 한도, 보유 한도(개인 회원), 예산의 남은 금액까지 줄어든다.",
        "Cut to the room of month, person and (citizens) holding, and to the budget.",
    ),
    text(
        "개인 회원에게는 새 로트(지불액 0원)로, 가맹점에는 매출로 들어간다.",
        "A citizen gets a fresh lot with price 0, a merchant takings.",
    ),
];
