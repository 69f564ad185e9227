//! Days of settlement from cut-off to statement.

use super::bank::{entry, notification, report, status};
use super::city::{ACCOUNT, City, SHOPS};
use super::world::bid;
use crate::batch::Summary;
use crate::error::SettlementError;
use crate::repo::batches::BatchState;
use dure_db::testing;
use jiff::civil::Date;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Runs a date while the bank answers in between.
async fn settle(city: &City, date: &str) -> Summary {
    let batcher = city.batcher().await;
    batcher.run_until(day(date), BatchState::Sent).await.unwrap();
    city.bank.work();
    batcher.run(day(date)).await.unwrap()
}

#[test]
fn a_day_pays_burns_gives_back_and_balances() {
    testing::both(async |db| {
        let city = City::new(db).await;
        let payment = city.pay(SHOPS[0], 9_000);
        city.refund(SHOPS[0], payment, 2_000);
        city.pay(SHOPS[1], 4_500);
        city.bank.refuse.borrow_mut().insert("DURE-20261122-M000102".into(), "AC04");
        let summary = settle(&city, "2026-11-22").await;
        let figures = [
            &summary.redeemed,
            &summary.burned,
            &summary.returned,
            &summary.control_sum,
            &summary.difference,
        ];
        assert_eq!(figures, ["11500", "7000", "4500", "11500", "0"]);
        assert_eq!((summary.payouts, summary.state.as_str()), (2, "closed"));
        assert_eq!((city.world.balance(&bid(SHOPS[0])), city.world.balance(&bid(SHOPS[1]))), (0, 4_500));

        let mails = city.mails().await;
        assert_eq!(mails.len(), 2, "{mails:?}");
        assert!(mails[0].1.contains("은행 거래번호 B-DURE-20261122-M000101"), "{}", mails[0].1);
        assert!(mails[1].1.contains("해지된 계좌입니다. (AC04)"), "{}", mails[1].1);

        // The same date again: the same words, no second mail, no second file.
        let before = city.world.submissions();
        assert_eq!(city.batcher().await.run(day("2026-11-22")).await.unwrap(), summary);
        assert_eq!((city.mails().await.len(), city.world.submissions()), (2, before));
        assert!(city.bank.inbox().is_empty());
    });
}

#[test]
fn what_the_bank_refused_is_paid_with_the_next_day() {
    testing::both(async |db| {
        let city = City::new(db).await;
        city.pay(SHOPS[1], 4_500);
        city.bank.refuse.borrow_mut().insert("DURE-20261122-M000102".into(), "AC04");
        settle(&city, "2026-11-22").await;
        city.pay(SHOPS[1], 500);
        city.pay(SHOPS[2], 700);
        let summary = settle(&city, "2026-11-23").await;
        assert_eq!(
            (summary.payouts, summary.redeemed.as_str(), summary.burned.as_str()),
            (2, "5700", "5700")
        );
        assert_eq!(city.world.balance(&bid(SHOPS[1])), 0);
        // Nothing is owed now: a day without a file closes all the same.
        let summary = settle(&city, "2026-11-24").await;
        assert_eq!((summary.payouts, summary.file, summary.state.as_str()), (0, None, "closed"));
        let mails = city.mails().await;
        assert!(mails.iter().any(|(_, text)| text.contains("Payout              700 won")), "{mails:?}");
    });
}

#[test]
fn takings_that_a_shop_spends_again_are_paid_to_the_shop_that_got_them() {
    testing::both(async |db| {
        let city = City::with_coin(db, |coin| coin.reusable = true).await;
        city.pay(SHOPS[0], 9_000);
        let between = city.pay_from(SHOPS[0], SHOPS[1], 9_000);
        assert_eq!(settle(&city, "2026-11-22").await.redeemed, "9000");
        assert_eq!(city.world.balance(&bid(SHOPS[1])), 0);
        // The second shop gives part of it back, out of new takings: now the first is owed something.
        city.pay(SHOPS[1], 5_000);
        city.refund(SHOPS[1], between, 2_000);
        let summary = settle(&city, "2026-11-23").await;
        assert_eq!(
            (summary.payouts, summary.redeemed.as_str(), summary.difference.as_str()),
            (2, "5000", "0")
        );
        let mails = city.mails().await;
        let said = |part: &str| mails.iter().any(|(_, text)| text.contains(part));
        assert!(said("매출 재사용     -9,000원") && said("매출 재사용     2,000원"), "{mails:?}");
    });
}

#[tokio::test]
async fn the_file_names_ids_and_executes_on_a_business_day() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    city.pay(SHOPS[0], 9_000);
    let batcher = city.batcher().await;
    batcher.run_until(day("2026-11-22"), BatchState::Sent).await.unwrap();
    let text = String::from_utf8(city.bank.inbox().remove(0)).unwrap();
    for part in [
        "<MsgId>DURE-20261122</MsgId>",
        "<EndToEndId>DURE-20261122-M000101</EndToEndId>",
        "<Dt>2026-11-23</Dt>", // the 22nd is a Sunday
        "가게11 &#60;&#38;&#62;",
        "+09:00</CreDtTm>",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[tokio::test]
async fn held_money_and_shops_without_an_account_are_brought_forward() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    for shop in SHOPS {
        city.pay(shop, 1_000);
    }
    let edit = |bid: String, held: i64, account: &'static str| {
        city.sql(move |c| {
            let mut shop = dure_db::merchants::by_bid(c, &bid)?.unwrap();
            (shop.held, shop.bank_account) = (held, account.to_owned());
            dure_db::merchants::put(c, &shop)
        })
    };
    edit(bid(SHOPS[0]).to_string(), 300, "1-1").await;
    edit(bid(SHOPS[1]).to_string(), 0, "").await;
    assert_eq!(settle(&city, "2026-11-23").await.redeemed, "1700");
    edit(bid(SHOPS[0]).to_string(), 0, "1-1").await;
    edit(bid(SHOPS[1]).to_string(), 0, "1-2").await;
    assert_eq!(settle(&city, "2026-11-24").await.redeemed, "1300");
}

#[tokio::test]
async fn a_refund_after_the_cut_off_lowers_the_payout() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    let payment = city.pay(SHOPS[0], 1_000);
    city.pay(SHOPS[1], 400);
    let other = city.pay(SHOPS[2], 250);
    let batcher = city.batcher().await;
    batcher.run_until(day("2026-11-23"), BatchState::Netted).await.unwrap();
    city.refund(SHOPS[0], payment, 600);
    city.refund(SHOPS[2], other, 250);
    let summary = settle(&city, "2026-11-23").await;
    assert_eq!((summary.redeemed.as_str(), summary.payouts), ("800", 2));
    city.pay(SHOPS[0], 10);
    assert_eq!(settle(&city, "2026-11-24").await.redeemed, "10");
}

#[tokio::test]
async fn dates_follow_each_other() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    city.pay(SHOPS[0], 1_000);
    let batcher = city.batcher().await;
    let waiting = batcher.run(day("2026-11-23")).await.unwrap_err();
    assert!(matches!(waiting, SettlementError::BankTimeout { missing: 1, .. }), "{waiting}");
    assert_eq!(waiting.code(), "BANK_TIMEOUT");
    assert_eq!(batcher.run(day("2026-11-24")).await.unwrap_err().code(), "PREVIOUS_BATCH_OPEN");
    assert_eq!(batcher.run(day("2026-11-22")).await.unwrap_err().code(), "DATE_BEFORE_LAST");
    city.bank.work();
    assert_eq!(batcher.run(day("2026-11-23")).await.unwrap().state, "closed");
    assert_eq!(crate::status::status(&city.db).await.unwrap().batches.len(), 1);
}

#[tokio::test]
async fn a_changed_file_never_goes_to_the_bank() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    city.pay(SHOPS[0], 1_000);
    let mut batcher = city.batcher().await;
    let filed = batcher.run_until(day("2026-11-23"), BatchState::Filed).await.unwrap();
    let path = filed.file.unwrap();
    let original = std::fs::read(&path).unwrap();
    std::fs::write(&path, "<x/>").unwrap();
    batcher.config.debtor = "Somebody else".into();
    assert_eq!(batcher.run(day("2026-11-23")).await.unwrap_err().code(), "FILE_CHANGED");
    assert!(city.bank.inbox().is_empty());
    batcher.config.debtor = city.config().debtor;
    batcher.run_until(day("2026-11-23"), BatchState::Sent).await.unwrap();
    assert_eq!(city.bank.inbox(), [original]);
}

#[tokio::test]
async fn wrong_answers_of_the_bank_change_nothing() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    city.pay(SHOPS[0], 1_000);
    city.pay(SHOPS[1], 2_000);
    let batcher = city.batcher().await;
    batcher.run_until(day("2026-11-23"), BatchState::Sent).await.unwrap();
    let (one, two) = ("DURE-20261123-M000101", "DURE-20261123-M000102");
    let transfers = |body: &str| {
        report("DURE-20261123", "PART", &format!("<OrgnlPmtInfAndSts>{body}</OrgnlPmtInfAndSts>"))
    };
    let table = [
        ("not-ours.xml", report("DURE-20200101", "ACSP", ""), "UNKNOWN_BATCH"),
        ("no-payout.xml", transfers(&status("NOBODY", "RJCT", "AC04")), "UNKNOWN_PAYOUT"),
        ("no-status.xml", transfers(&status(one, "HMMM", "")), "INVALID"),
        ("amount.xml", notification(&entry("DBIT", "999", "B-1", one, "")), "AMOUNT_MISMATCH"),
        ("zero.xml", notification(&entry("DBIT", "0", "B-1", one, "")), "INVALID"),
        ("decimals.xml", notification(&entry("DBIT", "1000.00", "B-1", one, "")), "INVALID"),
        // The first entry is right, the second is not: neither counts.
        (
            "half.xml",
            notification(&(entry("DBIT", "1000", "B-1", one, "") + &entry("DBIT", "1", "B-2", two, ""))),
            "AMOUNT_MISMATCH",
        ),
        ("cut.xml", transfers("")[..100].to_owned(), "XML"),
    ];
    for (name, text, code) in &table {
        city.bank.write(name, text);
        let taken = crate::ingest::take_files(&city.db, &batcher.outbox, ACCOUNT).await.unwrap();
        assert_eq!((taken.processed, taken.rejected), (0, 1), "{name}");
        let note = city.bank.dir.join("outbox/rejected").join(format!("{name}.reason"));
        let note = std::fs::read_to_string(note).unwrap();
        assert!(note.starts_with(code), "{name}: {note}");
    }
    // A refused duplicate is no refusal; a file read twice counts once; then the real answer comes.
    city.bank.write("dupl.xml", &report("DURE-20261123", "RJCT", &super::bank::group_reason("DUPL")));
    city.bank.write("dupl-again.xml", &report("DURE-20261123", "RJCT", &super::bank::group_reason("DUPL")));
    city.bank.write("am05.xml", &transfers(&status(one, "RJCT", "AM05")));
    let taken = crate::ingest::take_files(&city.db, &batcher.outbox, ACCOUNT).await.unwrap();
    assert_eq!((taken.processed, taken.rejected), (3, 0));
    city.bank.work();
    assert_eq!(batcher.run(day("2026-11-23")).await.unwrap().burned, "3000");
    // Afterwards the bank changes its mind: a person must look.
    city.bank.write("mind.xml", &transfers(&status(one, "RJCT", "AC04")));
    city.bank.write("twice.xml", &notification(&entry("DBIT", "1000", "B-OTHER", one, "")));
    let taken = crate::ingest::take_files(&city.db, &batcher.outbox, ACCOUNT).await.unwrap();
    assert_eq!((taken.processed, taken.rejected), (0, 2));
}

#[tokio::test]
async fn a_message_refused_as_a_whole_gives_everything_back() {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    city.pay(SHOPS[0], 1_000);
    city.pay(SHOPS[1], 2_000);
    let batcher = city.batcher().await;
    batcher.run_until(day("2026-11-23"), BatchState::Sent).await.unwrap();
    city.bank.write("refused.xml", &report("DURE-20261123", "RJCT", &super::bank::group_reason("FF01")));
    let summary = batcher.run(day("2026-11-23")).await.unwrap();
    assert_eq!(
        (summary.returned.as_str(), summary.burned.as_str(), summary.difference.as_str()),
        ("3000", "0", "0")
    );
    assert_eq!(city.world.balance(&bid(SHOPS[1])), 2_000);
}
