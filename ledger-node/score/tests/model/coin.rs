//! Heaps of coin in a purse.

use super::{Answer, FOR_EVER, no};

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heap {
    pub number: u64,
    pub campaign: u32,
    pub acquired: u64,
    pub face: u64,
    pub price: u64,
    pub expires: u64,
    pub amount: u64,
}

impl Heap {
    /// Coin acquired now.
    pub fn fresh(campaign: u32, amount: u64, price: u64, now: u64, life: u64) -> Self {
        let expires = now.saturating_add(life).min(FOR_EVER);
        Self { number: 0, campaign, acquired: now, face: amount, price, expires, amount }
    }

    /// A shop's takings.
    pub fn takings(campaign: u32, amount: u64) -> Self {
        Self { number: 0, campaign, acquired: 0, face: 0, price: 0, expires: FOR_EVER, amount }
    }

    fn kind(&self) -> (u32, u64, u64, u64, u64) {
        (self.campaign, self.acquired, self.face, self.price, self.expires)
    }
}

/// An account.
#[derive(Clone, Debug, Default)]
pub struct Purse {
    pub next: u64,
    pub heaps: Vec<Heap>,
}

impl Purse {
    /// Adds coin to the first heap of its kind, or as a new heap; says the heap's number.
    pub fn put(&mut self, heap: Heap) -> Answer<u64> {
        let same = self.heaps.iter_mut().filter(|old| old.kind() == heap.kind()).min_by_key(|old| old.number);
        if let Some(old) = same {
            old.amount += heap.amount;
            return Ok(old.number);
        }
        if self.heaps.len() >= 64 {
            return no("TOO_MANY_LOTS", &[]);
        }
        let number = self.next;
        self.next += 1;
        self.heaps.push(Heap { number, ..heap });
        Ok(number)
    }

    /// Puts coin back to where it was.
    pub fn put_back(&mut self, was: &Heap, amount: u64) {
        match self.heaps.iter_mut().find(|heap| heap.number == was.number) {
            Some(heap) => heap.amount += amount,
            None => self.heaps.push(Heap { amount, ..was.clone() }),
        }
    }

    /// Takes at most `amount` from a heap; says how much that was.
    pub fn take(&mut self, number: u64, amount: u64) -> u64 {
        let Some(at) = self.heaps.iter().position(|heap| heap.number == number) else { return 0 };
        let taken = amount.min(self.heaps[at].amount);
        self.heaps[at].amount -= taken;
        if self.heaps[at].amount == 0 {
            self.heaps.remove(at);
        }
        taken
    }

    /// Takes `amount` from good heaps, each time from the one of the lowest rank; nothing if they do not suffice.
    pub fn spend<K: Ord>(
        &mut self,
        amount: u64,
        good: impl Fn(&Heap) -> bool,
        rank: impl Fn(&Heap) -> K,
    ) -> Option<Vec<(Heap, u64)>> {
        let mut after = self.clone();
        let (mut left, mut out) = (amount, Vec::new());
        while left > 0 {
            let best = after.heaps.iter().filter(|heap| good(heap)).min_by_key(|heap| rank(heap))?.clone();
            if out.len() == 64 {
                return None;
            }
            let part = after.take(best.number, left);
            left -= part;
            out.push((best, part));
        }
        *self = after;
        Some(out)
    }

    pub fn sum(&self, good: impl Fn(&Heap) -> bool) -> u64 {
        self.heaps.iter().filter(|heap| good(heap)).map(|heap| heap.amount).sum()
    }

    pub fn series(&self, campaign: u32) -> u64 {
        self.sum(|heap| heap.campaign == campaign)
    }
}
