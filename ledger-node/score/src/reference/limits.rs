//! The bounds of [`crate::limits`], for people.

use super::shape::{Text, text};
use crate::limits;

/// One bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReference {
    /// Its name in the code.
    pub name: &'static str,
    /// Its value, in the unit that the name says (`_MS`: milliseconds).
    pub value: u64,
    /// What it bounds and why.
    pub says: Text,
}

macro_rules! limit {
    ($name:ident, $ko:literal, $en:literal) => {
        LimitReference {
            name: stringify!($name),
            // Lossless: every bound fits 64 bits, and this is evaluated by the compiler.
            #[allow(clippy::as_conversions, clippy::unnecessary_cast, reason = "no const TryFrom")]
            value: limits::$name as u64,
            says: text($ko, $en),
        }
    };
}

/// Every bound, in the order of the code.
pub const LIMITS: &[LimitReference] = &[
    limit!(
        MAX_VALIDITY_MS,
        "거래가 유효한 시간(10분). 지나면 결제되지 않은 것이 확실하다.",
        "A transaction is valid for at most 10 minutes; after that, *not paid* is certain."
    ),
    limit!(CERTIFICATE_LIFE_MS, "기기 인증서의 기한(3년).", "A device certificate lives three years."),
    limit!(
        RENEWAL_WINDOW_MS,
        "만료 전 갱신할 수 있는 기간(180일).",
        "It may be renewed in its last 180 days."
    ),
    limit!(MAX_CITIZEN_DEVICES, "개인 회원의 기기 수.", "Devices of a citizen."),
    limit!(
        MAX_ORGANISATION_DEVICES,
        "가맹점이나 기관의 기기 수.",
        "Devices of a merchant or an institution."
    ),
    limit!(
        MAX_LOTS,
        "한 계정의 로트 수, 한 결제가 쓰는 로트 수.",
        "Lots in one account; lots that one payment draws."
    ),
    limit!(
        MAX_LOTS_BY_TRANSFER,
        "송금으로 찰 수 있는 로트 수. 나머지는 충전과 지급의 자리이다.",
        "Lots that transfers may fill; the rest is kept for charges and grants."
    ),
    limit!(MAX_GRANTS, "한 지급 명단의 사람 수.", "Recipients of one grant."),
    limit!(
        MAX_EXPIRE,
        "한 거래가 만료를 살피는 회원 수.",
        "Members whose expired lots one transaction collects."
    ),
    limit!(
        MAX_TERMS,
        "한 정책이 적는 업종, 지역, 가맹점의 수.",
        "Categories, regions or merchants that a campaign names."
    ),
    limit!(MAX_AMOUNT, "한 금액의 최대(원).", "Largest single amount, won."),
    limit!(MAX_NONCE_JUMP, "거래 번호가 앞설 수 있는 폭.", "How far a transaction's number may run ahead."),
    limit!(MAX_TX_BYTES, "서명된 거래의 크기(바이트).", "Size of a signed transaction, bytes."),
    limit!(MAX_OPEN_PROPOSALS, "한 기관의 열린 제안 수.", "Open proposals of an institution."),
    limit!(PROPOSAL_LIFE_MS, "제안이 승인을 기다리는 시간(14일).", "A proposal waits 14 days."),
    limit!(MAX_MANDATE_MS, "일회용 승인의 유효 시간(3분).", "A one-time authorisation lives 3 minutes."),
    limit!(
        MIN_VALIDATORS,
        "거버넌스가 정할 수 있는 검증자의 최소 수.",
        "Fewest validators that governance may set."
    ),
    limit!(MAX_VALIDATORS, "검증자의 최대 수.", "Most validators."),
    limit!(MIN_EPOCH_BLOCKS, "한 기간(epoch)의 최소 블록 수.", "Fewest blocks of an epoch."),
    limit!(
        MAX_VALIDATOR_SETS,
        "채널이 기억하는 검증자 변경 수.",
        "Changes of validators that the channel remembers."
    ),
    limit!(
        MIN_ACTIVATION_BLOCKS,
        "계약 버전이 결정 뒤 적용되기까지의 최소 블록 수.",
        "Blocks between deciding on a contract version and its first block."
    ),
    limit!(MAX_VERSIONS, "한 계약의 버전 수.", "Versions of one contract."),
    limit!(
        MAX_STATE_OPERATIONS,
        "한 거래의 상태 읽기와 쓰기 수.",
        "Reads and writes of state by one transaction."
    ),
];
