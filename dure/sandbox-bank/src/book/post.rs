//! Posting: the only functions that change amounts. Each either posts completely or leaves the book as it was;
//! callers work on a copy that they throw away when posting fails.

use super::records::{Account, Answer, Book, Deposit, Outcome, Received, RejectionSwitch};
use super::{Reason, account_key, is_account_number};
use crate::clock::Moment;
use crate::error::{BankError, InputError};
use crate::text::is_text;

/// The book is one file that is written anew at each change: these bounds keep it within some tens of megabytes.
const DEPOSITS_MAX: usize = 50_000;
const RECEIVED_MAX: usize = 5_000;
const TRANSACTIONS_MAX: usize = 200_000;
const REJECTIONS_MAX: usize = 1_000;

/// One deposit is at most this many won; larger ones are typing errors at this bank.
const DEPOSIT_AMOUNT_MAX: u64 = 1_000_000_000;

/// What somebody wants to pay in.
#[derive(Debug, Clone)]
pub(crate) struct NewDeposit {
    payer: String,
    amount: u64,
    reference: String,
}

impl NewDeposit {
    /// Checks what a person or a script wrote; surrounding spaces do not count.
    pub(crate) fn parse(payer: &str, amount: u64, reference: &str) -> Result<Self, InputError> {
        let (payer, reference) = (payer.trim(), reference.trim());
        // 140 is ISO 20022's length of a name and of a line of remittance information.
        if !is_text(payer, 140) {
            return Err(InputError::Payer);
        }
        if !(1..=DEPOSIT_AMOUNT_MAX).contains(&amount) {
            return Err(InputError::Amount);
        }
        if !is_text(reference, 140) {
            return Err(InputError::Reference);
        }
        Ok(Self { payer: payer.to_owned(), amount, reference: reference.to_owned() })
    }
}

impl Book {
    /// Books a deposit, not yet notified.
    pub(crate) fn post_deposit(&mut self, new: NewDeposit, now: &Moment) -> Result<Deposit, BankError> {
        if self.deposits.len() >= DEPOSITS_MAX {
            return Err(BankError::BookFull { what: "50,000 deposits" });
        }
        self.collection = self.collection.checked_add(new.amount).ok_or(BankError::Overflow)?;
        let seq = next_seq(self.deposits.last().map(|last| last.seq))?;
        let deposit = Deposit {
            seq,
            bank_reference: format!("D{}-{seq:06}", now.compact),
            payer: new.payer,
            amount: new.amount,
            reference: new.reference,
            booked_at: now.iso.clone(),
            notified: false,
        };
        self.deposits.push(deposit.clone());
        Ok(deposit)
    }

    /// Makes room for a file's record: its position, and the stem of the ids of its answers.
    pub(crate) fn open_received(
        &self,
        transactions: usize,
        now: &Moment,
    ) -> Result<(u64, String), BankError> {
        if self.received.len() >= RECEIVED_MAX {
            return Err(BankError::BookFull { what: "5,000 payment files" });
        }
        let booked: usize = self
            .received
            .iter()
            .map(|received| match &received.outcome {
                Outcome::Answered { answer, .. } => answer.transactions(),
                Outcome::Duplicate { .. } | Outcome::Unreadable { .. } => 0,
            })
            .sum();
        if booked.saturating_add(transactions) > TRANSACTIONS_MAX {
            return Err(BankError::BookFull { what: "200,000 transfers" });
        }
        let seq = next_seq(self.received.last().map(|last| last.seq))?;
        Ok((seq, format!("R{}-{seq:06}", now.compact)))
    }

    /// Books a file and moves the money of what was accepted.
    pub(crate) fn post_received(&mut self, received: Received) -> Result<(), BankError> {
        if let Outcome::Answered { message, answer } = &received.outcome {
            self.answered.insert(message.message_id.clone());
            self.move_money(answer)?;
        }
        self.received.push(received);
        Ok(())
    }

    fn move_money(&mut self, answer: &Answer) -> Result<(), BankError> {
        for (_, transaction) in answer.executed() {
            let amount = transaction.amount.ok_or(BankError::Overflow)?;
            self.collection = self.collection.checked_sub(amount).ok_or(BankError::Overflow)?;
            let account = self
                .accounts
                .entry(account_key(&transaction.payee_account))
                .or_insert_with(|| Account::new(&transaction.payee_account));
            account.balance = account.balance.checked_add(amount).ok_or(BankError::Overflow)?;
            account.name.clone_from(&transaction.payee_name);
            self.executed.insert(transaction.end_to_end_id.clone());
        }
        Ok(())
    }

    /// Turns the refusal of payments to an account on (with a reason) or off.
    pub(crate) fn set_rejection(&mut self, account: &str, reason: Option<Reason>) -> Result<(), BankError> {
        let account = account.trim();
        if !is_account_number(account) {
            return Err(InputError::Account.into());
        }
        let key = account_key(account);
        match reason {
            Some(reason) => {
                if self.rejections.len() >= REJECTIONS_MAX && !self.rejections.contains_key(&key) {
                    return Err(BankError::BookFull { what: "1,000 refused accounts" });
                }
                self.rejections.insert(key, RejectionSwitch { account: account.to_owned(), reason });
            }
            None => {
                self.rejections.remove(&key);
            }
        }
        Ok(())
    }

    /// How often this message id has been repeated so far.
    pub(crate) fn duplicates_of(&self, message_id: &str) -> u64 {
        self.received
            .iter()
            .filter_map(|received| match &received.outcome {
                Outcome::Duplicate { message, nth } if message.message_id == message_id => Some(*nth),
                _ => None,
            })
            .max()
            .unwrap_or(0)
    }
}

impl Account {
    fn new(number: &str) -> Self {
        Self { number: number.to_owned(), name: String::new(), balance: 0 }
    }
}

fn next_seq(last: Option<u64>) -> Result<u64, BankError> {
    last.unwrap_or(0).checked_add(1).ok_or(BankError::Overflow)
}
