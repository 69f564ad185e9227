//! The book's own balance sheet, checked whenever a book is read from disk or about to be written to it: a figure that
//! nobody can derive from the records is never believed and never kept.

use super::account_key;
use super::records::{Book, Outcome, Received};
use std::collections::{BTreeMap, BTreeSet};

impl Book {
    /// Version of the layout that this program writes and reads.
    pub(crate) const VERSION: u32 = 1;

    /// A book without entries.
    pub(crate) fn empty() -> Self {
        Self { version: Self::VERSION, ..Self::default() }
    }

    /// Recomputes what is derived from the records.
    pub(crate) fn index(&mut self) {
        self.executed = executed_ids(&self.received).collect();
        self.answered = self
            .received
            .iter()
            .filter_map(|received| match &received.outcome {
                Outcome::Answered { message, .. } => Some(message.message_id.clone()),
                Outcome::Duplicate { .. } | Outcome::Unreadable { .. } => None,
            })
            .collect();
    }

    /// Derives every balance from the records and compares. The error names the first figure that differs.
    pub(crate) fn audit(&self) -> Result<(), String> {
        if self.version != Self::VERSION {
            return Err(format!("it has layout {}, this program knows {}", self.version, Self::VERSION));
        }
        let deposited = sum(self.deposits.iter().map(|deposit| deposit.amount))?;
        let mut balances: BTreeMap<String, u64> = BTreeMap::new();
        let mut paid = 0_u64;
        for (account, amount) in self.received.iter().flat_map(payments) {
            let amount = amount.ok_or("an executed transfer has no amount")?;
            paid = sum([paid, amount])?;
            let balance = balances.entry(account_key(account)).or_default();
            *balance = sum([*balance, amount])?;
        }
        if sum([self.collection, paid])? != deposited {
            return Err(format!(
                "collection {} + paid out {paid} is not deposited {deposited}",
                self.collection
            ));
        }
        let kept: BTreeMap<_, _> =
            self.accounts.iter().map(|(key, account)| (key.clone(), account.balance)).collect();
        if kept != balances {
            return Err("the payee accounts do not match the executed transfers".to_owned());
        }
        let mut seen = BTreeSet::new();
        match executed_ids(&self.received).find(|id| !seen.insert(id.clone())) {
            Some(id) => Err(format!("transfer {id} was executed twice")),
            None => Ok(()),
        }
    }
}

fn payments(received: &Received) -> Vec<(&str, Option<u64>)> {
    match &received.outcome {
        Outcome::Answered { answer, .. } => answer
            .executed()
            .map(|(_, transaction)| (transaction.payee_account.as_str(), transaction.amount))
            .collect(),
        Outcome::Duplicate { .. } | Outcome::Unreadable { .. } => Vec::new(),
    }
}

fn executed_ids(received: &[Received]) -> impl Iterator<Item = String> {
    received.iter().flat_map(|received| match &received.outcome {
        Outcome::Answered { answer, .. } => {
            answer.executed().map(|(_, transaction)| transaction.end_to_end_id.clone()).collect()
        }
        Outcome::Duplicate { .. } | Outcome::Unreadable { .. } => Vec::new(),
    })
}

fn sum(amounts: impl IntoIterator<Item = u64>) -> Result<u64, String> {
    amounts
        .into_iter()
        .try_fold(0_u64, u64::checked_add)
        .ok_or_else(|| "a sum does not fit into 64 bits".to_owned())
}
