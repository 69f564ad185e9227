//! Whatever moment a crash picks, the same documents come out and money moves once.

use crate::support::{Desk, desk, message, names};
use sandbox_bank::{Bank, Book, Reason};
use std::collections::BTreeMap;
use std::path::Path;

const CAFE: &str = "110-222-333333";
const BOOKS: &str = "110-222-444444";

/// A bank that has answered one message partly and one repetition of it.
fn worked() -> Desk {
    let desk = desk(100_000);
    desk.bank().set_rejection(BOOKS, Some(Reason::Ac01)).unwrap();
    let xml = message("M1", &[("E1", CAFE, 1_000), ("E2", BOOKS, 2_000)]).xml();
    desk.send("a.xml", &xml);
    desk.send("b.xml", &xml);
    desk
}

fn documents(desk: &Desk) -> BTreeMap<String, String> {
    desk.outbox().into_iter().map(|name| (name.clone(), desk.read(&format!("outbox/{name}")))).collect()
}

/// Sets the folder back to the moment right after the booking: nothing written, nothing put away.
fn rewind(dir: &Path) {
    let path = dir.join("book.json");
    let mut book: Book = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    book.deposits.iter_mut().for_each(|deposit| deposit.notified = false);
    book.received.iter_mut().for_each(|received| received.finished = false);
    std::fs::write(&path, serde_json::to_vec(&book).unwrap()).unwrap();
    for name in ["a.xml", "b.xml"] {
        std::fs::rename(dir.join("archive").join(name), dir.join("inbox").join(name)).unwrap();
    }
    for name in names(&dir.join("outbox")) {
        std::fs::remove_file(dir.join("outbox").join(name)).unwrap();
    }
}

#[test]
fn a_crash_right_after_the_booking_changes_no_byte() {
    let mut desk = worked();
    let (before, book) = (documents(&desk), desk.bank().book());
    assert_eq!(before.len(), 4);

    desk.restart(rewind);
    assert_eq!(documents(&desk), before, "what was owed is written when the bank opens");
    assert_eq!(desk.bank().sweep().unwrap(), 2);
    assert_eq!(documents(&desk), before);
    assert_eq!(desk.bank().book(), book);
    assert_eq!((desk.collection(), desk.balance(CAFE)), (99_000, 1_000));
}

#[test]
fn a_crash_after_the_file_was_put_away_leaves_nothing_to_do() {
    let mut desk = worked();
    let (before, book) = (documents(&desk), desk.bank().book());
    desk.restart(|dir| {
        rewind(dir);
        for name in ["a.xml", "b.xml"] {
            std::fs::rename(dir.join("inbox").join(name), dir.join("archive").join(name)).unwrap();
        }
    });
    assert_eq!(documents(&desk), before);
    assert_eq!(desk.bank().book(), book);
    assert_eq!(desk.bank().sweep().unwrap(), 0);
}

#[test]
fn an_outbox_that_cannot_be_written_delays_the_answer_and_does_not_repeat_the_payment() {
    let desk = desk(10_000);
    let outbox = desk.path("outbox");
    let aside = desk.path("aside");
    std::fs::rename(&outbox, &aside).unwrap();
    desk.lay("a.xml", message("M1", &[("E1", CAFE, 1_000)]).xml());
    for _ in 0..3 {
        assert_eq!(desk.bank().sweep().unwrap_err().code(), "io");
        assert_eq!(desk.collection(), 9_000);
    }
    assert_eq!(desk.bank().deposit("Mina", 5, "A").unwrap().seq, 2, "a booked deposit is not an error");
    std::fs::rename(&aside, &outbox).unwrap();
    assert_eq!(desk.bank().sweep().unwrap(), 1);
    assert_eq!(
        desk.outbox(),
        ["camt054-000001.xml", "camt054-000002.xml", "camt054-M1.xml", "pain002-M1.xml"]
    );
    assert_eq!((desk.collection(), desk.balance(CAFE)), (9_005, 1_000));
}

#[test]
fn switches_and_balances_survive_a_restart() {
    let mut desk = worked();
    let before = desk.bank().book();
    desk.restart(|_| {});
    assert_eq!(desk.bank().book(), before);
    desk.send("c.xml", message("M2", &[("E3", BOOKS, 1), ("E1", CAFE, 1)]).xml());
    assert_eq!(desk.collection(), 99_000, "the switch and the executed ids are remembered");
}

#[test]
fn a_book_that_does_not_add_up_is_not_opened() {
    for (what, from, to) in [
        ("collection", "\"collection\":99000", "\"collection\":99001"),
        ("payee", "\"balance\":1000", "\"balance\":1001"),
        ("layout", "\"version\":1", "\"version\":2"),
        ("unknown key", "\"version\":1", "\"version\":1,\"extra\":0"),
        ("torn", "\"deposits\"", "\"depo"),
    ] {
        let desk = worked();
        let text = desk.read("book.json");
        assert!(text.contains(from), "{what}");
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("book.json"), text.replacen(from, to, 1)).unwrap();
        let error = Bank::open(&crate::support::config(other.path())).unwrap_err();
        assert_eq!(error.code(), "book_invalid", "{what}");
    }
}
