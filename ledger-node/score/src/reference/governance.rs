//! Proposals and approvals: how a quorum acts.

use super::shape::{CallReference, Consent, Duty, check, text};

pub(super) const CALLS: &[CallReference] = &[
    CallReference {
        name: "governance.propose",
        number: 16,
        purpose: text(
            "정족수가 필요한 호출을 제안한다. 제안은 첫 번째 승인이다.",
            "Proposes a call that needs a quorum; counts as the first approval.",
        ),
        signer: text(
            "그 호출의 직무를 맡은 기관의 담당자",
            "an officer of an institution with the duty of the proposed call",
        ),
        duty: Some(Duty::Any),
        consent: Consent::One,
        checks: &[
            check(
                "NOT_ALLOWED",
                "서명자는 제안할 호출의 직무를 맡은 기관의 담당자이다.",
                "The signer is an officer of an institution with the duty of the proposed call.",
            ),
            check(
                "TOO_MANY_PROPOSALS",
                "그 기관의 열린 제안이 256개를 넘지 않게 된다.",
                "The institution ends with at most 256 open proposals.",
            ),
        ],
        changes: &[
            text(
                "제안이 14일 동안 승인을 기다린다. 기관의 정족수가 1이면 곧바로 실행된다.",
                "The proposal waits 14 days for approvals; with a quorum of 1 it is executed at once.",
            ),
            text(
                "실행되면 제안된 호출의 검사와 효과가 이어진다.",
                "When executed, the checks and effects of the proposed call follow.",
            ),
        ],
        effects: &["proposed"],
        executes: true,
    },
    CallReference {
        name: "governance.approve",
        number: 17,
        purpose: text(
            "제안을 승인한다. 정족수를 채우는 승인이 제안을 실행한다.",
            "Approves a proposal; the approval that completes the quorum executes it.",
        ),
        signer: text("제안한 기관의 다른 담당자", "another officer of the proposing institution"),
        duty: Some(Duty::Any),
        consent: Consent::One,
        checks: &[
            check("UNKNOWN_PROPOSAL", "그 제안이 원장에 있다.", "The proposal is on the ledger."),
            check(
                "NOT_ALLOWED",
                "서명자는 제안한 기관의 담당자이다.",
                "The signer is an officer of the proposing institution.",
            ),
            check(
                "PROPOSAL_CLOSED",
                "제안이 실행되지도 기한이 지나지도 않았다.",
                "The proposal has been neither executed nor has it lapsed.",
            ),
            check(
                "ALREADY_APPROVED",
                "서명자가 이 제안을 승인한 적이 없다.",
                "The signer has not approved it before.",
            ),
        ],
        changes: &[
            text(
                "승인이 기록된다. 그때 유효한 인증서의 승인만 센다.",
                "The approval is recorded. Only approvals whose certificates are valid at that moment count.",
            ),
            text(
                "정족수가 차면 제안된 호출이 실행된다. 그 호출이 거절되면 승인도 거절된다.",
                "When the quorum is complete the proposed call is executed; if that is refused, so is the approval.",
            ),
        ],
        effects: &["approved"],
        executes: true,
    },
];
