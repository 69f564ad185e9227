//! A payment message becomes an answer, and money moves for what was accepted.

use crate::support::{COLLECTION, Message, desk, message, texts};
use sandbox_bank::{Outcome, Reason};

const CAFE: &str = "110-222-333333";
const BOOKS: &str = "110-222-444444";

#[test]
fn what_is_accepted_is_paid_and_said_so() {
    let desk = desk(100_000);
    desk.send("payout.xml", message("DURE-1", &[("E1", CAFE, 30_000), ("E2", BOOKS, 12_345)]).xml());

    let report = desk.read("outbox/pain002-DURE-1.xml");
    assert_eq!(texts(&report, "OrgnlMsgId"), ["DURE-1"]);
    assert_eq!(texts(&report, "GrpSts"), ["ACSP"]);
    assert_eq!(texts(&report, "OrgnlEndToEndId"), ["E1", "E2"]);
    assert_eq!(texts(&report, "TxSts"), ["ACSC", "ACSC"]);

    let notice = desk.read("outbox/camt054-DURE-1.xml");
    assert_eq!(texts(&notice, "EndToEndId"), ["E1", "E2"]);
    assert_eq!(texts(&notice, "CdtDbtInd"), ["DBIT"; 4]);
    assert_eq!(texts(&notice, "Sum"), ["42345"]);
    assert_eq!(texts(&notice, "Ustrd")[0], "Payout &#60;E1&#62;");
    assert!(notice.contains("서강 &#38; 카페"), "{notice}");

    assert_eq!((desk.collection(), desk.balance(CAFE), desk.balance(BOOKS)), (57_655, 30_000, 12_345));
    assert!(desk.exists("archive/payout.xml") && !desk.exists("inbox/payout.xml"));
}

#[test]
fn a_switch_refuses_one_payee_until_it_is_turned_off() {
    let desk = desk(100_000);
    desk.bank().set_rejection("110222333333", Some(Reason::Ac04)).unwrap();
    desk.send("a.xml", message("M1", &[("E1", CAFE, 1_000), ("E2", BOOKS, 2_000)]).xml());

    let report = desk.read("outbox/pain002-M1.xml");
    assert_eq!(texts(&report, "GrpSts"), ["PART"]);
    assert_eq!(texts(&report, "TxSts"), ["RJCT", "ACSC"]);
    assert!(report.contains("<Rsn><Cd>AC04</Cd></Rsn>"));
    assert_eq!(texts(&desk.read("outbox/camt054-M1.xml"), "EndToEndId"), ["E2"]);
    assert_eq!((desk.balance(CAFE), desk.balance(BOOKS)), (0, 2_000));

    desk.send("b.xml", message("M2", &[("E3", CAFE, 1_000)]).xml());
    assert_eq!(texts(&desk.read("outbox/pain002-M2.xml"), "GrpSts"), ["RJCT"]);
    assert!(!desk.exists("outbox/camt054-M2.xml"), "nothing moved, so nothing is notified");

    desk.bank().set_rejection(CAFE, None).unwrap();
    // The refused transfer moved no money, so its end-to-end id is still free.
    desk.send("c.xml", message("M3", &[("E1", CAFE, 1_000)]).xml());
    assert_eq!(texts(&desk.read("outbox/pain002-M3.xml"), "TxSts"), ["ACSC"]);
    assert_eq!(desk.balance(CAFE), 1_000);
}

#[test]
fn a_repeated_message_id_is_answered_dupl_and_moves_nothing() {
    let desk = desk(100_000);
    let xml = message("M1", &[("E1", CAFE, 1_000)]).xml();
    desk.send("a.xml", &xml);
    let first = desk.read("outbox/pain002-M1.xml");

    desk.send("a.xml", &xml);
    desk.send("again.xml", message("M1", &[("E9", BOOKS, 5_000)]).xml());
    for nth in [1, 2] {
        let report = desk.read(&format!("outbox/pain002-M1.dupl-{nth}.xml"));
        assert_eq!(texts(&report, "GrpSts"), ["RJCT"]);
        assert!(report.contains("<Rsn><Cd>DUPL</Cd></Rsn>"));
        assert!(texts(&report, "OrgnlEndToEndId").is_empty());
    }
    assert_eq!(desk.read("outbox/pain002-M1.xml"), first, "the first answer stands");
    assert_eq!((desk.collection(), desk.balance(BOOKS)), (99_000, 0));
    assert!(desk.exists("archive/a.xml") && desk.exists("archive/a.xml.2"));
}

#[test]
fn a_transfer_is_made_once_whatever_message_carries_it() {
    let desk = desk(100_000);
    desk.send("a.xml", message("M1", &[("E1", CAFE, 1_000), ("E1", CAFE, 1_000)]).xml());
    desk.send("b.xml", message("M2", &[("E1", CAFE, 1_000), ("E2", CAFE, 5)]).xml());
    assert_eq!(texts(&desk.read("outbox/pain002-M1.xml"), "TxSts"), ["ACSC", "RJCT"]);
    let second = desk.read("outbox/pain002-M2.xml");
    assert_eq!(texts(&second, "TxSts"), ["RJCT", "ACSC"]);
    assert!(second.contains("<Cd>AM05</Cd>"));
    assert_eq!(desk.balance(CAFE), 1_005);
}

/// What the bank says to a message that was bent.
fn refusal_of(bend: impl FnOnce(&mut Message)) -> String {
    let desk = desk(10_000);
    let mut bent = message("M1", &[("E1", CAFE, 6_000), ("E2", BOOKS, 3_000)]);
    bend(&mut bent);
    desk.send("a.xml", bent.xml());
    let report = desk.read("outbox/pain002-M1.xml");
    let book = desk.bank().book();
    let Outcome::Answered { answer, .. } = &book.received[0].outcome else { panic!("{book:?}") };
    if answer.refusal.is_some() {
        assert_eq!(texts(&report, "GrpSts"), ["RJCT"]);
        assert_eq!(texts(&report, "TxSts"), ["RJCT", "RJCT"]);
        assert_eq!(book.collection, 10_000);
        assert!(!desk.exists("outbox/camt054-M1.xml"));
    }
    let codes = texts(&report, "Rsn");
    codes.first().map(|code| code.replace("<Cd>", "").replace("</Cd>", "")).unwrap_or_default()
}

#[test]
fn a_message_that_does_not_add_up_is_refused_as_a_whole() {
    assert_eq!(refusal_of(|_| {}), "");
    assert_eq!(refusal_of(|bent| bent.count = "3".to_owned()), "AM18");
    assert_eq!(refusal_of(|bent| bent.sum = "9001".to_owned()), "AM10");
    assert_eq!(refusal_of(|bent| bent.sum = "9000.00".to_owned()), "AM10");
    assert_eq!(refusal_of(|bent| bent.transfers[0].2 = "6000.5".to_owned()), "AM12");
    assert_eq!(refusal_of(|bent| bent.transfers[0].2 = "-6000".to_owned()), "AM12");
    assert_eq!(refusal_of(|bent| bent.transfers[0].2 = "999999999999999999".to_owned()), "AM10");
    assert_eq!(refusal_of(|bent| bent.debtor = "100-000-000002".to_owned()), "AC02");
    let poor = |bent: &mut Message| {
        bent.transfers[0].2 = "7001".to_owned();
        bent.sum = "10001".to_owned();
    };
    assert_eq!(refusal_of(poor), "AM04");
}

#[test]
fn a_transfer_that_cannot_be_made_is_refused_by_itself() {
    assert_eq!(refusal_of(|bent| bent.currency = "USD".to_owned()), "AM03");
    assert_eq!(refusal_of(|bent| bent.transfers[0].1 = "계좌".to_owned()), "AC01");
    assert_eq!(refusal_of(|bent| bent.transfers[0].1 = COLLECTION.to_owned()), "AC01");
    let zero = |bent: &mut Message| {
        bent.transfers[0].2 = "0".to_owned();
        bent.sum = "3000".to_owned();
    };
    assert_eq!(refusal_of(zero), "AM01");
}
