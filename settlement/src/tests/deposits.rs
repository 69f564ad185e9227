//! Deposits become coin, once each.

use super::bank::{entry, notification};
use super::city::{CITIZEN, City, SHOPS};
use super::world::{Cut, bid};
use crate::repo::deposits::{self, Deposit};
use diesel::prelude::*;
use dure_db::people::{self, Person};
use dure_db::schema::charge_references as references;
use dure_db::testing;
use dure_score::Amount;

async fn city(db: dure_db::Db) -> City {
    with_references(City::new(db).await).await
}

async fn with_references(city: City) -> City {
    for (code, owner) in [("DURE-7K3F9Q", bid(CITIZEN)), ("GHOST-1", bid(99))] {
        city.sql(move |c| {
            let row = (
                references::code.eq(code),
                references::bid.eq(owner.to_string()),
                references::campaign.eq(0),
                references::created_at.eq(0),
            );
            diesel::insert_into(references::table).values(row).execute(c)?;
            Ok(())
        })
        .await;
    }
    city
}

async fn deposit(city: &City, reference: &'static str) -> Deposit {
    city.sql(move |c| deposits::find(c, reference)).await.unwrap()
}

#[test]
fn a_matched_deposit_is_charged_once_and_others_wait_for_a_person() {
    testing::both(async |db| {
        let city = city(db).await;
        let gateway = city.gateway().await;
        city.bank.deposit("a.xml", "D-1", 10_000, " dure-7k3f9q ");
        city.bank.deposit("b.xml", "D-2", 20_000, "thank you");
        city.bank.deposit("c.xml", "D-3", 30_000, "GHOST-1");
        assert_eq!(gateway.pass().await.unwrap(), 1);
        assert_eq!(city.world.balance(&bid(CITIZEN)), 1_010_000);
        let states = [deposit(&city, "D-1").await, deposit(&city, "D-2").await, deposit(&city, "D-3").await];
        assert_eq!(states.each_ref().map(|d| d.state.as_str()), ["charged", "unmatched", "refused"]);
        assert_eq!(states[2].reason.as_deref(), Some("UNKNOWN_MEMBER"));
        // The bank notifies again, in another file.
        city.bank.deposit("again.xml", "D-1", 10_000, "DURE-7K3F9Q ");
        city.bank.deposit("a.xml", "D-1", 10_000, " dure-7k3f9q ");
        assert_eq!(gateway.pass().await.unwrap(), 0);
        assert_eq!(city.world.balance(&bid(CITIZEN)), 1_010_000);
        let status = crate::status::status(&city.db).await.unwrap();
        assert_eq!((status.deposits["charged"], status.attention.len()), (1, 2));
        assert_eq!(std::fs::read_dir(city.bank.dir.join("outbox/processed")).unwrap().count(), 4);
    });
}

#[test]
fn a_deposit_above_the_holding_cap_waits_and_is_charged_when_there_is_room() {
    testing::both(async |db| {
        let city =
            with_references(City::with_coin(db, |coin| coin.holding_cap = Amount::new(1_005_000)).await)
                .await;
        city.sql(|c| {
            let person = Person {
                bid: bid(CITIZEN).to_string(),
                display_name: "김미나".into(),
                email: "mina@people.example".into(),
                phone: None,
                lang: "ko".into(),
                registrar: "0".into(),
                created_at: 0,
            };
            people::insert(c, &person)
        })
        .await;
        let gateway = city.gateway().await;
        city.bank.deposit("a.xml", "D-1", 10_000, "DURE-7K3F9Q");
        city.bank.deposit("b.xml", "D-2", 1_005_001, "DURE-7K3F9Q");
        assert_eq!(gateway.pass().await.unwrap(), 0);
        let kept = deposit(&city, "D-1").await;
        assert_eq!((kept.state.as_str(), kept.reason.as_deref()), ("waiting", Some("HOLDING_CAP")));
        // What is above the cap itself never fits: a person must look.
        assert_eq!(deposit(&city, "D-2").await.state, "refused");
        let mails = city.mails().await;
        assert_eq!((mails.len(), mails[0].0.as_str()), (1, "mina@people.example"), "{mails:?}");
        assert!(mails[0].1.contains("지금은 5,000원까지 더 보유할 수 있습니다"), "{}", mails[0].1);

        // Nothing has changed: it goes on waiting, and nobody is told twice.
        assert_eq!((gateway.pass().await.unwrap(), gateway.retry().await.unwrap()), (0, 0));
        assert_eq!((city.world.balance(&bid(CITIZEN)), city.mails().await.len()), (1_000_000, 1));
        assert_eq!(crate::status::status(&city.db).await.unwrap().attention.len(), 2);
        city.pay(SHOPS[0], 5_000);
        assert_eq!((gateway.retry().await.unwrap(), gateway.retry().await.unwrap()), (1, 0));
        assert_eq!(deposit(&city, "D-1").await.state, "charged");
        assert_eq!(city.world.balance(&bid(CITIZEN)), 1_005_000);
    });
}

#[tokio::test]
async fn a_gateway_killed_around_the_charge_charges_once() {
    for after in [false, true] {
        let database = testing::sqlite();
        let city = city(database.db.clone()).await;
        city.bank.deposit("a.xml", "D-1", 10_000, "DURE-7K3F9Q");
        city.world.cut(Some(Cut { at: 1, after }));
        assert!(city.gateway().await.pass().await.unwrap_err().is_transient());
        assert_eq!(deposit(&city, "D-1").await.state, "matched");
        assert_eq!(city.gateway().await.pass().await.unwrap(), 1);
        assert_eq!(city.gateway().await.pass().await.unwrap(), 0);
        assert_eq!(city.world.balance(&bid(CITIZEN)), 1_010_000, "after: {after}");
        assert!(deposit(&city, "D-1").await.tx.is_some());
    }
}

#[tokio::test]
async fn a_transaction_that_waited_too_long_is_replaced() {
    let database = testing::sqlite();
    let city = city(database.db.clone()).await;
    city.bank.deposit("a.xml", "D-1", 10_000, "DURE-7K3F9Q");
    city.world.cut(Some(Cut { at: 1, after: false }));
    city.gateway().await.pass().await.unwrap_err();
    // Someone restored the ledger's officer from a backup: the stored nonce has been used for another thing.
    for _ in 0..5 {
        city.world.act(
            super::world::BANK,
            dure_score::Call::TokenExpire(dure_score::call::TokenExpire { owners: vec![bid(CITIZEN)] }),
        );
    }
    assert_eq!(city.gateway().await.pass().await.unwrap(), 1);
    assert_eq!(city.world.balance(&bid(CITIZEN)), 1_010_000);
}

#[tokio::test]
async fn malformed_and_contradicting_notifications_change_nothing() {
    let database = testing::sqlite();
    let city = city(database.db.clone()).await;
    let gateway = city.gateway().await;
    city.bank.deposit("first.xml", "D-1", 10_000, "DURE-7K3F9Q");
    gateway.pass().await.unwrap();
    let good =
        notification(&entry("CRDT", "5000", "D-9", "D-9", "<RmtInf><Ustrd>DURE-7K3F9Q</Ustrd></RmtInf>"));
    let table = [
        ("conflict.xml", notification(&entry("CRDT", "7", "D-1", "D-1", "")), "DEPOSIT_CONFLICT"),
        ("currency.xml", good.replace("KRW", "USD"), "INVALID"),
        ("direction.xml", good.replace("CRDT", "BOTH"), "INVALID"),
        ("date.xml", good.replace("2026-11-22", "2026-22-11"), "INVALID"),
        ("reference.xml", good.replace("<AcctSvcrRef>D-9</AcctSvcrRef>", ""), "MISSING"),
        (
            "long.xml",
            good.replace("<AcctSvcrRef>D-9", &format!("<AcctSvcrRef>{}", "9".repeat(36))),
            "INVALID",
        ),
        ("space.xml", good.replace("<AcctSvcrRef>D-9", "<AcctSvcrRef>D 9"), "INVALID"),
        ("sum.xml", good.replacen("5000", "5001", 1), "INVALID"),
        ("version.xml", good.replace("camt.054.001.08", "camt.054.001.02"), "UNKNOWN_MESSAGE"),
        ("other.xml", good.replace("BkToCstmrDbtCdtNtfctn", "Other"), "MISSING"),
        ("entity.xml", format!("<!DOCTYPE x [<!ENTITY a 'b'>]>{good}"), "DOCTYPE"),
        ("cut.xml", good[..good.len() / 2].to_owned(), "XML"),
        ("empty.xml", String::new(), "XML"),
    ];
    for (name, text, code) in &table {
        city.bank.write(name, text);
        assert_eq!(gateway.pass().await.unwrap(), 0, "{name}");
        let note = city.bank.dir.join("outbox/rejected").join(format!("{name}.reason"));
        let note = std::fs::read_to_string(note).unwrap_or_default();
        assert!(note.starts_with(code), "{name}: {note}");
    }
    // Not yet booked is not money; a returned transfer is for a person.
    city.bank.write("pending.xml", &good.replace("BOOK", "PDNG"));
    let returned =
        good.replace("D-9", "D-8").replace("</TxDtls>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>");
    city.bank.write("returned.xml", &returned);
    assert_eq!(gateway.pass().await.unwrap(), 0);
    assert_eq!(deposit(&city, "D-8").await.state, "returned");
    assert_eq!(city.world.balance(&bid(CITIZEN)), 1_010_000);
}
