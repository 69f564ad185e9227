//! The bank's book: what it owes whom, and why.
//!
//! The book is the only memory. Every document that leaves the bank is computed from it, so whatever is missing after
//! a crash can be written again. Posting rules are pure: they take the book and change it, and touch no file.

mod audit;
mod post;
mod reason;
mod records;
mod store;

pub(crate) use post::NewDeposit;
pub use reason::Reason;
pub use records::{
    Account, Answer, BatchAnswer, Book, Deposit, GroupStatus, MessageReference, Outcome, Received, Refusal,
    RejectionSwitch, TransactionAnswer,
};
pub(crate) use store::Store;

/// ISO 20022 gives an account number 34 characters (Max34Text).
const ACCOUNT_LENGTH_MAX: usize = 34;

/// Whether a text can be an account number: 1 to 34 letters, digits, hyphens and spaces, not hyphens alone.
pub(crate) fn is_account_number(text: &str) -> bool {
    text.len() <= ACCOUNT_LENGTH_MAX
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == ' ')
        && !account_key(text).is_empty()
}

/// What two spellings of one account number have in common: Koreans write the same number with and without hyphens.
pub(crate) fn account_key(number: &str) -> String {
    number.chars().filter(|letter| *letter != '-' && *letter != ' ').collect()
}
