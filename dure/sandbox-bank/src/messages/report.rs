//! pain.002: the bank's answer to a payment message.

use crate::book::{BatchAnswer, GroupStatus, MessageReference, Outcome, Reason, Received, Refusal};
use crate::error::BankError;
use askama::Template;

#[derive(Template)]
#[template(path = "pain002.xml")]
struct Report<'a> {
    id: String,
    created: &'a str,
    bank: &'static str,
    original: &'a MessageReference,
    status: GroupStatus,
    refusal: Option<&'a Refusal>,
    batches: &'a [BatchAnswer],
}

/// The answer to a judged message; `None` when the record is not one.
pub(crate) fn of_answer(received: &Received) -> Result<Option<String>, BankError> {
    let Outcome::Answered { message, answer } = &received.outcome else { return Ok(None) };
    let refusal = answer.refusal.as_ref();
    render(received, message, answer.status, refusal, &answer.batches).map(Some)
}

/// The answer to a repetition. It names no transfers: their standing is what the first answer said.
pub(crate) fn of_duplicate(received: &Received, message: &MessageReference) -> Result<String, BankError> {
    let refusal = Refusal {
        reason: Reason::Dupl,
        detail: "This message id has been answered before; no money was moved again.".to_owned(),
    };
    render(received, message, GroupStatus::Rjct, Some(&refusal), &[])
}

fn render(
    received: &Received,
    original: &MessageReference,
    status: GroupStatus,
    refusal: Option<&Refusal>,
    batches: &[BatchAnswer],
) -> Result<String, BankError> {
    let id = format!("{}-P02", received.answer_stem);
    let created = &received.received_at;
    Ok(Report { id, created, bank: crate::text::BANK_NAME, original, status, refusal, batches }.render()?)
}
