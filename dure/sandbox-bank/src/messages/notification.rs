//! camt.054: the bank tells its customer what has been booked on the account.

use crate::book::{Answer, Deposit, MessageReference, Received};
use crate::clock::day;
use crate::config::CollectionAccount;
use crate::error::BankError;
use askama::Template;

#[derive(Template)]
#[template(path = "camt054.xml")]
struct Notification<'a> {
    id: String,
    created: &'a str,
    account: &'a CollectionAccount,
    bank: &'static str,
    total: u64,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    /// Whether money came in.
    credit: bool,
    amount: u64,
    day: &'a str,
    bank_reference: &'a str,
    message_id: Option<&'a str>,
    batch_id: Option<&'a str>,
    instruction_id: Option<&'a str>,
    end_to_end_id: &'a str,
    uetr: Option<&'a str>,
    /// Who paid, or who was paid.
    party: &'a str,
    party_account: Option<&'a str>,
    remittance: Option<&'a str>,
}

/// The credit notification of a deposit.
pub(crate) fn of_deposit(deposit: &Deposit, account: &CollectionAccount) -> Result<String, BankError> {
    let entry = Entry {
        credit: true,
        amount: deposit.amount,
        day: day(&deposit.booked_at),
        bank_reference: &deposit.bank_reference,
        message_id: None,
        batch_id: None,
        instruction_id: None,
        end_to_end_id: &deposit.bank_reference,
        uetr: None,
        party: &deposit.payer,
        party_account: None,
        remittance: Some(&deposit.reference),
    };
    render(&deposit.bank_reference, &deposit.booked_at, account, vec![entry])
}

/// The debit notification of everything that a message moved; `None` when it moved nothing.
pub(crate) fn of_payments(
    received: &Received,
    message: &MessageReference,
    answer: &Answer,
    account: &CollectionAccount,
) -> Result<Option<String>, BankError> {
    let entries: Vec<Entry<'_>> = answer
        .executed()
        .filter_map(|(batch, made)| {
            Some(Entry {
                credit: false,
                amount: made.amount?,
                day: day(&received.received_at),
                bank_reference: made.bank_reference.as_deref()?,
                message_id: Some(&message.message_id),
                batch_id: Some(&batch.id),
                instruction_id: made.instruction_id.as_deref(),
                end_to_end_id: &made.end_to_end_id,
                uetr: made.uetr.as_deref(),
                party: &made.payee_name,
                party_account: Some(&made.payee_account),
                remittance: made.remittance.as_deref(),
            })
        })
        .collect();
    if entries.is_empty() {
        return Ok(None);
    }
    render(&received.answer_stem, &received.received_at, account, entries).map(Some)
}

fn render(
    stem: &str,
    created: &str,
    account: &CollectionAccount,
    entries: Vec<Entry<'_>>,
) -> Result<String, BankError> {
    let total = entries
        .iter()
        .try_fold(0_u64, |sum, entry| sum.checked_add(entry.amount))
        .ok_or(BankError::Overflow)?;
    let id = format!("{stem}-C54");
    Ok(Notification { id, created, account, bank: crate::text::BANK_NAME, total, entries }.render()?)
}
