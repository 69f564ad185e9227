//! A merchant's statement: plain text for a mail, in the merchant's language.

use crate::error::SettlementError;
use crate::money::grouped;
use crate::repo::payouts::{Payout, PayoutState};
use askama::Template;
use dure_db::merchants::Merchant;

/// A statement ready to be mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Of which payout.
    pub payout: String,
    /// Address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Text.
    pub body: String,
}

struct Figures {
    name: String,
    date: String,
    payout: String,
    forward: String,
    payments: String,
    refunds: String,
    /// With its sign; only if the shop has spent takings again.
    reused: Option<String>,
    held: String,
    amount: String,
    carried: String,
    account: String,
    outcome: Outcome,
}

enum Outcome {
    Paid { reference: String },
    Returned { code: String, why: &'static str },
    Deferred { code: String },
    Nothing,
}

#[derive(Template)]
#[template(path = "statement_ko.txt")]
struct Korean {
    figures: Figures,
}

#[derive(Template)]
#[template(path = "statement_en.txt")]
struct English {
    figures: Figures,
}

/// Writes the statement of one payout; `forward` is what earlier batches left.
pub(super) fn compose(
    date: &str,
    payout: &Payout,
    shop: &Merchant,
    forward: i64,
) -> Result<Statement, SettlementError> {
    let korean = shop.lang != "en";
    let name = if korean { &shop.name_ko } else { &shop.name_en };
    let figures = Figures {
        name: name.clone(),
        date: date.to_owned(),
        payout: payout.id.clone(),
        forward: grouped(forward),
        payments: grouped(payout.payments),
        refunds: grouped(payout.refunds),
        reused: (payout.reused != 0).then(|| grouped(payout.reused.saturating_neg())),
        held: grouped(payout.held),
        amount: grouped(payout.amount),
        carried: grouped(carried(payout, forward)?),
        account: masked(&payout.bank_account),
        outcome: outcome(payout, korean)?,
    };
    let (subject, body) = if korean {
        (format!("[두레] {date} 정산 내역 — {name}"), Korean { figures }.render()?)
    } else {
        (format!("[Dure] Statement of {date} — {name}"), English { figures }.render()?)
    };
    Ok(Statement { payout: payout.id.clone(), recipient: shop.email.clone(), subject, body })
}

/// What the next batch begins with.
fn carried(payout: &Payout, forward: i64) -> Result<i64, SettlementError> {
    let paid = if payout.state()? == PayoutState::Paid { payout.amount } else { 0 };
    let takings = forward.checked_add(payout.payments).and_then(|sum| sum.checked_sub(payout.refunds));
    takings
        .and_then(|takings| takings.checked_sub(payout.reused))
        .and_then(|takings| takings.checked_sub(paid))
        .ok_or_else(|| SettlementError::Stored(format!("the sums of {} do not fit 64 bits", payout.id)))
}

fn outcome(payout: &Payout, korean: bool) -> Result<Outcome, SettlementError> {
    let code = payout.bank_reason.clone().unwrap_or_else(|| "NARR".to_owned());
    Ok(match payout.state()? {
        PayoutState::Paid => Outcome::Paid { reference: payout.bank_reference.clone().unwrap_or_default() },
        PayoutState::Returned => Outcome::Returned { why: reason(&code, korean), code },
        PayoutState::Deferred => Outcome::Deferred { code },
        PayoutState::Nothing => Outcome::Nothing,
        undecided => {
            let what = format!("payout {} is {} in a decided batch", payout.id, undecided.as_str());
            return Err(SettlementError::Stored(what));
        }
    })
}

/// A bank's reason code in a sentence.
fn reason(code: &str, korean: bool) -> &'static str {
    let (ko, en) = match code {
        "AC01" | "AC02" | "AC03" => ("계좌번호가 올바르지 않습니다.", "The account number is wrong."),
        "AC04" => ("해지된 계좌입니다.", "The account is closed."),
        "AC06" => ("거래가 정지된 계좌입니다.", "The account is blocked."),
        "AG01" | "AG02" => ("이 계좌로는 이체할 수 없습니다.", "Transfers to this account are not allowed."),
        "AM04" => ("출금 계좌의 잔액이 부족했습니다.", "Our account did not have enough money."),
        _ => ("은행이 이체를 처리하지 않았습니다.", "The bank did not make the transfer."),
    };
    if korean { ko } else { en }
}

/// An account number of which only the last four signs are shown: mail is read by many.
fn masked(account: &str) -> String {
    let hidden = account.chars().count().saturating_sub(4);
    let sign = |(index, sign): (usize, char)| if index < hidden && sign != '-' { '*' } else { sign };
    account.chars().enumerate().map(sign).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shop(lang: &str) -> Merchant {
        Merchant {
            bid: "01".repeat(16),
            code: "M000101".into(),
            name_ko: "두레빵집".into(),
            name_en: "Dure Bakery".into(),
            city_en: "Sebyeol".into(),
            category: "5462".into(),
            region: "SB01".into(),
            email: "bakery@shops.example".into(),
            lang: lang.into(),
            bank_code: "088".into(),
            bank_account: "110-222-000101".into(),
            account_holder: "두레빵집".into(),
            held: 0,
            created_at: 0,
        }
    }

    fn payout(state: PayoutState, amount: i64) -> Payout {
        Payout {
            id: "DURE-20261122-M000101".into(),
            batch: "DURE-20261122".into(),
            merchant: "01".repeat(16),
            amount,
            payments: 12_000,
            refunds: 1_500,
            held: 0,
            uetr: String::new(),
            creditor_name: "두레빵집".into(),
            bank_code: "088".into(),
            bank_account: "110-222-000101".into(),
            state: state.as_str().into(),
            bank_reason: Some("AC04".into()),
            bank_reference: Some("R20261122-00001".into()),
            statement_queued: false,
            reused: 0,
        }
    }

    #[test]
    fn a_paid_statement_names_the_bank_reference() {
        let made = compose("2026-11-22", &payout(PayoutState::Paid, 10_500), &shop("ko"), 0).unwrap();
        assert_eq!(made.recipient, "bakery@shops.example");
        assert_eq!(made.subject, "[두레] 2026-11-22 정산 내역 — 두레빵집");
        for part in ["12,000원", "1,500원", "10,500원", "R20261122-00001", "***-***-**0101"] {
            assert!(made.body.contains(part), "{part} in\n{}", made.body);
        }
    }

    #[test]
    fn a_returned_statement_says_why_and_what_happens_next() {
        let made = compose("2026-11-22", &payout(PayoutState::Returned, 11_000), &shop("en"), 500).unwrap();
        for part in ["Dure Bakery", "The account is closed. (AC04)", "11,000 won", "next settlement"] {
            assert!(made.body.contains(part), "{part} in\n{}", made.body);
        }
    }

    #[test]
    fn what_the_shop_spent_again_stands_in_its_statement_and_is_not_carried() {
        let payout = Payout { reused: 2_000, ..payout(PayoutState::Paid, 8_500) };
        let made = compose("2026-11-22", &payout, &shop("en"), 0).unwrap();
        assert!(made.body.contains("Spent again         -2,000 won"), "{}", made.body);
        assert!(made.body.contains("Carried forward     0 won"), "{}", made.body);
        let made = compose("2026-11-22", &payout, &shop("ko"), 0).unwrap();
        assert!(made.body.contains("매출 재사용     -2,000원"), "{}", made.body);
    }

    #[test]
    fn an_undecided_payout_has_no_statement() {
        let error = compose("2026-11-22", &payout(PayoutState::Escrowed, 1), &shop("en"), 0).unwrap_err();
        assert_eq!(error.code(), "STORED_DATA");
    }

    #[test]
    fn statements_stay_as_they_are() {
        let states = [PayoutState::Paid, PayoutState::Returned, PayoutState::Deferred, PayoutState::Nothing];
        let statements = ["ko", "en"].map(|lang| {
            states
                .map(|state| compose("2026-11-22", &payout(state, 10_500), &shop(lang), 0).unwrap())
                .map(|made| format!("{}\n\n{}", made.subject, made.body))
                .join("----\n")
        });
        insta::assert_snapshot!(statements.join("----\n"));
    }
}
