//! Cashback, cash-out, mandates, frozen accounts and campaigns that change: the read model follows, and shows nobody what
//! is another's.

use dure_db::{Db, DbError, testing::both};
use dure_score::{
    Amount, CampaignId, Effect, OrderId, PayoutId, Receipt,
    call::{
        AccountFreeze, AccountUnfreeze, Call, CampaignAmend, CampaignClose, CampaignOpen, SettlementConfirm,
        SettlementReject, TokenCashOut, TokenCharge, TokenIssue, TokenPay, TokenPayMandate, TokenRefund,
    },
    ids::{Code, DepositRef, Title},
    mandate::Mandate,
    record::{CampaignTerms, MemberClass},
};
use dure_service::visibility::visible_to;

use super::{
    follower::{JOON, MINA, SHOP, assert_true_to, entries_of},
    ledger::{BANK, BONUS, CITY, Ledger, REGISTRAR, bid, key, terms},
};
use crate::{
    follower::{WriteError, write_with_terms},
    repo::campaigns,
};

fn giving() -> CampaignTerms {
    CampaignTerms { cashback_bps: 500, monthly_cashback_cap: Amount::new(10_000), ..terms(CITY, 1000) }
}

fn renamed() -> CampaignTerms {
    CampaignTerms { name: Title::new("Bonus, renamed").unwrap(), ..giving() }
}

fn charge(ledger: &mut Ledger, to: u8, won: u64, deposit: &str) {
    let (to, amount, deposit) = (bid(to), Amount::new(won), DepositRef::new(deposit).unwrap());
    ledger.apply(BANK, Call::TokenCharge(TokenCharge { to, amount, deposit, campaign: BONUS }));
}

fn pay(ledger: &mut Ledger, order: &str, won: u64) -> Receipt {
    let (order, amount) = (OrderId::new(order).unwrap(), Amount::new(won));
    let pay = TokenPay { merchant: bid(SHOP), order, amount, cashback: Some(BONUS) };
    ledger.apply(MINA, Call::TokenPay(pay))
}

fn refund(ledger: &mut Ledger, payment: &Receipt, won: u64) -> Receipt {
    let refund = TokenRefund { payment: payment.tx, amount: Amount::new(won) };
    ledger.apply(SHOP, Call::TokenRefund(refund))
}

fn cash_out(ledger: &mut Ledger, payout: &str) -> PayoutId {
    let (deposit, payout) = (DepositRef::new("DEP-2").unwrap(), PayoutId::new(payout).unwrap());
    ledger.apply(JOON, Call::TokenCashOut(TokenCashOut { deposit, payout: payout.clone() }));
    payout
}

/// A ledger with both citizens charged: Mina 30,000 and 3,000 of bonus, Joon 10,000 and 1,000.
fn city() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.member(MINA, MemberClass::Citizen);
    ledger.member(JOON, MemberClass::Citizen);
    ledger.shop(SHOP);
    ledger.apply(CITY, Call::CampaignOpen(CampaignOpen { campaign: BONUS, terms: giving() }));
    ledger.apply(CITY, Call::TokenIssue(TokenIssue { campaign: BONUS, amount: Amount::new(50_000) }));
    charge(&mut ledger, MINA, 30_000, "DEP-1");
    charge(&mut ledger, JOON, 10_000, "DEP-2");
    ledger
}

async fn write(db: &Db, ledger: &Ledger, known: CampaignTerms) -> Result<(), WriteError> {
    let blocks = ledger.blocks.clone();
    db.transaction(move |c| {
        campaigns::open(c, CampaignId::COIN, &terms(BANK, 0))?;
        write_with_terms(c, &blocks, &[(BONUS, known)].into()).map(|_| ())
    })
    .await
}

async fn kinds(db: &Db, seed: u8) -> Vec<(String, i64)> {
    let entries = entries_of(db, seed).await;
    entries.into_iter().rev().map(|entry| (entry.kind, entry.amount)).collect()
}

fn expected(list: &[(&str, i64)]) -> Vec<(String, i64)> {
    list.iter().map(|(kind, amount)| ((*kind).to_owned(), *amount)).collect()
}

#[test]
fn cashback_and_what_a_refund_takes_back_are_in_the_history() {
    both(|db| async move {
        let mut ledger = city();
        // The bonus goes first, then 9,000 of coin, which earn 5 %.
        let payment = pay(&mut ledger, "O-1", 12_000);
        refund(&mut ledger, &payment, 6_000);
        write(&db, &ledger, giving()).await.unwrap();
        assert_true_to(&db, &ledger).await;
        let story = [
            ("charge", 30_000),
            ("bonus", 3_000),
            ("pay", -12_000),
            ("cashback", 450),
            ("refund", 6_000),
            ("cashback_back", -300),
        ];
        assert_eq!(kinds(&db, MINA).await, expected(&story));
        assert_eq!(kinds(&db, SHOP).await, expected(&[("sale", 12_000), ("sale_refund", -6_000)]));
    });
}

#[test]
fn spent_cashback_is_withheld_and_the_books_still_agree() {
    both(|db| async move {
        let mut ledger = city();
        let payment = pay(&mut ledger, "O-1", 12_000);
        // Spends the 450 of cashback, which is of the campaign and so goes first.
        pay(&mut ledger, "O-2", 450);
        refund(&mut ledger, &payment, 9_000);
        write(&db, &ledger, giving()).await.unwrap();
        assert_true_to(&db, &ledger).await;
        let refunds = ledger.blocks.iter().flat_map(|block| &block.receipts).filter(|receipt| {
            receipt.effects.iter().any(|effect| matches!(effect, Effect::SubsidyReturned { .. }))
        });
        assert_eq!(refunds.count(), 1, "nothing was withheld: the scene is not the one meant");
    });
}

#[test]
fn a_cash_out_leaves_returns_when_refused_and_is_gone_when_paid() {
    both(|db| async move {
        let mut ledger = city();
        let payout = cash_out(&mut ledger, "C-1");
        let reason = Code::new("AC04").unwrap();
        ledger.apply(BANK, Call::SettlementReject(SettlementReject { payout, reason }));
        let payout = cash_out(&mut ledger, "C-2");
        ledger.apply(BANK, Call::SettlementConfirm(SettlementConfirm { payout }));
        write(&db, &ledger, giving()).await.unwrap();
        assert_true_to(&db, &ledger).await;
        let story = [
            ("charge", 10_000),
            ("bonus", 1_000),
            ("cash_out", -11_000),
            ("cash_out_returned", 11_000),
            ("cash_out", -11_000),
            ("cash_out_paid", 0),
        ];
        assert_eq!(kinds(&db, JOON).await, expected(&story));
    });
}

#[test]
fn a_mandate_pays_and_a_frozen_account_keeps_its_coin() {
    both(|db| async move {
        let mut ledger = city();
        let certificate = key(MINA).public_key().certificate_id(&ledger.chain);
        let mandate = Mandate {
            chain: ledger.chain.clone(),
            certificate,
            number: 1,
            cap: Amount::new(5_000),
            expires_at: ledger.now + 60_000,
            merchant: None,
            cashback: None,
        };
        let signature = key(MINA).sign(&mandate.message());
        let (order, amount) = (OrderId::new("O-1").unwrap(), Amount::new(4_000));
        let call = TokenPayMandate { mandate, signature, order, amount };
        ledger.apply(SHOP, Call::TokenPayMandate(call));
        let (member, reason) = (bid(MINA), Code::new("LOST").unwrap());
        ledger.apply(REGISTRAR, Call::AccountFreeze(AccountFreeze { member, reason }));
        ledger.apply(REGISTRAR, Call::AccountUnfreeze(AccountUnfreeze { member }));
        write(&db, &ledger, giving()).await.unwrap();
        assert_true_to(&db, &ledger).await;
        assert_eq!(kinds(&db, MINA).await.last(), Some(&("pay".to_owned(), -4_000)));
    });
}

#[test]
fn a_campaign_that_changes_and_ends_does_so_in_the_read_model() {
    both(|db| async move {
        let mut ledger = city();
        ledger.apply(CITY, Call::CampaignAmend(CampaignAmend { campaign: BONUS, terms: renamed() }));
        let payment = pay(&mut ledger, "O-1", 12_000);
        ledger.apply(CITY, Call::CampaignClose(CampaignClose { campaign: BONUS }));
        // Comes back into the budget of a campaign that has ended.
        refund(&mut ledger, &payment, 12_000);
        assert!(matches!(
            db.transaction({
                let blocks = ledger.blocks.clone();
                move |c| write_with_terms(c, &blocks, &Default::default()).map(|_| ())
            })
            .await,
            Err(WriteError::NoTerms(1))
        ));
        write(&db, &ledger, renamed()).await.unwrap();
        assert_true_to(&db, &ledger).await;
        let known = db.run::<_, DbError, _>(campaigns::all).await.unwrap().remove(1);
        assert_eq!((known.terms.name.as_str(), known.closed, known.budget), ("Bonus, renamed", true, 450));
    });
}

#[test]
fn nobody_sees_anothers_cashback_or_cash_out() {
    let mut ledger = city();
    let payment = pay(&mut ledger, "O-1", 12_000);
    pay(&mut ledger, "O-2", 450);
    let back = refund(&mut ledger, &payment, 9_000);
    cash_out(&mut ledger, "C-1");
    let of_cashback = |receipt: &Receipt, seed: u8| {
        let seen = visible_to(&bid(seed), receipt.clone(), false);
        seen.effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::CashbackPaid { .. }
                    | Effect::CashbackTakenBack { .. }
                    | Effect::SubsidyReturned { .. }
            )
        })
    };
    for receipt in [&payment, &back] {
        assert_eq!([MINA, JOON, SHOP].map(|seed| of_cashback(receipt, seed)), [true, false, false]);
    }
    let last = ledger.blocks.last().unwrap().receipts[0].clone();
    assert!(visible_to(&bid(MINA), last, false).effects.is_empty());
}
