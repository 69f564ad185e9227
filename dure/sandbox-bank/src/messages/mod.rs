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
