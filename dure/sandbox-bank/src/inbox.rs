//! The inbox: each file is booked, answered, put away, and ticked off, in this order.
//!
//! A crash after the booking leaves a record that is not ticked off. When the same bytes are found under the same name
//! again, the work goes on from the record instead of starting anew, so that money moves once and the answers are the
//! ones that the record demands.

use crate::bank::Bank;
use crate::book::{Book, MessageReference, Outcome, Received};
use crate::clock::Moment;
use crate::error::BankError;
use crate::files::{Contents, duplicate_report, payment_notification, payment_report};
use crate::messages::{self, Fault, Instruction, Unread};
use sha2::{Digest, Sha256};

impl Bank {
    /// One pass: writes what is owed and takes every file that waits in the inbox. Returns how many were taken.
    pub fn sweep(&self) -> Result<usize, BankError> {
        self.notify_deposits()?;
        let names = self.folders.waiting()?;
        let mut taken = 0_usize;
        for name in names {
            if self.take(&name)? {
                taken = taken.saturating_add(1);
            }
        }
        Ok(taken)
    }

    /// Writes the answers of records that a crash left open, and ticks off those whose file is already put away.
    pub(crate) fn resume(&self) -> Result<(), BankError> {
        let open: Vec<Received> =
            self.look(|book| book.received.iter().filter(|received| !received.finished).cloned().collect());
        for received in open {
            self.answer(&received)?;
            if !self.folders.is_waiting(&received.file) {
                self.finish(received.seq)?;
            }
        }
        Ok(())
    }

    fn take(&self, name: &str) -> Result<bool, BankError> {
        let Some(contents) = self.folders.read(name)? else { return Ok(false) };
        let digest = hex::encode(Sha256::digest(contents.bytes()));
        let known = self.look(|book| {
            let is_this = |it: &&Received| !it.finished && it.file == name && it.digest == digest;
            book.received.iter().rev().find(is_this).cloned()
        });
        let received = match known {
            Some(received) => received,
            None => match self.judge(name, digest, &contents) {
                Ok(received) => received,
                Err(BankError::BookFull { what }) => {
                    self.folders.reject(name, 0, &format!("the bank's book is full: {what}"))?;
                    return Ok(true);
                }
                Err(error) => return Err(error),
            },
        };
        self.answer(&received)?;
        match &received.outcome {
            Outcome::Unreadable { reason } => self.folders.reject(name, received.seq, reason)?,
            Outcome::Answered { .. } | Outcome::Duplicate { .. } => {
                self.folders.archive(name, received.seq)?
            }
        }
        self.finish(received.seq)?;
        tracing::info!(file = name, seq = received.seq, "a payment file was answered");
        Ok(true)
    }

    /// Judges a file and books the judgement together with the money that it moves.
    fn judge(&self, name: &str, digest: String, contents: &Contents) -> Result<Received, BankError> {
        let read = match contents {
            Contents::Whole(bytes) => messages::read(bytes),
            Contents::TooLarge(_) => Err(Unread { message_id: None, fault: Fault::TooLarge }),
        };
        let now = Moment::now();
        self.change(|book| {
            let transfers = read.as_ref().map_or(0, |instruction| instruction.payments().count());
            let (seq, answer_stem) = book.open_received(transfers, &now)?;
            let outcome = outcome(read, book, &self.collection.number, &answer_stem);
            let (file, received_at) = (name.to_owned(), now.iso.clone());
            let received = Received { seq, file, digest, received_at, answer_stem, outcome, finished: false };
            book.post_received(received.clone())?;
            Ok(received)
        })
    }

    fn answer(&self, received: &Received) -> Result<(), BankError> {
        match &received.outcome {
            Outcome::Answered { message, answer } => {
                if let Some(report) = messages::of_answer(received)? {
                    self.folders.deliver(&payment_report(&message.message_id), &report)?;
                }
                if let Some(document) = messages::of_payments(received, message, answer, &self.collection)? {
                    self.folders.deliver(&payment_notification(&message.message_id), &document)?;
                }
                Ok(())
            }
            Outcome::Duplicate { message, nth } => {
                let report = messages::of_duplicate(received, message)?;
                self.folders.deliver(&duplicate_report(&message.message_id, *nth), &report)
            }
            Outcome::Unreadable { .. } => Ok(()),
        }
    }

    fn finish(&self, seq: u64) -> Result<(), BankError> {
        self.change(|book| {
            for received in book.received.iter_mut().filter(|received| received.seq == seq) {
                received.finished = true;
            }
            Ok(())
        })
    }
}

fn outcome(read: Result<Instruction, Unread>, book: &Book, collection: &str, stem: &str) -> Outcome {
    let (message, answer) = match read {
        Ok(instruction) => {
            let message = MessageReference {
                message_id: instruction.message_id.clone(),
                count: Some(instruction.count),
                sum: instruction.sum.as_deref().and_then(crate::text::parse_won),
            };
            let judge = || messages::judge(&instruction, book, collection, stem);
            let is_new = !book.answered.contains(&message.message_id);
            (message, is_new.then(judge))
        }
        Err(Unread { message_id: Some(message_id), fault }) => {
            let is_new = !book.answered.contains(&message_id);
            let message = MessageReference { message_id, count: None, sum: None };
            (message, is_new.then(|| messages::unreadable(&fault)))
        }
        Err(Unread { message_id: None, fault }) => return Outcome::Unreadable { reason: fault.to_string() },
    };
    match answer {
        Some(answer) => Outcome::Answered { message, answer },
        None => {
            let nth = book.duplicates_of(&message.message_id).saturating_add(1);
            Outcome::Duplicate { message, nth }
        }
    }
}
