//! Holds what clients were told against what the nodes have.

use std::collections::HashMap;

use dure::process::NODES;
use dure_ledger_client::{LedgerClient, TxState};
use dure_score::TxId;
use futures::{StreamExt as _, stream};

use super::{
    fault::Fault,
    follow::{Follower, print},
    history::{Entry, History, Outcome, Seen},
    order::real_time,
};

/// Questions to one node at a time.
const AT_ONCE: usize = 16;

/// How requests ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Applied, and told so.
    pub applied: u64,
    /// Refused in a block, and told so.
    pub refused: u64,
    /// Not taken by any node.
    pub turned_away: u64,
    /// Left open, and found in a block afterwards.
    pub found: u64,
    /// Left open, and void when their time was over.
    pub void: u64,
    /// Balances that were read.
    pub seen: u64,
}

/// What is known of the clients' requests.
#[derive(Default)]
pub struct Judge {
    /// How many ended how.
    pub counts: Counts,
    /// Every request, for the check of their order.
    pub entries: Vec<Entry>,
    waiting: Vec<Entry>,
    unread: Vec<Seen>,
    never: HashMap<TxId, String>,
    told: Vec<TxId>,
    heights: [u64; NODES],
}

impl Judge {
    /// Takes what the clients have noted, and judges all of it that the follower has reached.
    pub fn hear(&mut self, history: History, ledger: &Follower) -> Result<(), Fault> {
        self.waiting.extend(history.entries);
        self.unread.extend(history.seen);
        for entry in std::mem::take(&mut self.waiting) {
            if self.entry(&entry, ledger)? {
                self.entries.push(entry);
            } else {
                self.waiting.push(entry);
            }
        }
        for seen in std::mem::take(&mut self.unread) {
            if seen.height > ledger.height {
                self.unread.push(seen);
            } else {
                self.read(&seen, ledger)?;
            }
        }
        self.haunted(ledger)
    }

    /// The greatest time up to which a request that is still open may apply, ms; none if none is open.
    pub fn open_until(&self) -> Option<u64> {
        self.waiting.iter().map(|entry| entry.valid_until).max()
    }

    /// Whether all that was heard has been judged.
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.unread.is_empty()
    }

    /// True if nothing more can come of it.
    fn entry(&mut self, entry: &Entry, ledger: &Follower) -> Result<bool, Fault> {
        let placed = ledger.placed.get(&entry.id);
        match (&entry.outcome, placed) {
            (Outcome::Told(receipt), Some(placed)) => {
                if placed.print != print(receipt) {
                    let found = format!("another receipt than {receipt:?}");
                    return Err(Fault::Lost { id: entry.id, node: 1, found });
                }
                self.told.push(entry.id);
                *(if placed.applied { &mut self.counts.applied } else { &mut self.counts.refused }) += 1;
            }
            (Outcome::Told(receipt), None) if receipt.height > ledger.height => return Ok(false),
            (Outcome::Told(_), None) => {
                return Err(Fault::Lost { id: entry.id, node: 1, found: "nothing".to_owned() });
            }
            (Outcome::TurnedAway(code), _) => {
                self.counts.turned_away += 1;
                self.never.insert(entry.id, format!("it was turned away: {code}"));
            }
            (Outcome::Open, Some(_)) => {
                self.counts.found += 1;
                self.told.push(entry.id);
            }
            (Outcome::Open, None) if ledger.time_ms > entry.valid_until => {
                self.counts.void += 1;
                self.never.insert(entry.id, "its time was over".to_owned());
            }
            (Outcome::Open, None) => return Ok(false),
        }
        Ok(true)
    }

    fn read(&mut self, seen: &Seen, ledger: &Follower) -> Result<(), Fault> {
        let fault = |why: String| Fault::Read {
            node: seen.node + 1,
            found: format!("{} of {}", seen.balance, seen.owner),
            height: seen.height,
            why,
        };
        let expected = ledger.balance_at(&seen.owner, seen.height);
        if expected != seen.balance {
            return Err(fault(format!("the model has {expected}")));
        }
        let before = &mut self.heights[seen.node];
        if seen.height < *before {
            return Err(fault(format!("it had shown height {before} before")));
        }
        *before = seen.height;
        self.counts.seen += 1;
        Ok(())
    }

    fn haunted(&self, ledger: &Follower) -> Result<(), Fault> {
        for (id, why) in &self.never {
            if let Some(placed) = ledger.placed.get(id).filter(|placed| placed.applied) {
                return Err(Fault::Haunted { id: *id, height: placed.place.0, why: why.clone() });
            }
        }
        Ok(())
    }

    /// Asks those nodes for every transaction that has become final since the last call, by its id.
    pub async fn look_up(&mut self, nodes: &[(usize, LedgerClient)], ledger: &Follower) -> Result<(), Fault> {
        let told = std::mem::take(&mut self.told);
        look_up(told.iter(), nodes, ledger).await
    }

    /// Asks those nodes for everything once more, and judges the order of all requests.
    pub async fn finish(&self, nodes: &[(usize, LedgerClient)], ledger: &Follower) -> Result<(), Fault> {
        self.haunted(ledger)?;
        real_time(&self.entries, |id| ledger.placed.get(id).map(|placed| placed.place))?;
        look_up(ledger.placed.keys(), nodes, ledger).await?;
        for (number, node) in nodes {
            for id in self.never.keys() {
                let state = node.transaction(id).await.map_err(Fault::answer("a transaction"))?;
                if let TxState::Final { receipt } = state
                    && receipt.is_applied()
                {
                    let why = format!("node {} was not to have it", number + 1);
                    return Err(Fault::Haunted { id: *id, height: receipt.height, why });
                }
            }
        }
        Ok(())
    }
}

async fn look_up(
    ids: impl Iterator<Item = &TxId> + Clone,
    nodes: &[(usize, LedgerClient)],
    ledger: &Follower,
) -> Result<(), Fault> {
    for (number, node) in nodes {
        let questions = ids.clone().map(|id| async move { (*id, node.receipt(id).await) });
        let mut answers = stream::iter(questions).buffer_unordered(AT_ONCE);
        while let Some((id, receipt)) = answers.next().await {
            let receipt = receipt.map_err(Fault::answer("a receipt"))?;
            let expected = ledger.placed.get(&id).map(|placed| placed.print);
            if receipt.as_ref().map(print) != expected {
                return Err(Fault::Lost { id, node: number + 1, found: format!("{receipt:?}") });
            }
        }
    }
    Ok(())
}
