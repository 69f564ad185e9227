//! Looks for an order of requests that explains what the clients were told, without asking the ledger (Wing and Gong 1993, with
//! Lowe's memory of what was tried): a request may come next if no other one was answered before it was asked; its answer must be
//! the model's. A request that was left open may come anywhere after it was asked, or never.
//!
//! The search is exponential at worst, in the number of open requests above all. So they are first tried only where they can
//! matter: right before a request whose answer does not fit yet and that moves coin of the same accounts, and at the end. If that
//! finds no order, everything is tried, up to a bound; a search that ends there has found none either, and says so.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
    time::Duration,
};

use dure_score::Bid;

use super::{
    bank::{Act, Answer, Bank},
    fault::Fault,
    history::{Entry, Outcome},
};

/// Most requests of one history: as many as bits in the set of those that were ordered.
pub const MOST: usize = 128;
/// Most steps of one search: about ten seconds.
const STEPS: usize = 300_000;

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
    let answers: Vec<Option<Answer>> = entries.iter().map(|entry| told(entry)).collect();
    let mut longest = 0;
    for sparing in [true, false] {
        let (entries, answers) = (&entries, &answers);
        let mut search = Search { entries, answers, must, end, sparing, tried: HashSet::new(), longest: 0 };
        if search.from(0, bank) {
            return Ok(());
        }
        longest = longest.max(search.longest);
    }
    Err(Fault::NoOrder { operations: entries.len(), longest })
}

fn told(entry: &Entry) -> Option<Answer> {
    match &entry.outcome {
        Outcome::Told(receipt) => Some(Answer::of(receipt)),
        _ => None,
    }
}

struct Search<'a> {
    entries: &'a [&'a Entry],
    answers: &'a [Option<Answer>],
    must: u128,
    end: &'a BTreeMap<Bid, u64>,
    /// Whether open requests are tried only where they can matter.
    sparing: bool,
    tried: HashSet<(u128, u64)>,
    longest: usize,
}

impl Search<'_> {
    /// Whether the requests outside of `done` can follow, with the accounts as they are.
    fn from(&mut self, done: u128, bank: &Bank) -> bool {
        self.longest = self.longest.max((done & self.must).count_ones() as usize);
        let over = done & self.must == self.must;
        if over && bank.balances() == self.end {
            return true;
        }
        let mut hasher = DefaultHasher::new();
        bank.hash(&mut hasher);
        if self.tried.len() >= STEPS || !self.tried.insert((done, hasher.finish())) {
            return false;
        }
        // Nothing may come after the first answer that is still due.
        let due = self.left(done).filter(|place| self.must & 1 << place != 0);
        let due = due.map(|place| self.entries[place].responded).min().unwrap_or(Duration::MAX);
        let next: Vec<usize> = self.left(done).filter(|place| self.entries[*place].invoked <= due).collect();
        let (mut fits, mut open, mut wanted) = (Vec::new(), Vec::new(), BTreeSet::new());
        for place in next {
            let mut after = bank.clone();
            let answer = after.apply(self.entries[place].id, &self.entries[place].act);
            match &self.answers[place] {
                Some(told) if *told == answer => fits.push((place, after)),
                Some(_) => wanted.extend(self.accounts(place)),
                // Refused, it changes nothing, then or later.
                None if matches!(answer, Answer::Done(_)) => open.push((place, after)),
                None => {}
            }
        }
        if self.sparing && !over {
            open = self.touching(wanted, open);
        }
        fits.into_iter().chain(open).any(|(place, after)| self.from(done | 1 << place, &after))
    }

    /// Those of the open requests that move coin of the wanted accounts, or of accounts of another one that does.
    fn touching(&self, mut wanted: BTreeSet<Bid>, mut open: Vec<(usize, Bank)>) -> Vec<(usize, Bank)> {
        let mut found = Vec::new();
        while let Some(index) =
            open.iter().position(|(place, _)| self.accounts(*place).iter().any(|bid| wanted.contains(bid)))
        {
            let request = open.swap_remove(index);
            wanted.extend(self.accounts(request.0));
            found.push(request);
        }
        found
    }

    /// Whose coin a request moves.
    fn accounts(&self, place: usize) -> Vec<Bid> {
        match &self.entries[place].act {
            Act::Pay { payer, shop, .. } => vec![*payer, *shop],
            Act::Send { from, to, .. } => vec![*from, *to],
            Act::Refund { shop, payment, .. } => {
                let paid = self.entries.iter().find(|entry| entry.id == *payment);
                let payer = paid.and_then(|entry| match &entry.act {
                    Act::Pay { payer, .. } => Some(*payer),
                    _ => None,
                });
                std::iter::once(*shop).chain(payer).collect()
            }
        }
    }

    fn left(&self, done: u128) -> impl Iterator<Item = usize> + use<> {
        (0..self.entries.len()).filter(move |place| done & 1 << place == 0)
    }
}
