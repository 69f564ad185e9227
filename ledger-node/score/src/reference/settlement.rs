//! The day's settlement.

use super::{
    shape::{CallReference, Check, Consent, Duty, check, text},
    shared::{AMOUNT, BANK, MERCHANT, MERCHANT_ACTIVE, MERCHANT_KNOWN, PAYOUT_NEW},
};

const BATCH_KNOWN: Check =
    check("UNKNOWN_BATCH", "그 정산 묶음이 원장에 있다.", "The batch is on the ledger.");
const BATCH_OPEN: Check = check("BATCH_CLOSED", "정산 묶음이 마감되지 않았다.", "The batch is not closed.");
const PAYOUT_KNOWN: Check = check(
    "UNKNOWN_PAYOUT",
    "그 지급(가맹점 정산 또는 개인 환불)이 원장에 있다.",
    "The payout, of a merchant or of a cash-out, is on the ledger.",
);
const UNDECIDED: Check = check(
    "PAYOUT_DECIDED",
    "지급이 아직 확정되거나 거절되지 않았다.",
    "The payout has been neither confirmed nor rejected.",
);
const OFFICER: super::Text = text("은행의 담당자 한 사람", "one officer of a bank");

pub(super) const CALLS: &[CallReference] = &[
    CallReference {
        name: "settlement.open",
        number: 11,
        purpose: text("하루의 정산 묶음을 연다.", "Opens the day's settlement batch."),
        signer: OFFICER,
        duty: Some(Duty::Bank),
        consent: Consent::One,
        checks: &[
            BANK,
            check(
                "BATCH_EXISTS",
                "그 묶음 번호는 쓰인 적이 없다.",
                "The batch's number has never been used.",
            ),
            check(
                "BAD_BATCH",
                "블록 구간의 처음이 끝을 넘지 않고, 끝은 이미 지난 블록이다.",
                "The range of blocks is in order and ends before this block.",
            ),
        ],
        changes: &[text("묶음이 열린다.", "The batch is open.")],
        effects: &["batch_opened"],
        executes: false,
    },
    CallReference {
        name: "settlement.redeem",
        number: 12,
        purpose: text(
            "가맹점의 매출을 지급을 위하여 보관 상태로 옮긴다.",
            "Moves a merchant's takings into escrow for one payout.",
        ),
        signer: OFFICER,
        duty: Some(Duty::Bank),
        consent: Consent::One,
        checks: &[
            BANK,
            AMOUNT,
            BATCH_KNOWN,
            BATCH_OPEN,
            PAYOUT_NEW,
            MERCHANT_KNOWN,
            MERCHANT_ACTIVE,
            MERCHANT,
            check(
                "TAKINGS_TOO_LOW",
                "가맹점의 매출이 금액 이상이다.",
                "The merchant's takings reach the amount.",
            ),
        ],
        changes: &[text(
            "매출이 오래된 로트부터 보관 상태가 된다.",
            "Takings go into escrow, oldest lot first.",
        )],
        effects: &["redeemed", "lot_changed", "balance"],
        executes: false,
    },
    CallReference {
        name: "settlement.confirm",
        number: 13,
        purpose: text("은행이 지급하였다.", "The bank has paid."),
        signer: OFFICER,
        duty: Some(Duty::Bank),
        consent: Consent::One,
        checks: &[BANK, PAYOUT_KNOWN, UNDECIDED],
        changes: &[
            text("보관된 금액이 소각된다.", "The escrow is burned."),
            text(
                "개인 환불이면 원화의 몫이 소각되고 정책의 몫은 그 정책의 예산으로 돌아간다.",
                "Of a cash-out the won's part is burned, and the campaign's share goes back to its budget.",
            ),
        ],
        effects: &["payout_confirmed", "cash_out_confirmed", "subsidy_returned"],
        executes: false,
    },
    CallReference {
        name: "settlement.reject",
        number: 14,
        purpose: text("은행이 지급을 거절하였다.", "The bank has refused."),
        signer: OFFICER,
        duty: Some(Duty::Bank),
        consent: Consent::One,
        checks: &[BANK, PAYOUT_KNOWN, UNDECIDED],
        changes: &[text(
            "보관된 금액이 온 로트 그대로 돌아간다. 개인 환불이면 그 충전은 다시 환불을 신청할 수 있다.",
            "The escrow goes back into the lots that it came from. A cash-out may then be asked for again.",
        )],
        effects: &["payout_rejected", "cash_out_rejected", "lot_changed", "balance"],
        executes: false,
    },
    CallReference {
        name: "settlement.close",
        number: 15,
        purpose: text("정산 묶음을 마감한다.", "Closes the batch."),
        signer: OFFICER,
        duty: Some(Duty::Bank),
        consent: Consent::One,
        checks: &[
            BANK,
            BATCH_KNOWN,
            BATCH_OPEN,
            check(
                "BATCH_UNBALANCED",
                "모든 지급이 확정되거나 거절되었고, 그 합과 보관한 합과 은행 파일의 통제 합계가 모두 같다.",
                "Every payout is decided, and their sum, the sum redeemed and the file's control sum are equal.",
            ),
        ],
        changes: &[text("묶음이 마감되어 다시 열리지 않는다.", "The batch is closed for good.")],
        effects: &["batch_closed"],
        executes: false,
    },
];
