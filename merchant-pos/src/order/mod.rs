//! A till's order: its number, its life, its code on the screen. Pure: no clock, no database, no network.
//!
//! An order is *paid once, ever*: the ledger refuses a second payment of the same number. So a payment of the wrong
//! amount does not leave the order open; it is paid, flagged as a mismatch, and the till offers the refund.

mod number;
mod qr;
mod record;

pub use number::new_number;
pub use qr::{dynamic_code, static_code};
pub use record::{NOTE_MAX, ORDER_LIFE_MS, Order, OrderState, PRICE_MAX, check_note, check_price};
