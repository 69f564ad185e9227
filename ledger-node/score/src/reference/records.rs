//! What the ledger stores, and under which letter.

use super::shape::{Text, text};

/// One kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordReference {
    /// First byte of its key, see [`crate::key::Key`].
    pub letter: char,
    /// Its name in the code.
    pub name: &'static str,
    /// What it holds.
    pub holds: Text,
}

const fn record(letter: char, name: &'static str, ko: &'static str, en: &'static str) -> RecordReference {
    RecordReference { letter, name, holds: text(ko, en) }
}

/// Every kind of record, in the order of [`crate::key::Key`].
pub const RECORDS: &[RecordReference] = &[
    record(
        'A',
        "Channel",
        "채널: 이름, 통화, 시간대, 기간의 길이.",
        "The channel: name, currency, civil time, length of an epoch.",
    ),
    record(
        'I',
        "Institution",
        "기관: 직무, 정족수, 열린 제안.",
        "An institution: duties, quorum, open proposals.",
    ),
    record(
        'M',
        "Member",
        "회원: 개인 또는 가맹점, 상태. 개인 정보는 없다.",
        "A member: citizen or merchant, status. No personal data.",
    ),
    record(
        'C',
        "Certificate",
        "기기 인증서: 소유자, 공개 키, 역할, 기한, 쓴 거래 번호.",
        "A device's certificate: owner, public key, role, end, transaction numbers used.",
    ),
    record('V', "Devices", "한 소유자의 살아 있는 인증서.", "Living certificates of one owner."),
    record('K', "Campaign", "정책: 조건, 남은 예산, 버전.", "A campaign: terms, budget left, version."),
    record(
        'S',
        "Supply",
        "정책별 발행, 충전, 소각, 만료, 반환의 총액.",
        "Totals issued, charged, burned, expired and returned, per campaign.",
    ),
    record('H', "Holdings", "한 계정의 로트.", "The lots of an account."),
    record(
        'U',
        "PersonUse",
        "한 사람이 한 정책에서 받은 것: 이번 달과 전체.",
        "What one person has had of one campaign, this month and ever.",
    ),
    record(
        'P',
        "Payment",
        "결제: 쓰인 로트, 환불된 금액, 캐시백.",
        "A payment: lots drawn, what went back, cashback.",
    ),
    record('O', "Order", "가맹점의 주문을 결제한 거래.", "The transaction that paid a merchant's order."),
    record(
        'D',
        "Deposit",
        "입금: 충전된 사람, 금액, 보너스, 환불 여부.",
        "A deposit: who was charged, amount, bonus, whether cashed out.",
    ),
    record('G', "Grant", "지급 명단을 쓴 거래.", "The transaction that made a grant."),
    record('B', "Batch", "정산 묶음과 그 합계.", "A settlement batch and its sums."),
    record('Y', "Payout", "가맹점 지급과 그 상태.", "A merchant's payout and where it stands."),
    record('Q', "Proposal", "제안과 그 승인.", "A proposal and its approvals."),
    record('R', "Receipts", "블록의 영수증 루트.", "A block's receipts root."),
    record('T', "Terms", "정책의 이전 버전의 조건.", "A campaign's terms in an earlier version."),
    record('X', "Mandate", "일회용 승인을 쓴 결제.", "The payment that used up a one-time authorisation."),
    record('W', "CashOut", "개인 환불과 그 상태.", "A cash-out and where it stands."),
    record('Z', "Contract", "계약의 버전.", "The versions of a contract."),
    record('E', "Validators", "어느 기간부터의 검증자.", "The validators from an epoch on."),
];
