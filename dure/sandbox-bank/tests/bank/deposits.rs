//! A deposit becomes one credit notification.

use crate::support::{desk, texts};
use sandbox_bank::Bank;

#[test]
fn a_deposit_is_booked_and_notified_once() {
    let desk = desk(0);
    let deposit = desk.bank().deposit(" Mina <Kim> & co ", 30_000, "DR-7QK2").unwrap();
    desk.bank().sweep().unwrap();
    assert_eq!(desk.outbox(), ["camt054-000001.xml"]);
    assert_eq!(desk.collection(), 30_000);

    let document = desk.read("outbox/camt054-000001.xml");
    let reference = deposit.bank_reference.as_str();
    for element in ["NtryRef", "EndToEndId"] {
        assert_eq!(texts(&document, element), [reference]);
    }
    assert_eq!(texts(&document, "AcctSvcrRef"), [reference, reference]);
    assert_eq!(texts(&document, "CdtDbtInd"), ["CRDT", "CRDT"]);
    assert_eq!(texts(&document, "Ustrd"), ["DR-7QK2"]);
    assert_eq!(texts(&document, "BookgDt"), [format!("<Dt>{}</Dt>", &deposit.booked_at[..10])]);
    assert!(document.contains("<Sts><Cd>BOOK</Cd></Sts>"));
    assert!(document.contains(r#"<Amt Ccy="KRW">30000</Amt>"#));
    assert!(document.contains("Mina &#60;Kim&#62; &#38; co"), "{document}");
}

#[test]
fn bank_references_are_never_used_twice() {
    let desk = desk(1);
    let references: Vec<String> =
        (0..3).map(|_| desk.bank().deposit("Mina", 1, "A").unwrap().bank_reference).collect();
    assert_eq!(references.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    assert_eq!(desk.outbox().len(), 4);
}

#[test]
fn a_deposit_that_breaks_a_rule_changes_nothing() {
    let desk = desk(0);
    let long = "가".repeat(141);
    for (payer, amount, reference, code) in [
        ("", 1, "A", "payer_invalid"),
        (&long, 1, "A", "payer_invalid"),
        ("a\u{7}b", 1, "A", "payer_invalid"),
        ("Mina", 0, "A", "amount_invalid"),
        ("Mina", 1_000_000_001, "A", "amount_invalid"),
        ("Mina", 1, "  ", "reference_invalid"),
        ("Mina", 1, "a\u{FFFF}", "reference_invalid"),
    ] {
        assert_eq!(desk.bank().deposit(payer, amount, reference).unwrap_err().code(), code);
    }
    assert_eq!(desk.collection(), 0);
    assert!(desk.outbox().is_empty());
}

#[test]
fn a_second_bank_cannot_work_in_the_same_folder() {
    let desk = desk(0);
    let error = Bank::open(&crate::support::config(&desk.path(""))).unwrap_err();
    assert_eq!(error.code(), "folder_locked");
}
