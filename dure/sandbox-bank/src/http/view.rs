//! The book as scripts and people see it. Amounts are strings of won.

use crate::bank::Bank;
use crate::book::{Book, Deposit, Outcome, Received};
use serde::Serialize;

/// How many deposits and files are shown, newest first; the totals say how many there are.
const SHOWN_MAX: usize = 200;

#[derive(Debug, Serialize)]
pub(super) struct State {
    pub(super) collection: AccountView,
    pub(super) accounts: Vec<AccountView>,
    pub(super) rejections: Vec<RejectionView>,
    pub(super) deposits_total: usize,
    pub(super) deposits: Vec<DepositView>,
    pub(super) payment_files_total: usize,
    pub(super) payment_files: Vec<FileView>,
}

#[derive(Debug, Serialize)]
pub(super) struct AccountView {
    pub(super) account: String,
    pub(super) name: String,
    pub(super) balance: String,
}

#[derive(Debug, Serialize)]
pub(super) struct RejectionView {
    pub(super) account: String,
    pub(super) reason: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct DepositView {
    pub(super) seq: u64,
    pub(super) bank_reference: String,
    pub(super) payer: String,
    pub(super) amount: String,
    pub(super) reference: String,
    pub(super) booked_at: String,
}

#[derive(Debug, Serialize)]
pub(super) struct FileView {
    pub(super) seq: u64,
    pub(super) file: String,
    pub(super) message_id: Option<String>,
    pub(super) received_at: String,
    /// `ACSP`, `PART`, `RJCT`; nothing when the file could not be answered.
    pub(super) status: Option<&'static str>,
    /// Why the whole file was refused.
    pub(super) reason: Option<&'static str>,
    pub(super) detail: Option<String>,
    pub(super) executed: usize,
    pub(super) executed_sum: String,
    pub(super) refused: Vec<RefusedView>,
    pub(super) refused_total: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct RefusedView {
    pub(super) end_to_end_id: String,
    pub(super) account: String,
    pub(super) reason: &'static str,
}

impl State {
    pub(super) fn of(bank: &Bank) -> Self {
        let collection = &bank.collection;
        bank.look(|book| Self {
            collection: AccountView {
                account: collection.number.clone(),
                name: collection.name.clone(),
                balance: book.collection.to_string(),
            },
            accounts: accounts(book),
            rejections: book
                .rejections
                .values()
                .map(|switch| RejectionView { account: switch.account.clone(), reason: switch.reason.code() })
                .collect(),
            deposits_total: book.deposits.len(),
            deposits: book.deposits.iter().rev().take(SHOWN_MAX).map(DepositView::of).collect(),
            payment_files_total: book.received.len(),
            payment_files: book.received.iter().rev().take(SHOWN_MAX).map(FileView::of).collect(),
        })
    }
}

fn accounts(book: &Book) -> Vec<AccountView> {
    let view = book.accounts.values().take(SHOWN_MAX).map(|account| AccountView {
        account: account.number.clone(),
        name: account.name.clone(),
        balance: account.balance.to_string(),
    });
    view.collect()
}

impl DepositView {
    pub(super) fn of(deposit: &Deposit) -> Self {
        Self {
            seq: deposit.seq,
            bank_reference: deposit.bank_reference.clone(),
            payer: deposit.payer.clone(),
            amount: deposit.amount.to_string(),
            reference: deposit.reference.clone(),
            booked_at: deposit.booked_at.clone(),
        }
    }
}

impl FileView {
    fn of(received: &Received) -> Self {
        let mut view = Self {
            seq: received.seq,
            file: received.file.clone(),
            message_id: None,
            received_at: received.received_at.clone(),
            status: None,
            reason: None,
            detail: None,
            executed: 0,
            executed_sum: "0".to_owned(),
            refused: Vec::new(),
            refused_total: 0,
        };
        match &received.outcome {
            Outcome::Answered { message, answer } => {
                view.message_id = Some(message.message_id.clone());
                view.status = Some(answer.status.code());
                view.reason = answer.refusal.as_ref().map(|refusal| refusal.reason.code());
                view.detail = answer.refusal.as_ref().map(|refusal| refusal.detail.clone());
                view.executed = answer.executed().count();
                // The book has checked that these sums fit; should they not, the largest number shows it.
                let sum =
                    answer.executed().filter_map(|(_, made)| made.amount).fold(0_u64, u64::saturating_add);
                view.executed_sum = sum.to_string();
                view.refused_total = answer.transactions().saturating_sub(view.executed);
                view.refused = answer
                    .batches
                    .iter()
                    .flat_map(|batch| &batch.transactions)
                    .filter_map(|transfer| {
                        let reason = transfer.refusal.as_ref()?.reason.code();
                        let (end_to_end_id, account) =
                            (transfer.end_to_end_id.clone(), transfer.payee_account.clone());
                        Some(RefusedView { end_to_end_id, account, reason })
                    })
                    .take(SHOWN_MAX)
                    .collect();
            }
            Outcome::Duplicate { message, .. } => {
                view.message_id = Some(message.message_id.clone());
                view.status = Some("RJCT");
                view.reason = Some("DUPL");
            }
            Outcome::Unreadable { reason } => view.detail = Some(reason.clone()),
        }
        view
    }
}
