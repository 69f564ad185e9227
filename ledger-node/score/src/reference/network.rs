//! The contract itself, and who orders blocks.

use super::{
    shape::{CallReference, Check, Consent, Duty, check, text},
    shared::{ALONE, OPERATOR},
};

const OPERATORS: super::Text = text("운영 기관의 정족수", "a quorum of the operator's officers");
const REGISTERED: Check =
    check("UNKNOWN_SCORE", "그 계약과 버전이 등록되어 있다.", "The contract and the version are registered.");

pub(super) const CALLS: &[CallReference] = &[
    CallReference {
        name: "score.register",
        number: 26,
        purpose: text("계약의 새 버전을 등록한다.", "Enters a new version of the contract."),
        signer: OPERATORS,
        duty: Some(Duty::Operator),
        consent: Consent::Quorum,
        checks: &[
            OPERATOR,
            ALONE,
            check(
                "UNKNOWN_SCORE",
                "그 이름의 계약이 원장에 있다.",
                "A contract of that name is on the ledger.",
            ),
            check(
                "SCORE_VERSION",
                "번호는 마지막으로 등록된 버전의 다음이며 256을 넘지 않는다.",
                "The number is the one after the last registered, and at most 256.",
            ),
        ],
        changes: &[text(
            "버전과 그 규칙의 해시가 기록된다. 아직 적용되지 않는다.",
            "The version and the hash of its rules are recorded; it does not apply yet.",
        )],
        effects: &["score_registered"],
        executes: false,
    },
    CallReference {
        name: "score.activate",
        number: 27,
        purpose: text(
            "등록된 버전이 적용될 블록을 정한다.",
            "Names the block from which a registered version applies.",
        ),
        signer: OPERATORS,
        duty: Some(Duty::Operator),
        consent: Consent::Quorum,
        checks: &[
            OPERATOR,
            ALONE,
            REGISTERED,
            check(
                "SCORE_PENDING",
                "그 버전이 이미 적용된 것이 아니고, 적용을 앞둔 버전이 없다.",
                "The version does not apply already, and none is waiting to.",
            ),
            check("SCORE_VERSION", "적용 중인 버전보다 뒤이다.", "It comes after the version that applies."),
            check(
                "SCORE_TOO_SOON",
                "적용 블록은 이 블록에서 8블록 이상 뒤이다.",
                "The height is at least 8 blocks after this one.",
            ),
        ],
        changes: &[
            text("적용될 블록이 정해진다.", "The height is set."),
            text(
                "그 블록의 첫 거래 전에 이전(migration)이 실행된다. 로트와 잔액은 그대로이다. 그 버전이 없는 노드는 멈춘다.",
                "Before that block's first transaction its migration runs; lots and balances stay the same. A node without that version stops.",
            ),
        ],
        effects: &["score_scheduled"],
        executes: false,
    },
    CallReference {
        name: "validators.update",
        number: 28,
        purpose: text(
            "블록을 정하는 검증자를 다음다음 기간(epoch)부터 바꾼다.",
            "Changes the validators from the epoch after next.",
        ),
        signer: OPERATORS,
        duty: Some(Duty::Operator),
        consent: Consent::Quorum,
        checks: &[
            OPERATOR,
            ALONE,
            check(
                "BAD_VALIDATORS",
                "검증자는 4 이상 64 이하이고, 키는 서로 다르며 안전하다.",
                "There are 4 to 64 validators; their keys differ and are safe.",
            ),
            check(
                "VALIDATORS_PENDING",
                "앞선 변경이 이미 적용되었다.",
                "An earlier change has taken effect.",
            ),
            check(
                "BAD_VALIDATORS",
                "채널이 기억하는 변경은 4,096번까지이다.",
                "The channel remembers at most 4,096 changes.",
            ),
            check(
                "VALIDATORS_TOO_DIFFERENT",
                "한 번에 빠지는 검증자는 지금 수 n의 (n-1)/3 이하, 새로 들어오는 검증자는 새 수 n의 (n-1)/3 이하이다(소수점 아래 버림). 지금 4명이 안 되면 들어오는 수에는 제한이 없다.",
                "At most (n-1)/3 of the n validators in force leave at once, and at most (n-1)/3 of the n new ones join, both rounded down; with fewer than 4 in force any number may join.",
            ),
        ],
        changes: &[text(
            "새 검증자 목록이 다음다음 기간부터 적용된다.",
            "The new list applies from the epoch after next.",
        )],
        effects: &["validators_changed"],
        executes: false,
    },
];
