//! What was passed on and may have been missed: offered again after a second, then less and less often, for as long as it waits.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use bytes::Bytes;
use dure_score::TxId;
use tokio::time::Instant;

use crate::ingress::pool::Pool;

/// A transaction on its way.
pub type Told = (TxId, Bytes);

/// How often what is due is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(250);

/// Pauses between one offer and the next; the last repeats until the transaction is final or has expired. On a chain that goes on
/// a transaction is final before the first is over.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(15)];

/// Most transactions that are offered again at one look, so that an overloaded network is not loaded more: 2,000 a second.
const MAX_OFFERED: usize = 512;

/// Most transactions that are remembered: all that wait and a few seconds of those that do not any more. Beyond it the oldest are
/// forgotten; they still wait here, and are proposed by this node.
const MAX_REMEMBERED: usize = 100_000;

/// Remembers what was told, by the time of the next offer. Each pause has a queue of its own, which is in order of time.
#[derive(Default)]
pub(super) struct Again {
    queues: BTreeMap<usize, VecDeque<(Instant, Told)>>,
    count: usize,
}

impl Again {
    /// These were told for the first time.
    pub(super) fn remember(&mut self, now: Instant, told: Vec<Told>) {
        for told in told {
            self.push(0, now, told);
        }
    }

    fn push(&mut self, stage: usize, now: Instant, told: Told) {
        let pause = PAUSES.get(stage).or(PAUSES.last()).copied().unwrap_or_default();
        self.queues.entry(stage).or_default().push_back((now + pause, told));
        self.count = self.count.saturating_add(1);
        if self.count > MAX_REMEMBERED {
            let forgotten = self.queues.values_mut().rev().find_map(VecDeque::pop_front);
            self.count = self.count.saturating_sub(usize::from(forgotten.is_some()));
        }
    }

    /// Those to be told again now: their time has come, and they still wait.
    pub(super) fn due(&mut self, now: Instant, pool: &Pool) -> Vec<Told> {
        let mut due = Vec::new();
        for stage in 0..PAUSES.len() {
            let mut ripe = Vec::new();
            if let Some(queue) = self.queues.get_mut(&stage) {
                while queue.front().is_some_and(|(at, _)| *at <= now) {
                    ripe.extend(queue.pop_front().map(|(_, told)| told));
                }
            }
            self.count = self.count.saturating_sub(ripe.len());
            let waits = pool.contains_each(ripe.iter().map(|(id, _)| id));
            for (told, _) in ripe.into_iter().zip(waits).filter(|(_, waits)| *waits) {
                // What is too much for this look comes with a later one.
                let offered = due.len() < MAX_OFFERED;
                let next =
                    if offered { stage.saturating_add(1).min(PAUSES.len().saturating_sub(1)) } else { stage };
                if offered {
                    due.push(told.clone());
                }
                self.push(next, now, told);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::*;
    use crate::ingress::pool::{testing::payment, wire_of};

    #[tokio::test]
    async fn what_waits_is_told_again_and_again_less_often_and_nothing_else() {
        let pool = Pool::default();
        let (stays, goes) = (payment(1, 1, 500), payment(1, 2, 500));
        let mut again = Again::default();
        let start = Instant::now();
        for tx in [&stays, &goes] {
            pool.insert(tx);
            again.remember(start, vec![(tx.signed().id(), wire_of(tx))]);
        }
        pool.settle([goes.signed().id()], 0);
        let mut told = Vec::new();
        for second in 0..60 {
            let late = again.due(start + Duration::from_secs(second), &pool);
            told.extend(late.iter().map(|(id, _)| (second, *id)));
        }
        let id = stays.signed().id();
        assert_eq!(told, [1, 5, 20, 35, 50].map(|second| (second, id)));
        pool.settle([], 1_000);
        assert!(again.due(start + Duration::from_secs(100), &pool).is_empty());
        assert_eq!(again.count, 0);
    }

    #[tokio::test]
    async fn a_great_many_are_told_in_portions() {
        let pool = Arc::new(Pool::default());
        let start = Instant::now();
        let mut again = Again::default();
        let txs: Vec<_> =
            (0..8u8).flat_map(|signer| (1..=128).map(move |n| payment(signer, n, 500))).collect();
        for tx in &txs {
            pool.insert(tx);
        }
        again.remember(start, txs.iter().map(|tx| (tx.signed().id(), wire_of(tx))).collect());
        let at = |second| start + Duration::from_secs(second);
        assert_eq!(again.due(at(1), &pool).len(), MAX_OFFERED);
        assert_eq!(again.due(at(2), &pool).len(), MAX_OFFERED);
        assert_eq!(again.due(at(3), &pool).len(), 0);
    }
}
