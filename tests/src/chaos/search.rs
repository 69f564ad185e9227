//! Looks for an order of requests that explains what the clients were told, without asking the ledger (Wing and Gong 1993, with
//! Lowe's memory of what was tried): a request may come next if no other one was answered before it was asked; its answer must be
//! the model's. A request that was left open may come anywhere after it was asked, or never.
//!
//! The search is exponential at worst, so histories are kept short: at most [`MOST`] requests.

use std::{
    collections::{BTreeMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
    time::Duration,
};

use dure_score::Bid;

use super::{
    bank::{Answer, Bank},
    fault::Fault,
    history::{Entry, Outcome},
};

/// Most requests of one history: as many as bits in the set of those that were ordered.
pub const MOST: usize = 128;

/// Whether a request was answered with a receipt.
pub const fn is_answered(entry: &Entry) -> bool {
    matches!(entry.outcome, Outcome::Told(_))
}

/// Refuses if no order that begins with `bank` gives every client its answer and ends with the balances `end`.
pub fn some_order(bank: &Bank, entries: &[Entry], end: &BTreeMap<Bid, u64>) -> Result<(), Fault> {
    let taken = entries.iter().filter(|entry| !matches!(entry.outcome, Outcome::TurnedAway(_)));
    let entries: Vec<&Entry> = taken.collect();
    assert!(entries.len() <= MOST, "{} requests are too many to search", entries.len());
    let must = entries.iter().enumerate().filter(|(_, entry)| is_answered(entry));
    let must = must.fold(0u128, |set, (place, _)| set | 1 << place);
    let answers = entries.iter().map(|entry| match &entry.outcome {
        Outcome::Told(receipt) => Some(Answer::of(receipt)),
        _ => None,
    });
    let answers = answers.collect();
    let mut search = Search { entries, answers, must, end, tried: HashSet::new(), longest: 0 };
    if search.from(0, bank) {
        return Ok(());
    }
    Err(Fault::NoOrder { operations: search.entries.len(), longest: search.longest })
}

struct Search<'a> {
    entries: Vec<&'a Entry>,
    answers: Vec<Option<Answer>>,
    must: u128,
    end: &'a BTreeMap<Bid, u64>,
    tried: HashSet<(u128, u64)>,
    longest: usize,
}

impl Search<'_> {
    /// Whether the requests outside of `done` can follow, with the accounts as they are.
    fn from(&mut self, done: u128, bank: &Bank) -> bool {
        self.longest = self.longest.max(done.count_ones() as usize);
        if done & self.must == self.must && bank.balances() == self.end {
            return true;
        }
        let mut hasher = DefaultHasher::new();
        bank.hash(&mut hasher);
        if !self.tried.insert((done, hasher.finish())) {
            return false;
        }
        // Nothing may come after the first answer that is still due.
        let due = self.left(done).filter(|place| self.must & 1 << place != 0);
        let due = due.map(|place| self.entries[place].responded).min().unwrap_or(Duration::MAX);
        let next: Vec<usize> = self.left(done).filter(|place| self.entries[*place].invoked <= due).collect();
        next.into_iter().any(|place| {
            let mut after = bank.clone();
            let answer = after.apply(self.entries[place].id, &self.entries[place].act);
            let fits = self.answers[place].as_ref().is_none_or(|told| *told == answer);
            fits && self.from(done | 1 << place, &after)
        })
    }

    fn left(&self, done: u128) -> impl Iterator<Item = usize> + use<> {
        (0..self.entries.len()).filter(move |place| done & 1 << place == 0)
    }
}
