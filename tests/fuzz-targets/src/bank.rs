//! Files between the bank and its customer.

use std::{fs, sync::Mutex};

use sandbox_bank::{Bank, Config};
use settlement::bank::{Booking, Message};

use crate::files::Scratch;

/// The account that settlement's notifications are about.
pub const ACCOUNT: &str = "100-000-000001";

/// What the bank writes, as settlement reads it.
pub fn customer(data: &[u8]) {
    let Ok(message) = Message::read(data, ACCOUNT) else { return };
    match message {
        Message::Report(report) => {
            assert!((1..=35).contains(&report.message_id.len()));
            for (_, reason) in &report.transfers {
                assert!((1..=4).contains(&reason.code.len()));
            }
        }
        Message::Notification(bookings) => {
            for booking in bookings {
                let amount = match booking {
                    Booking::Credit(credit) => {
                        assert!((1..=35).contains(&credit.reference.len()));
                        credit.amount
                    }
                    Booking::Debit(debit) => debit.amount,
                };
                assert!((1..1_000_000_000_000_000_000).contains(&amount), "{amount} won");
            }
        }
    }
}

/// Orders that one bank takes before a new one opens: its book grows, and is written whole each time.
const ORDERS_A_BANK: u32 = 64;

static OPEN: Mutex<Option<(Bank, Scratch, u32)>> = Mutex::new(None);

/// What settlement writes, as the practice bank reads it. After each order the book opens again as it was.
pub fn bank(data: &[u8]) {
    let mut open = OPEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (bank, scratch, taken) = open.take().unwrap_or_else(|| {
        let scratch = Scratch::new();
        (Bank::open(&config(&scratch)).expect("a new bank"), scratch, 0)
    });
    fs::write(scratch.path().join("inbox").join(format!("{taken}.xml")), data).expect("room for an order");
    assert_eq!(bank.sweep().expect("whatever comes is answered"), 1);
    let book = bank.book();
    assert!(book.received.iter().all(|received| received.finished), "an order is left unanswered");
    if taken < ORDERS_A_BANK {
        *open = Some((bank, scratch, taken + 1));
        return;
    }
    drop(bank);
    let again = Bank::open(&config(&scratch)).expect("its own book").book();
    assert_eq!(format!("{again:?}"), format!("{book:?}"), "the book reads back as another");
}

fn config(scratch: &Scratch) -> Config {
    Config { dir: scratch.path().to_owned(), ..Config::default() }
}
