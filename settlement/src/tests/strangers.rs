//! Notifications with what banks write besides the straight case, and days that have not come.

use super::bank::{entry, notification};
use super::city::{ACCOUNT, CITIZEN, City, SHOPS};
use super::world::bid;
use crate::ingest::{Taken, take_files};
use crate::repo::batches::BatchState;
use crate::repo::deposits::{self, Deposit};
use diesel::prelude::*;
use dure_db::schema::charge_references as references;
use dure_db::testing;

async fn city() -> (testing::TestDb, City) {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    let row = (
        references::code.eq("DURE-7K3F9Q"),
        references::bid.eq(bid(CITIZEN).to_string()),
        references::campaign.eq(0),
        references::created_at.eq(0),
    );
    city.sql(move |c| Ok(diesel::insert_into(references::table).values(row).execute(c)?)).await;
    (database, city)
}

fn reason(city: &City, name: &str) -> String {
    let note = city.bank.dir.join("outbox/rejected").join(format!("{name}.reason"));
    std::fs::read_to_string(note).unwrap_or_default()
}

async fn strangers(city: &City) -> Vec<Deposit> {
    city.sql(|c| deposits::in_state(c, deposits::FOREIGN_DEBIT, 10)).await
}

/// One entry of two equal deposits, each with `reference` inside its `Refs`.
fn batched(references: [&str; 2]) -> String {
    let details = references.map(|reference| {
        format!(
            "<TxDtls><Refs>{reference}</Refs><Amt Ccy=\"KRW\">5000</Amt><RmtInf><Ustrd>DURE-7K3F9Q</Ustrd></RmtInf></TxDtls>"
        )
    });
    let single = entry("CRDT", "10000", "E-1", "E-1", "");
    let (head, _) = single.split_once("<TxDtls>").unwrap();
    notification(&format!("{head}{}</NtryDtls></Ntry>", details.concat()))
}

#[tokio::test]
async fn two_equal_deposits_of_one_entry_are_both_charged_or_the_file_is_refused() {
    let (_database, city) = city().await;
    let gateway = city.gateway().await;
    city.bank.write("none.xml", &batched(["", ""]));
    let same = "<AcctSvcrRef>T-1</AcctSvcrRef>";
    city.bank.write("same.xml", &batched([same, same]));
    assert_eq!(gateway.pass().await.unwrap(), 0);
    assert!(reason(&city, "none.xml").starts_with("MISSING: AcctSvcrRef"), "{}", reason(&city, "none.xml"));
    assert!(reason(&city, "same.xml").starts_with("INVALID"), "{}", reason(&city, "same.xml"));
    city.bank.write("good.xml", &batched([same, "<AcctSvcrRef>T-2</AcctSvcrRef>"]));
    assert_eq!(gateway.pass().await.unwrap(), 2);
    assert_eq!(city.world.balance(&bid(CITIZEN)), 1_010_000);
}

#[tokio::test]
async fn a_reference_used_again_with_another_text_or_payer_is_a_conflict() {
    let (_database, city) = city().await;
    let gateway = city.gateway().await;
    city.bank.deposit("first.xml", "D-1", 10_000, "DURE-7K3F9Q");
    city.bank.deposit("text.xml", "D-1", 10_000, "DURE-XXXXXX");
    let payer = "<RltdPties><Dbtr><Nm>Someone else</Nm></Dbtr></RltdPties><RmtInf><Ustrd>DURE-7K3F9Q</Ustrd></RmtInf>";
    city.bank.write("payer.xml", &notification(&entry("CRDT", "10000", "D-1", "D-1", payer)));
    assert_eq!(gateway.pass().await.unwrap(), 1);
    for name in ["text.xml", "payer.xml"] {
        assert!(reason(&city, name).starts_with("DEPOSIT_CONFLICT"), "{name}: {}", reason(&city, name));
    }
}

#[tokio::test]
async fn a_foreign_debit_is_recorded_and_the_rest_of_the_file_counts() {
    let (_database, city) = city().await;
    city.pay(SHOPS[0], 1_000);
    let batcher = city.batcher().await;
    let date = "2026-11-23".parse().unwrap();
    batcher.run_until(date, BatchState::Sent).await.unwrap();
    let deposit = entry("CRDT", "5000", "D-1", "D-1", "<RmtInf><Ustrd>DURE-7K3F9Q</Ustrd></RmtInf>");
    let undetailed = entry("DBIT", "30", "F-2", "x", "");
    let (undetailed, _) = undetailed.split_once("<NtryDtls>").unwrap();
    let absent = entry("DBIT", "40", "F 3", "x", "").replace("<EndToEndId>x</EndToEndId>", "");
    let entries = [
        entry("DBIT", "700", "F-1", "NOTPROVIDED", "<RmtInf><Ustrd>fee</Ustrd></RmtInf>"),
        format!("{undetailed}</Ntry>"),
        absent.clone(),
        absent,
        deposit,
        entry("DBIT", "1000", "B-1", "DURE-20261123-M000101", ""),
    ];
    let text = notification(&entries.concat());
    city.bank.write("mixed.xml", &text);
    assert_eq!(city.gateway().await.pass().await.unwrap(), 1);
    assert_eq!(batcher.run(date).await.unwrap().burned, "1000");
    // Notified again in another file: the two with a reference are known.
    let again: String = entries.iter().take(2).map(String::as_str).collect();
    city.bank.write("again.xml", &notification(&again));
    let taken = take_files(&city.db, &batcher.outbox, ACCOUNT).await.unwrap();
    assert_eq!((taken.processed, taken.rejected), (1, 0));
    let mut amounts: Vec<i64> = strangers(&city).await.iter().map(|row| row.amount).collect();
    amounts.sort();
    assert_eq!(amounts, [-700, -40, -40, -30]);
    let status = crate::status::status(&city.db).await.unwrap();
    assert_eq!((status.deposits["foreign_debit"], status.attention.len()), (4, 4));
    assert!(status.attention.iter().any(|row| row.reason.as_deref() == Some("NOT_A_PAYOUT NOTPROVIDED")));
}

#[tokio::test]
async fn a_notification_about_another_account_is_refused() {
    let (_database, city) = city().await;
    let gateway = city.gateway().await;
    let good =
        notification(&entry("CRDT", "5000", "D-9", "D-9", "<RmtInf><Ustrd>DURE-7K3F9Q</Ustrd></RmtInf>"));
    city.bank.write("other.xml", &good.replace(ACCOUNT, "100-000-000002"));
    city.bank.write("none.xml", &good.replace(ACCOUNT, ""));
    assert_eq!(gateway.pass().await.unwrap(), 0);
    for name in ["other.xml", "none.xml"] {
        assert!(reason(&city, name).starts_with("OTHER_ACCOUNT"), "{name}: {}", reason(&city, name));
    }
    city.bank.write("bare.xml", &good.replace(ACCOUNT, "100 000000 001"));
    assert_eq!(gateway.pass().await.unwrap(), 1);
}

#[tokio::test]
async fn a_day_that_has_not_begun_is_refused_and_locks_nothing_out() {
    let (_database, city) = city().await;
    city.pay(SHOPS[0], 1_000);
    let batcher = city.batcher().await;
    // One second before midnight in Seoul; still afternoon in UTC.
    for date in ["2026-11-25", "2062-11-24"] {
        assert_eq!(batcher.run(date.parse().unwrap()).await.unwrap_err().code(), "DATE_IN_FUTURE");
    }
    let late = crate::batch::Batcher { clock: || super::city::NOW + 1_000, ..city.batcher().await };
    assert!(batcher.run_until("2026-11-24".parse().unwrap(), BatchState::Fixed).await.is_ok());
    let next = late.run_until("2026-11-25".parse().unwrap(), BatchState::Fixed).await.unwrap_err();
    assert_eq!(next.code(), "PREVIOUS_BATCH_OPEN");
}

#[tokio::test]
async fn a_payout_that_a_lagging_node_does_not_show_is_never_deferred() {
    let (_database, city) = city().await;
    city.pay(SHOPS[0], 1_000);
    let batcher = city.batcher().await;
    let date = "2026-11-23".parse().unwrap();
    batcher.run_until(date, BatchState::Redeemed).await.unwrap();
    // The database is an older copy, in which nothing was redeemed and no transaction was made.
    city.sql(|c| {
        diesel::sql_query("UPDATE payouts SET state = 'planned'").execute(c)?;
        diesel::sql_query("UPDATE batches SET state = 'netted'").execute(c)?;
        diesel::sql_query("DELETE FROM outgoing WHERE purpose LIKE 'settlement.redeem:%'").execute(c)?;
        Ok(())
    })
    .await;
    city.world.hide_payouts(usize::MAX);
    let error = batcher.run_until(date, BatchState::Redeemed).await.unwrap_err();
    assert_eq!(error.code(), "PAYOUT_EXISTS");
    city.world.hide_payouts(5);
    let summary = batcher.run_until(date, BatchState::Redeemed).await.unwrap();
    assert_eq!((summary.payouts, summary.redeemed.as_str()), (1, "1000"));
}

#[tokio::test]
async fn one_bad_row_or_unreadable_file_stops_nobody() {
    let (_database, city) = city().await;
    let gateway = city.gateway().await;
    for (reference, code) in [("has a space", "DURE-7K3F9Q"), ("D-0", "GONE")] {
        let row = Deposit {
            reference: reference.to_owned(),
            code: code.to_owned(),
            amount: 1,
            payer_name: String::new(),
            booked_on: "2026-11-22".to_owned(),
            state: deposits::MATCHED.to_owned(),
            reason: None,
            tx: None,
            seen_at: 0,
        };
        city.sql(move |c| deposits::insert(c, &row)).await;
    }
    // A folder in its place keeps the reason from being written: this file can be neither applied nor put away.
    city.bank.write("a.xml", "<x/>");
    std::fs::create_dir(city.bank.dir.join("outbox/rejected/a.xml.reason")).unwrap();
    city.bank.deposit("b.xml", "D-1", 10_000, "DURE-7K3F9Q");
    assert_eq!(gateway.pass().await.unwrap(), 1);
    assert_eq!(gateway.pass().await.unwrap(), 0);
    let refused = city.sql(|c| deposits::in_state(c, deposits::REFUSED, 10)).await;
    assert_eq!(refused.iter().map(|row| row.reason.as_deref()).collect::<Vec<_>>(), [Some("STORED_DATA"); 2]);
    let taken = take_files(&city.db, &gateway.outbox, ACCOUNT).await.unwrap();
    assert_eq!(taken, Taken { left: 1, ..Taken::default() });
}

#[tokio::test]
async fn a_file_in_the_writing_is_left_until_it_is_whole_or_old() {
    let (_database, city) = city().await;
    let gateway = city.gateway().await;
    let good =
        notification(&entry("CRDT", "5000", "D-9", "D-9", "<RmtInf><Ustrd>DURE-7K3F9Q</Ustrd></RmtInf>"));
    let half = &good[..good.len() / 2];
    city.bank.write_fresh("a.xml", half.as_bytes());
    assert_eq!(gateway.pass().await.unwrap(), 0);
    assert_eq!(reason(&city, "a.xml"), "");
    city.bank.write_fresh("a.xml", good.as_bytes());
    assert_eq!(gateway.pass().await.unwrap(), 1);
    city.bank.write("old.xml", half);
    assert_eq!(gateway.pass().await.unwrap(), 0);
    assert!(reason(&city, "old.xml").starts_with("XML"));
}
