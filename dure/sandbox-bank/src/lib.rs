//! A Korean bank to practise with.
//!
//! It keeps one collection account and whatever payee accounts it meets, and talks to the outside through files
//! alone: a customer's deposit becomes a camt.054 in `outbox/`, a pain.001 in `inbox/` becomes a pain.002 and, for
//! what was paid, a camt.054. A page for people and a few JSON endpoints for scripts stand beside the files.
//!
//! It promises three things, also when it is killed at any moment: money moves at most once for one message id;
//! a file in `outbox/` is always whole; a file that was owed before the crash is written after it, byte for byte
//! as it would have been.
//!
//! It knows nothing of coins, ledgers or wallets, and shares no code with them.

mod bank;
mod book;
mod clock;
mod config;
mod error;
mod files;
mod http;
mod inbox;
mod messages;
mod server;
mod text;

pub use bank::Bank;
pub use book::{
    Account, Answer, BatchAnswer, Book, Deposit, GroupStatus, MessageReference, Outcome, Reason, Received,
    Refusal, RejectionSwitch, TransactionAnswer,
};
pub use config::{CollectionAccount, Config, Overrides};
pub use error::{BankError, InputError};
pub use http::routes;
pub use server::run;
