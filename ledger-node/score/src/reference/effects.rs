//! What a receipt may say.

use super::shape::{Text, text};
use crate::effect::Effect;

/// One kind of effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectReference {
    /// Its name in JSON.
    pub name: &'static str,
    /// Variant number in a receipt.
    pub number: u32,
    /// What it says.
    pub says: Text,
}

const fn effect(number: u32, name: &'static str, ko: &'static str, en: &'static str) -> EffectReference {
    EffectReference { name, number, says: text(ko, en) }
}

/// Every effect, by number.
pub const EFFECTS: &[EffectReference] = &[
    effect(0, "member_registered", "회원이 등록되었다.", "A member was entered."),
    effect(1, "certificate_issued", "기기가 인증되었다.", "A device was certified."),
    effect(2, "certificate_revoked", "인증서가 정지되었다.", "A certificate ended."),
    effect(3, "campaign_opened", "정책이 열렸다.", "A campaign opened."),
    effect(4, "issued", "예산으로 발행되었다.", "Coin was minted into a budget."),
    effect(
        5,
        "charged",
        "입금이 화폐가 되었다. 보너스는 정책의 예산에서 나왔다.",
        "A deposit became coin; the bonus came from the campaign's budget.",
    ),
    effect(6, "granted", "상품권이 지급되었다.", "Vouchers were given."),
    effect(7, "transferred", "송금되었다.", "Coin was sent."),
    effect(8, "paid", "주문이 결제되었다.", "An order was paid."),
    effect(9, "refunded", "결제가 전부 또는 일부 되돌려졌다.", "A payment went back, whole or in part."),
    effect(10, "expired", "로트가 만료되었다.", "A lot expired."),
    effect(11, "batch_opened", "정산 묶음이 열렸다.", "A batch opened."),
    effect(12, "redeemed", "매출이 보관 상태가 되었다.", "Takings went into escrow."),
    effect(
        13,
        "payout_confirmed",
        "은행이 지급하여 소각되었다.",
        "The bank has paid; the escrow was burned.",
    ),
    effect(
        14,
        "payout_rejected",
        "은행이 거절하여 가맹점으로 돌아갔다.",
        "The bank has refused; the escrow went back.",
    ),
    effect(15, "batch_closed", "정산 묶음이 맞아 마감되었다.", "A batch balanced and closed."),
    effect(16, "proposed", "제안이 승인을 기다린다.", "A proposal waits for approvals."),
    effect(
        17,
        "approved",
        "담당자가 승인하였다. 실행되었으면 그 효과가 이어진다.",
        "An officer approved; if executed, the call's effects follow.",
    ),
    effect(
        18,
        "lot_changed",
        "로트에서 빠지거나 로트에 더해졌다. 뒤의 로트가 적혀 있다.",
        "Something was taken from a lot or put there; the lot is stated as it is afterwards.",
    ),
    effect(19, "balance", "계정의 총액이 이렇게 되었다.", "All that an account holds, afterwards."),
    effect(20, "certificate_renewed", "기기의 기한이 늘어났다.", "A device got more time."),
    effect(21, "account_frozen", "계정이 정지되었다.", "An account was stopped."),
    effect(22, "account_unfrozen", "정지가 풀렸다.", "A frozen account goes on."),
    effect(23, "account_rebound", "계정이 새 기기로 옮겨졌다.", "An account moved to a new device."),
    effect(24, "campaign_amended", "정책의 조건이 바뀌었다.", "A campaign's terms changed."),
    effect(
        25,
        "campaign_closed",
        "정책이 끝나고 남은 예산이 반환되었다.",
        "A campaign ended; what its budget held was returned.",
    ),
    effect(26, "cashback_paid", "결제가 캐시백을 받았다.", "A payment earned cashback."),
    effect(
        27,
        "cashback_taken_back",
        "환불이 캐시백을 거두었다. 그중 일부는 환불되는 화폐에서 뺐을 수 있다.",
        "A refund took cashback back; some of it may have been withheld from the refunded coin.",
    ),
    effect(28, "mandate_used", "일회용 승인이 쓰였다.", "A one-time authorisation was used up."),
    effect(
        29,
        "cash_out_opened",
        "충전의 나머지가 은행으로 가는 중이다.",
        "The remainder of a charge is on its way to the bank.",
    ),
    effect(30, "cash_out_confirmed", "은행이 나머지를 지급하였다.", "The bank has paid the remainder."),
    effect(
        31,
        "cash_out_rejected",
        "은행이 거절하여 모두 제자리로 돌아왔다.",
        "The bank has refused; everything is back where it was.",
    ),
    effect(
        32,
        "subsidy_returned",
        "정책의 몫이 예산으로 돌아왔다. 그중 새로 발행된 것은 같은 금액의 화폐가 소각된 것이다.",
        "The campaign's share came back into its budget; what of it was minted stands against coin burned.",
    ),
    effect(33, "score_registered", "계약의 새 버전이 등록되었다.", "A contract version was entered."),
    effect(
        34,
        "score_scheduled",
        "계약의 버전이 적용될 블록이 정해졌다.",
        "The height from which a contract version applies was set.",
    ),
    effect(
        35,
        "validators_changed",
        "검증자가 바뀔 기간이 정해졌다.",
        "Other validators will order blocks from an epoch on.",
    ),
];

/// The name of an effect's entry in [`EFFECTS`].
pub const fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::MemberRegistered { .. } => "member_registered",
        Effect::CertificateIssued { .. } => "certificate_issued",
        Effect::CertificateRevoked { .. } => "certificate_revoked",
        Effect::CampaignOpened { .. } => "campaign_opened",
        Effect::Issued { .. } => "issued",
        Effect::Charged { .. } => "charged",
        Effect::Granted { .. } => "granted",
        Effect::Transferred { .. } => "transferred",
        Effect::Paid { .. } => "paid",
        Effect::Refunded { .. } => "refunded",
        Effect::Expired { .. } => "expired",
        Effect::BatchOpened { .. } => "batch_opened",
        Effect::Redeemed { .. } => "redeemed",
        Effect::PayoutConfirmed { .. } => "payout_confirmed",
        Effect::PayoutRejected { .. } => "payout_rejected",
        Effect::BatchClosed { .. } => "batch_closed",
        Effect::Proposed { .. } => "proposed",
        Effect::Approved { .. } => "approved",
        Effect::LotChanged { .. } => "lot_changed",
        Effect::Balance { .. } => "balance",
        Effect::CertificateRenewed { .. } => "certificate_renewed",
        Effect::AccountFrozen { .. } => "account_frozen",
        Effect::AccountUnfrozen { .. } => "account_unfrozen",
        Effect::AccountRebound { .. } => "account_rebound",
        Effect::CampaignAmended { .. } => "campaign_amended",
        Effect::CampaignClosed { .. } => "campaign_closed",
        Effect::CashbackPaid { .. } => "cashback_paid",
        Effect::CashbackTakenBack { .. } => "cashback_taken_back",
        Effect::MandateUsed { .. } => "mandate_used",
        Effect::CashOutOpened { .. } => "cash_out_opened",
        Effect::CashOutConfirmed { .. } => "cash_out_confirmed",
        Effect::CashOutRejected { .. } => "cash_out_rejected",
        Effect::SubsidyReturned { .. } => "subsidy_returned",
        Effect::ScoreRegistered { .. } => "score_registered",
        Effect::ScoreScheduled { .. } => "score_scheduled",
        Effect::ValidatorsChanged { .. } => "validators_changed",
    }
}
