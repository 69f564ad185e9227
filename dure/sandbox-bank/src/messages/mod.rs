//! The three ISO 20022 messages that the bank speaks: it reads pain.001.001.09 (credit transfer initiation) and writes
//! pain.002.001.12 (payment status report) and camt.054.001.08 (debit credit notification). The versions are those for
//! which the public schemas can be had, so that every document can be checked by a validator that is not ours.

mod fault;
mod instruction;
mod judge;
mod notification;
mod reader;
mod report;
mod walk;

pub(crate) use fault::Fault;
pub(crate) use instruction::Instruction;
pub(crate) use judge::{judge, unreadable};
pub(crate) use notification::{of_deposit, of_payments};
pub(crate) use reader::{Unread, read};
pub(crate) use report::{of_answer, of_duplicate};

/// The bank's name in its documents.
pub(crate) const BANK_NAME: &str = "Sandbox Bank";

/// Whether a text has 1 to `max` characters, all of which may stand in an XML document and on a line, and more than
/// spaces.
pub(crate) fn is_text(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && text.chars().all(is_printable)
}

fn is_printable(letter: char) -> bool {
    // U+FFFE and U+FFFF are the only non-control characters that XML 1.0 (section 2.2) leaves out.
    !letter.is_control() && !matches!(letter, '\u{FFFE}' | '\u{FFFF}')
}

/// Reads a whole number of won: digits alone, at most 18 of them (the schema's totalDigits).
pub(crate) fn parse_won(text: &str) -> Option<u64> {
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
