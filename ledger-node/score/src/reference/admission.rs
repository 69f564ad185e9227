//! The checks before any call, and what may stop a call anywhere.

use super::shape::{Check, check};

/// What every transaction passes before its call is looked at, in this order. A refusal here leaves no trace: the
/// transaction's number is not used up.
pub const ADMISSION: &[Check] = &[
    check(
        "WRONG_CHAIN",
        "거래는 이 채널(원장)의 이름을 담고 있다.",
        "The transaction names this channel (ledger).",
    ),
    check(
        "BAD_SIGNATURE",
        "서명은 그 기기 키의 것이며, 도메인이 분리된 정규 바이트에 대한 것이다.",
        "The signature is that of the device's key over the domain-separated canonical bytes.",
    ),
    check("UNKNOWN_CERTIFICATE", "기기 인증서가 원장에 있다.", "The device's certificate is on the ledger."),
    check("REVOKED_CERTIFICATE", "인증서가 정지되지 않았다.", "The certificate has not been revoked."),
    check(
        "EXPIRED_CERTIFICATE",
        "블록 시각이 인증서의 만료 시각보다 앞선다.",
        "Block time is before the certificate's end.",
    ),
    check(
        "EXPIRED",
        "블록 시각이 거래의 유효 시각을 지나지 않았다.",
        "Block time has not passed the transaction's time limit.",
    ),
    check(
        "VALID_TOO_LONG",
        "거래의 유효 시각은 블록 시각에서 10분 안이다.",
        "The transaction's time limit is at most 10 minutes after block time.",
    ),
    check(
        "NONCE_OUT_OF_RANGE",
        "거래 번호는 1 이상이고, 그 인증서가 쓴 가장 큰 번호보다 1,000,000 넘게 앞서지 않는다.",
        "The transaction's number is at least 1 and at most 1,000,000 ahead of the highest that the certificate used.",
    ),
    check(
        "NONCE_TOO_OLD",
        "거래 번호는 그 인증서의 최근 128개 안에 있다.",
        "The transaction's number is among the last 128 of its certificate.",
    ),
    check("REPLAY", "그 번호는 쓰인 적이 없다.", "That number has not been used."),
];

/// What may stop any call while it runs. Like every refusal by the call itself it uses up the transaction's number and
/// changes nothing else.
pub const ANYWHERE: &[Check] = &[
    check(
        "TOO_MUCH_WORK",
        "한 거래의 상태 읽기와 쓰기는 20,000번을 넘지 않는다.",
        "One transaction reads and writes the state at most 20,000 times.",
    ),
    check(
        "CONTRACT_FAULT",
        "계약이 이 거래를 처리하다 멈추면, 이 거래만 거절된다. 다른 거래와 노드는 계속된다.",
        "If the contract fails on a transaction, that transaction alone is refused; all others, and the node, go on.",
    ),
];
