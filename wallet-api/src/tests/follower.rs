//! The read model: true to the ledger, each block once, nothing half.

use dure_db::{Db, DbError, testing::both};
use dure_ledger_client::Block;
use dure_score::{
    Amount, BatchId, Bid, Effect, OrderId, Overlay, PayoutId,
    call::{
        Call, CampaignOpen, SettlementOpen, SettlementRedeem, SettlementReject, TokenCharge, TokenIssue,
        TokenPay, TokenRefund, TokenTransfer,
    },
    holdings::Holdings,
    ids::{Code, DepositRef, Hash32},
    key::Key,
    record::{Campaign, MemberClass},
};
use dure_service::ServiceError;
use dure_web::Lang;

use super::ledger::{BANK, BONUS, CITY, Ledger, bid, terms};
use crate::{
    follower::{WriteError, write_with_terms},
    repo::{accounts, campaigns, entries, lots, payments},
};

pub(super) const MINA: u8 = 20;
pub(super) const JOON: u8 = 21;
pub(super) const SHOP: u8 = 30;

/// Everything that happens to coin, in one history.
fn history() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.member(MINA, MemberClass::Citizen);
    ledger.member(JOON, MemberClass::Citizen);
    ledger.shop(SHOP);
    ledger.apply(CITY, Call::CampaignOpen(CampaignOpen { campaign: BONUS, terms: terms(CITY, 1000) }));
    ledger.apply(CITY, Call::TokenIssue(TokenIssue { campaign: BONUS, amount: Amount::new(50_000) }));
    let charge = TokenCharge {
        to: bid(MINA),
        amount: Amount::new(30_000),
        deposit: DepositRef::new("DEP-1").unwrap(),
        campaign: BONUS,
    };
    ledger.apply(BANK, Call::TokenCharge(charge));
    let transfer = TokenTransfer { to: bid(JOON), amount: Amount::new(5_000), memo: Hash32::default() };
    ledger.apply(MINA, Call::TokenTransfer(transfer));
    ledger.block(vec![]);
    let order = OrderId::new("O-1").unwrap();
    let pay = TokenPay { merchant: bid(SHOP), order, amount: Amount::new(12_000), cashback: None };
    let paid = ledger.apply(MINA, Call::TokenPay(pay));
    let refund = TokenRefund { payment: paid.tx, amount: Amount::new(2_000) };
    ledger.apply(SHOP, Call::TokenRefund(refund));
    let batch = BatchId::new("B-1").unwrap();
    let payout = PayoutId::new("P-1").unwrap();
    let open = SettlementOpen { batch: batch.clone(), from_height: 1, to_height: 9 };
    ledger.apply(BANK, Call::SettlementOpen(open));
    let (merchant, amount) = (bid(SHOP), Amount::new(10_000));
    let redeem = SettlementRedeem { batch, payout: payout.clone(), merchant, amount };
    ledger.apply(BANK, Call::SettlementRedeem(redeem));
    let reason = Code::new("AC04").unwrap();
    ledger.apply(BANK, Call::SettlementReject(SettlementReject { payout, reason }));
    ledger
}

async fn write(db: &Db, blocks: Vec<Block>) -> Result<usize, WriteError> {
    db.transaction(move |c| {
        campaigns::open(c, dure_score::CampaignId::COIN, &terms(BANK, 0))?;
        write_with_terms(c, &blocks, &[(BONUS, terms(CITY, 1000))].into())
            .map(|written| written.entries.len())
    })
    .await
}

pub(super) async fn entries_of(db: &Db, seed: u8) -> Vec<entries::Row> {
    let page = move |c: &mut dure_db::DbConnection| {
        entries::page(c, &bid(seed).to_string(), None, None, 100, Lang::Ko)
    };
    db.run::<_, DbError, _>(page).await.unwrap().into_iter().map(|entry| entry.row).collect()
}

/// Balances, lots, entries and budgets all say what the ledger says.
pub(super) async fn assert_true_to(db: &Db, ledger: &Ledger) {
    let overlay = Overlay::new(ledger.state.clone());
    for seed in [MINA, JOON, SHOP] {
        let holder: Bid = bid(seed);
        let holdings: Holdings = overlay.read(&Key::Holdings(&holder)).unwrap().unwrap_or_default();
        let total = i64::try_from(holdings.total().get()).unwrap();
        let (account, rows) = db
            .run::<_, DbError, _>(move |c| {
                Ok((accounts::get(c, &bid(seed).to_string())?, lots::of(c, &bid(seed).to_string())?))
            })
            .await
            .unwrap();
        assert_eq!(account.balance, total, "balance of {seed}");
        assert_eq!(rows.iter().map(|lot| lot.amount).sum::<i64>(), total, "lots of {seed}");
        let entries = entries_of(db, seed).await;
        assert_eq!(entries.iter().map(|entry| entry.amount).sum::<i64>(), total, "entries of {seed}");
        assert_eq!(entries.first().map_or(0, |newest| newest.balance_after), total);
    }
    let on_ledger: Campaign = overlay.read(&Key::Campaign(BONUS)).unwrap().unwrap();
    let known = db.run::<_, DbError, _>(campaigns::all).await.unwrap();
    assert_eq!(known[1].budget, i64::try_from(on_ledger.budget.get()).unwrap());
}

#[test]
fn the_read_model_says_what_the_ledger_says() {
    both(|db| async move {
        let ledger = history();
        write(&db, ledger.blocks.clone()).await.unwrap();
        assert_true_to(&db, &ledger).await;
        let kinds = |entries: Vec<entries::Row>| -> Vec<(String, i64)> {
            entries.into_iter().rev().map(|entry| (entry.kind, entry.amount)).collect()
        };
        let expected = |list: &[(&str, i64)]| -> Vec<(String, i64)> {
            list.iter().map(|(kind, amount)| ((*kind).to_owned(), *amount)).collect()
        };
        let mina = kinds(entries_of(&db, MINA).await);
        assert_eq!(
            mina,
            expected(&[
                ("charge", 30_000),
                ("bonus", 3_000),
                ("transfer_out", -5_000),
                ("pay", -12_000),
                ("refund", 2_000)
            ])
        );
        assert_eq!(kinds(entries_of(&db, JOON).await), expected(&[("transfer_in", 5_000)]));
        assert_eq!(
            kinds(entries_of(&db, SHOP).await),
            expected(&[
                ("sale", 12_000),
                ("sale_refund", -2_000),
                ("payout", -10_000),
                ("payout_returned", 10_000)
            ])
        );
        let tx = entries_of(&db, SHOP).await.last().unwrap().tx.clone();
        let payment = db.run::<_, DbError, _>(move |c| payments::find(c, &tx)).await.unwrap().unwrap();
        assert_eq!((payment.amount, payment.refunded, payment.order_id.as_str()), (12_000, 2_000, "O-1"));
    });
}

#[test]
fn a_block_counts_once() {
    both(|db| async move {
        let ledger = history();
        for block in &ledger.blocks {
            write(&db, vec![block.clone()]).await.unwrap();
            assert_eq!(write(&db, vec![block.clone()]).await.unwrap(), 0);
        }
        assert_eq!(write(&db, ledger.blocks.clone()).await.unwrap(), 0, "the whole chain again");
        assert_true_to(&db, &ledger).await;
    });
}

#[test]
fn a_kill_in_the_middle_leaves_nothing_half() {
    both(|db| async move {
        let ledger = history();
        for end in 1..=ledger.blocks.len() {
            let blocks = ledger.blocks[..end].to_vec();
            // All statements ran, the commit did not.
            let killed: Result<(), WriteError> = db
                .transaction(move |c| {
                    campaigns::open(c, dure_score::CampaignId::COIN, &terms(BANK, 0))?;
                    write_with_terms(c, &blocks, &[(BONUS, terms(CITY, 1000))].into())?;
                    Err(DbError::Interrupted.into())
                })
                .await;
            assert!(killed.is_err());
            write(&db, ledger.blocks[..end].to_vec()).await.unwrap();
        }
        assert_true_to(&db, &ledger).await;
    });
}

#[test]
fn gaps_forks_and_wrong_sums_stop_the_follower() {
    both(|db| async move {
        let ledger = history();
        let blocks = &ledger.blocks;
        assert!(matches!(
            write(&db, vec![blocks[1].clone()]).await,
            Err(WriteError::Service(ServiceError::BrokenChain { height: 2 }))
        ));
        write(&db, blocks[..3].to_vec()).await.unwrap();
        assert!(matches!(
            write(&db, vec![blocks[5].clone()]).await,
            Err(WriteError::Service(ServiceError::BrokenChain { height: 6 }))
        ));
        let mut other = blocks[3].clone();
        other.parent = Hash32::new([7; 32]);
        assert!(matches!(
            write(&db, vec![other]).await,
            Err(WriteError::Service(ServiceError::BrokenChain { height: 4 }))
        ));
        let mut other = blocks[2].clone();
        other.digest = Hash32::new([7; 32]);
        assert!(matches!(
            write(&db, vec![other]).await,
            Err(WriteError::Service(ServiceError::BrokenChain { height: 3 }))
        ));
        // A receipt whose balance does not follow from what it did.
        let mut wrong = blocks.clone();
        let effects =
            wrong.iter_mut().flat_map(|block| &mut block.receipts).flat_map(|receipt| &mut receipt.effects);
        for effect in effects {
            if let Effect::Balance { total, .. } = effect {
                *total = total.plus(Amount::new(1)).unwrap();
            }
        }
        assert!(matches!(write(&db, wrong).await, Err(WriteError::Unbalanced { .. })));
        write(&db, blocks.clone()).await.unwrap();
        assert_true_to(&db, &ledger).await;
    });
}
