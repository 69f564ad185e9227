//! The bank's judgement on a message: which transfers are made, and why the others are not.
//!
//! Pure: it reads the book and changes nothing. A fault of the message as a whole refuses all of it; otherwise each
//! transfer stands or falls by itself. Money is there for all that is accepted, or for nothing.

use super::fault::Fault;
use super::instruction::{Batch, Instruction, Payment};
use crate::book::{
    Answer, BatchAnswer, Book, GroupStatus, Reason, Refusal, TransactionAnswer, account_key,
    is_account_number,
};
use crate::text::parse_won;
use std::collections::BTreeSet;

/// Max105Text of `AddtlInf`.
const DETAIL_LENGTH_MAX: usize = 105;

/// Judges a message. `collection` is the customer's account number; the references of executed transfers begin with
/// `stem`.
pub(crate) fn judge(instruction: &Instruction, book: &Book, collection: &str, stem: &str) -> Answer {
    if let Err(refusal) = check_whole(instruction, collection) {
        return refuse_all(instruction, &refusal);
    }
    let mut judge =
        Judge { book, collection: account_key(collection), seen: BTreeSet::new(), stem, position: 0 };
    let batches: Vec<BatchAnswer> = instruction.batches.iter().map(|batch| judge.batch(batch)).collect();
    let answer =
        Answer { status: status_of(batches.iter().flat_map(|b| &b.transactions)), refusal: None, batches };
    let needed =
        answer.executed().try_fold(0_u64, |sum, (_, made)| sum.checked_add(made.amount.unwrap_or(0)));
    match needed {
        Some(needed) if needed <= book.collection => answer,
        _ => {
            let detail = format!("The account holds {} won, which is less than needed.", book.collection);
            refuse_all(instruction, &refusal(Reason::Am04, detail))
        }
    }
}

/// The judgement on a message of which only the id could be read.
pub(crate) fn unreadable(fault: &Fault) -> Answer {
    let refusal = refusal(Reason::Ff01, format!("The file cannot be read: {fault}."));
    Answer { status: GroupStatus::Rjct, refusal: Some(refusal), batches: Vec::new() }
}

fn check_whole(instruction: &Instruction, collection: &str) -> Result<(), Refusal> {
    check_count(Some(instruction.count), instruction.payments().count(), "The message")?;
    let total = sum(instruction.payments())?;
    let Some(claimed) = instruction.sum.as_deref() else {
        return Err(refusal(Reason::Am10, "The message has no CtrlSum.".to_owned()));
    };
    check_sum(Some(claimed), total, "The message")?;
    for batch in &instruction.batches {
        let name = format!("Batch {}", batch.id);
        check_count(batch.count, batch.payments.len(), &name)?;
        check_sum(batch.sum.as_deref(), sum(&batch.payments)?, &name)?;
        if account_key(&batch.debtor_account) != account_key(collection) {
            return Err(refusal(Reason::Ac02, format!("{name} is not drawn on the customer's account.")));
        }
    }
    Ok(())
}

fn check_count(claimed: Option<u64>, counted: usize, what: &str) -> Result<(), Refusal> {
    match claimed {
        Some(claimed) if usize::try_from(claimed) != Ok(counted) => {
            Err(refusal(Reason::Am18, format!("{what} announces {claimed} transfers and has {counted}.")))
        }
        _ => Ok(()),
    }
}

fn check_sum(claimed: Option<&str>, total: u64, what: &str) -> Result<(), Refusal> {
    match claimed {
        Some(claimed) if parse_won(claimed) != Some(total) => Err(refusal(
            Reason::Am10,
            format!("{what} has a control sum that is not its total of {total} won."),
        )),
        _ => Ok(()),
    }
}

fn sum<'a>(payments: impl IntoIterator<Item = &'a Payment>) -> Result<u64, Refusal> {
    payments.into_iter().try_fold(0_u64, |total, payment| {
        parse_won(&payment.amount).and_then(|amount| total.checked_add(amount)).ok_or_else(|| {
            let detail = format!("The amount of {} is not a whole number of won.", payment.end_to_end_id);
            refusal(Reason::Am12, detail)
        })
    })
}

fn refuse_all(instruction: &Instruction, refusal: &Refusal) -> Answer {
    let batches = instruction.batches.iter().map(|batch| BatchAnswer {
        id: batch.id.clone(),
        status: GroupStatus::Rjct,
        transactions: batch.payments.iter().map(|payment| answer(payment, Err(refusal.clone()))).collect(),
    });
    Answer { status: GroupStatus::Rjct, refusal: Some(refusal.clone()), batches: batches.collect() }
}

struct Judge<'a> {
    book: &'a Book,
    /// The customer's account number without hyphens.
    collection: String,
    /// End-to-end ids of this message so far.
    seen: BTreeSet<&'a str>,
    stem: &'a str,
    position: usize,
}

impl<'a> Judge<'a> {
    fn batch(&mut self, batch: &'a Batch) -> BatchAnswer {
        let transactions: Vec<_> = batch.payments.iter().map(|payment| self.payment(payment)).collect();
        BatchAnswer { id: batch.id.clone(), status: status_of(&transactions), transactions }
    }

    fn payment(&mut self, payment: &'a Payment) -> TransactionAnswer {
        self.position = self.position.saturating_add(1);
        let verdict = match self.check(payment) {
            Some((reason, detail)) => Err(refusal(reason, detail.to_owned())),
            None => Ok(format!("{}-{:05}", self.stem, self.position)),
        };
        answer(payment, verdict)
    }

    fn check(&mut self, payment: &'a Payment) -> Option<(Reason, &'static str)> {
        let key = account_key(&payment.payee_account);
        if payment.currency != "KRW" {
            return Some((Reason::Am03, "The bank pays in KRW only."));
        }
        if parse_won(&payment.amount) == Some(0) {
            return Some((Reason::Am01, "The amount is zero."));
        }
        if !is_account_number(&payment.payee_account) {
            return Some((Reason::Ac01, "The payee's account number is missing or not a number."));
        }
        if key == self.collection {
            return Some((Reason::Ac01, "The payee's account is the paying account."));
        }
        if let Some(switch) = self.book.rejections.get(&key) {
            return Some((switch.reason, "The bank refuses payments to this account."));
        }
        let is_new = self.seen.insert(&payment.end_to_end_id);
        if !is_new || self.book.executed.contains(&payment.end_to_end_id) {
            return Some((Reason::Am05, "A payment with this end-to-end id has been made."));
        }
        None
    }
}

fn answer(payment: &Payment, verdict: Result<String, Refusal>) -> TransactionAnswer {
    let (bank_reference, refusal) = match verdict {
        Ok(reference) => (Some(reference), None),
        Err(refusal) => (None, Some(refusal)),
    };
    TransactionAnswer {
        instruction_id: payment.instruction_id.clone(),
        end_to_end_id: payment.end_to_end_id.clone(),
        uetr: payment.uetr.clone(),
        amount: parse_won(&payment.amount),
        payee_name: payment.payee_name.clone(),
        payee_account: payment.payee_account.clone(),
        remittance: payment.remittance.clone(),
        bank_reference,
        refusal,
    }
}

fn status_of<'a>(transactions: impl IntoIterator<Item = &'a TransactionAnswer>) -> GroupStatus {
    let (accepted, refused): (Vec<_>, Vec<_>) =
        transactions.into_iter().partition(|transaction| transaction.refusal.is_none());
    GroupStatus::of(accepted.len(), refused.len())
}

fn refusal(reason: Reason, detail: String) -> Refusal {
    Refusal { reason, detail: detail.chars().take(DETAIL_LENGTH_MAX).collect() }
}
