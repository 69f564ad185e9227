//! Campaigns and their budgets.

use super::{
    shape::{CallReference, Consent, Duty, check, text},
    shared::{ALONE, AMOUNT, CAMPAIGN_KNOWN, FUNDER, OWN_CAMPAIGN},
};

pub(super) const CALLS: &[CallReference] = &[
    CallReference {
        name: "campaign.open",
        number: 3,
        purpose: text("정책(혜택 사업)을 연다.", "Opens a campaign."),
        signer: text("재원 기관의 정족수", "a quorum of the funder's officers"),
        duty: Some(Duty::Funder),
        consent: Consent::Quorum,
        checks: &[
            FUNDER,
            ALONE,
            check(
                "NOT_ALLOWED",
                "조건에 적힌 재원 기관이 서명자의 기관이다.",
                "The funder named in the terms is the signer's institution.",
            ),
            check(
                "BAD_TERMS",
                "번호는 0이 아니며, 조건이 지켜질 수 있다: 시작이 끝보다 앞서고, 요율은 100% 이하이며, 혜택에는 월 한도가 있고, 목록은 64개, 금액은 1조 원 이하이다.",
                "The number is not 0 and the terms can be kept: it starts before it ends, rates are at most 100 %, an incentive has its monthly cap, lists have at most 64 entries, amounts are at most one trillion won.",
            ),
            check("CAMPAIGN_EXISTS", "그 번호는 쓰인 적이 없다.", "The number has never been used."),
        ],
        changes: &[text("정책이 예산 0원으로 생긴다.", "The campaign exists, with a budget of 0.")],
        effects: &["campaign_opened"],
        executes: false,
    },
    CallReference {
        name: "token.issue",
        number: 4,
        purpose: text("정책의 예산으로 화폐를 발행한다.", "Mints coin into a campaign's budget."),
        signer: text("재원 기관의 정족수", "a quorum of the funder's officers"),
        duty: Some(Duty::Funder),
        consent: Consent::Quorum,
        checks: &[
            FUNDER,
            ALONE,
            AMOUNT,
            CAMPAIGN_KNOWN,
            check(
                "NOT_ALLOWED",
                "서명자의 기관이 그 정책의 재원 기관이며, 화폐(0번)가 아니다.",
                "The signer's institution is the campaign's funder, and it is not the coin (0).",
            ),
            check("CAMPAIGN_CLOSED", "정책이 종료되지 않았다.", "The campaign has not ended."),
            check(
                "BUDGET_EXCEEDED",
                "지금까지의 발행액과 합하여 정책의 상한을 넘지 않는다.",
                "With all that was issued before, it stays within the campaign's ceiling.",
            ),
        ],
        changes: &[text(
            "예산과 발행 총액이 그만큼 늘어난다.",
            "Budget and issued total grow by the amount.",
        )],
        effects: &["issued"],
        executes: false,
    },
    CallReference {
        name: "campaign.amend",
        number: 22,
        purpose: text(
            "정책의 조건을 앞으로를 위하여 바꾼다. 0번은 화폐 자체의 조건이다.",
            "Changes a campaign's terms for the future. Campaign 0 is the coin itself.",
        ),
        signer: text("재원 기관의 정족수", "a quorum of the funder's officers"),
        duty: Some(Duty::Funder),
        consent: Consent::Quorum,
        checks: &[
            FUNDER,
            ALONE,
            CAMPAIGN_KNOWN,
            OWN_CAMPAIGN,
            check("CAMPAIGN_CLOSED", "정책이 종료되지 않았다.", "The campaign has not ended."),
            check(
                "BAD_TERMS",
                "재원 기관은 그대로이고, 조건이 지켜질 수 있으며, 상한은 이미 발행된 금액 이상이다.",
                "The funder is unchanged, the terms can be kept, and the ceiling is no less than what was issued.",
            ),
            check(
                "TERMS_WORSENED",
                "이미 지급된 금액에서 아무것도 빼앗지 않는다: 업종, 지역, 가맹점은 그대로이거나 넓어지고, 대형 가맹점 사용, 선물, 재사용은 꺼지지 않으며, 환불에 필요한 사용 비율은 올라가지 않는다.",
                "It takes nothing from what was given out: categories, regions and merchants stay or widen; large merchants, gifts and re-use are not switched off; the share to be used before a cash-out does not rise.",
            ),
        ],
        changes: &[
            text(
                "새 조건이 적용되고 버전이 1 올라간다. 이전 조건은 원장에서 계속 읽을 수 있다.",
                "The new terms apply and the version grows by one; the earlier terms stay readable.",
            ),
            text(
                "이미 지급된 로트의 유효 기한은 바뀌지 않는다.",
                "Lots already given out keep their own expiry.",
            ),
        ],
        effects: &["campaign_amended"],
        executes: false,
    },
    CallReference {
        name: "campaign.close",
        number: 23,
        purpose: text(
            "정책을 끝내고 남은 예산을 재원 기관에 돌려준다.",
            "Ends a campaign; what its budget holds goes back to who paid for it.",
        ),
        signer: text("재원 기관의 정족수", "a quorum of the funder's officers"),
        duty: Some(Duty::Funder),
        consent: Consent::Quorum,
        checks: &[
            FUNDER,
            ALONE,
            check("NOT_ALLOWED", "화폐(0번)가 아니다.", "It is not the coin (0)."),
            CAMPAIGN_KNOWN,
            OWN_CAMPAIGN,
            check(
                "CAMPAIGN_CLOSED",
                "아직 종료되지 않았거나, 종료된 뒤 예산으로 돌아온 금액이 있다.",
                "It has not ended, or something came back into its budget since.",
            ),
        ],
        changes: &[
            text(
                "정책이 종료된다. 예산은 0이 되고 그 금액은 '반환'으로 유통에서 빠진다.",
                "The campaign has ended. Its budget becomes 0 and leaves the ledger; the supply counts it as returned.",
            ),
            text(
                "이미 지급된 로트는 기한까지 그대로 쓸 수 있다.",
                "Lots already given out can be spent until they expire.",
            ),
        ],
        effects: &["campaign_closed"],
        executes: false,
    },
];
