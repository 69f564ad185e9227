//! What the owner of a deposit is told when it cannot become coin yet.

use crate::money::{from_db, grouped};
use dure_score::{Amount, Refusal};

/// A letter.
pub struct Letter {
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// True if the ledger may take the same charge later, without anybody changing the deposit: the owner spends something,
/// or a frozen account goes on. A deposit above the cap itself never fits.
pub fn may_pass(refusal: &Refusal, won: i64) -> bool {
    match refusal {
        Refusal::HoldingCap { cap, .. } => from_db(won).is_ok_and(|won| won <= cap.get()),
        Refusal::TooManyLots | Refusal::MemberNotActive => true,
        _ => false,
    }
}

/// The letter about a deposit that waits.
pub fn waits(lang: &str, won: i64, refusal: &Refusal) -> Letter {
    let amount = grouped(won);
    if lang == "en" {
        Letter {
            subject: "[Dure] Your deposit waits to be charged".to_owned(),
            body: format!(
                "Your deposit of {amount} won has arrived and is safe, but it is not coin yet.\n\n{}\n\n\
                 It is tried again every ten minutes. You need not transfer again.\n",
                why_en(refusal)
            ),
        }
    } else {
        Letter {
            subject: "[두레] 입금하신 금액의 충전을 기다리고 있습니다".to_owned(),
            body: format!(
                "입금하신 {amount}원은 잘 들어와 안전하게 보관되어 있으나 아직 충전되지 않았습니다.\n\n{}\n\n\
                 10분마다 자동으로 다시 시도합니다. 다시 이체하실 필요는 없습니다.\n",
                why_ko(refusal)
            ),
        }
    }
}

/// As people read it; no amount of the ledger passes 63 bits.
fn won(amount: Amount) -> String {
    grouped(i64::try_from(amount.get()).unwrap_or(i64::MAX))
}

fn why_ko(refusal: &Refusal) -> String {
    match refusal {
        Refusal::HoldingCap { cap, room } => format!(
            "충전하면 보유 한도 {}원을 넘습니다. 지금은 {}원까지 더 보유할 수 있습니다. 일부를 사용하시면 자동으로 충전됩니다.",
            won(*cap),
            won(*room)
        ),
        Refusal::TooManyLots => {
            "가지고 계신 금액의 종류가 너무 많습니다. 일부를 사용하시면 자동으로 충전됩니다.".to_owned()
        }
        _ => "계정이 정지되어 있습니다. 창구에 문의해 주세요. 정지가 풀리면 자동으로 충전됩니다.".to_owned(),
    }
}

fn why_en(refusal: &Refusal) -> String {
    match refusal {
        Refusal::HoldingCap { cap, room } => format!(
            "With it you would hold more than the limit of {} won; {} won more fit now. Spend some, and it is charged by \
             itself.",
            won(*cap),
            won(*room)
        ),
        Refusal::TooManyLots => {
            "You hold too many kinds of coin. Spend some, and it is charged by itself.".to_owned()
        }
        _ => {
            "Your account is frozen. Ask at the counter; once it goes on, it is charged by itself.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_fit_waits_and_what_cannot_does_not() {
        let full = Refusal::HoldingCap { cap: Amount::new(1_000), room: Amount::new(300) };
        assert!(may_pass(&full, 1_000) && !may_pass(&full, 1_001));
        assert!(may_pass(&Refusal::MemberNotActive, 1) && !may_pass(&Refusal::UnknownMember, 1));
        for (lang, part) in [("ko", "300원까지 더 보유"), ("en", "300 won more fit now")] {
            let letter = waits(lang, 1_000, &full);
            assert!(letter.body.contains(part) && letter.body.contains("1,000"), "{}", letter.body);
        }
    }

    #[test]
    fn letters_stay_as_they_are() {
        let full = Refusal::HoldingCap { cap: Amount::new(500_000), room: Amount::new(30_000) };
        let letters = ["ko", "en"].map(|lang| {
            [&full, &Refusal::TooManyLots, &Refusal::MemberNotActive]
                .map(|refusal| waits(lang, 50_000, refusal))
                .map(|letter| format!("{}\n\n{}", letter.subject, letter.body))
                .join("----\n")
        });
        insta::assert_snapshot!(letters.join("----\n"));
    }
}
