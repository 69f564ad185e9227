//! A naive ledger: a plain list of coins and sets of used names, written from the rules and sharing no code with
//! the contract. It answers each request with `Ok` or the refusal code that the rules demand.

#![allow(clippy::too_many_arguments, reason = "the model takes plain facts, one after the other")]

use std::collections::{BTreeMap, BTreeSet};

pub type Answer = Result<(), &'static str>;

/// A heap of coin: (owner, campaign, acquired, expires, face, price, lot number) → amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heap {
    pub owner: String,
    pub campaign: u32,
    pub acquired: u64,
    pub expires: u64,
    pub face: u64,
    pub price: u64,
    pub number: u64,
    pub amount: u64,
}

#[derive(Clone, Debug)]
pub struct Bill {
    pub shop: String,
    pub amount: u64,
    pub back: u64,
    /// What was taken, in order, and how much of each has gone back.
    pub taken: Vec<(Heap, u64, u64)>,
}

#[derive(Clone, Debug)]
pub struct Wire {
    pub batch: String,
    pub taken: Vec<(Heap, u64)>,
    pub open: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Folder {
    pub redeemed: u64,
    pub decided: u64,
    pub waiting: u32,
    pub closed: bool,
}

#[derive(Clone, Debug)]
pub struct Terms {
    pub bonus_bps: u64,
    pub cap: u64,
    pub life: u64,
    pub only: Option<&'static str>,
    pub large: bool,
    pub send: bool,
    pub from: u64,
    pub until: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub citizens: BTreeSet<String>,
    /// Shop → (category, large).
    pub shops: BTreeMap<String, (&'static str, bool)>,
    pub heaps: Vec<Heap>,
    pub counters: BTreeMap<String, u64>,
    pub campaigns: BTreeMap<u32, (Terms, u64, u64)>, // terms, budget, issued
    pub bonus_used: BTreeMap<(String, u32, u64), u64>,
    pub deposits: BTreeSet<String>,
    pub grants: BTreeSet<u8>,
    pub orders: BTreeSet<(String, String)>,
    pub bills: BTreeMap<usize, Bill>,
    pub folders: BTreeMap<String, Folder>,
    pub wires: BTreeMap<String, Wire>,
    pub burned: u64,
    pub charged: u64,
    pub expired: u64,
}

const FIVE_YEARS: u64 = 5 * 365 * 86_400_000;

impl Model {
    fn put(&mut self, heap: Heap) {
        let same = |h: &&mut Heap| {
            h.owner == heap.owner
                && h.campaign == heap.campaign
                && h.acquired == heap.acquired
                && h.expires == heap.expires
                && h.face == heap.face
                && h.price == heap.price
        };
        if let Some(old) = self.heaps.iter_mut().filter(same).min_by_key(|h| h.number) {
            old.amount += heap.amount;
            return;
        }
        let number = self.counters.entry(heap.owner.clone()).or_default();
        let new = Heap { number: *number, ..heap };
        *number += 1;
        self.heaps.push(new);
    }

    fn put_back(&mut self, was: &Heap, amount: u64) {
        match self.heaps.iter_mut().find(|h| h.owner == was.owner && h.number == was.number) {
            Some(heap) => heap.amount += amount,
            None => self.heaps.push(Heap { amount, ..was.clone() }),
        }
    }

    fn take(&mut self, owner: &str, number: u64, amount: u64) {
        let at = self.heaps.iter().position(|h| h.owner == owner && h.number == number).unwrap();
        self.heaps[at].amount -= amount;
        if self.heaps[at].amount == 0 {
            self.heaps.remove(at);
        }
    }

    /// Takes coin one unit class at a time: repeatedly picks the best heap by the published order.
    fn spend(&mut self, owner: &str, mut amount: u64, good: impl Fn(&Heap) -> bool) -> Vec<(Heap, u64)> {
        let mut out = Vec::new();
        while amount > 0 {
            let best = self
                .heaps
                .iter()
                .filter(|h| h.owner == owner && good(h))
                .min_by_key(|h| (h.expires, h.campaign == 0, h.acquired, h.number))
                .unwrap()
                .clone();
            let part = best.amount.min(amount);
            amount -= part;
            self.take(owner, best.number, part);
            out.push((best, part));
        }
        out
    }

    pub fn held(&self, owner: &str, good: impl Fn(&Heap) -> bool) -> u64 {
        self.heaps.iter().filter(|h| h.owner == owner && good(h)).map(|h| h.amount).sum()
    }

    fn fresh(&mut self, owner: &str, campaign: u32, amount: u64, price: u64, now: u64, life: u64) {
        let (owner, expires) = (owner.to_owned(), now + life);
        self.put(Heap { owner, campaign, acquired: now, expires, face: amount, price, number: 0, amount });
    }

    pub fn charge(
        &mut self,
        to: &str,
        amount: u64,
        deposit: &str,
        campaign: u32,
        month: u64,
        now: u64,
    ) -> Answer {
        if amount == 0 {
            return Err("AMOUNT_OUT_OF_RANGE");
        }
        self.citizen(to)?;
        if self.deposits.contains(deposit) {
            return Err("DEPOSIT_USED");
        }
        if campaign != 0 && !self.campaigns.contains_key(&campaign) {
            return Err("UNKNOWN_CAMPAIGN");
        }
        self.deposits.insert(deposit.to_owned());
        self.charged += amount;
        self.fresh(to, 0, amount, amount, now, FIVE_YEARS);
        if let Some((terms, budget, _)) = self.campaigns.get_mut(&campaign) {
            let used = self.bonus_used.entry((to.to_owned(), campaign, month)).or_default();
            let counted = amount.min(terms.cap - *used);
            let bonus = (counted * terms.bonus_bps / 10_000).min(*budget);
            if (terms.from..terms.until).contains(&now) && bonus > 0 {
                *used += counted;
                *budget -= bonus;
                let life = terms.life;
                self.fresh(to, campaign, bonus, 0, now, life);
            }
        }
        Ok(())
    }

    pub fn grant(&mut self, campaign: u32, number: u8, to: &[(String, u64)], now: u64) -> Answer {
        if to.is_empty() {
            return Err("BAD_BATCH");
        }
        if self.grants.contains(&number) {
            return Err("GRANT_USED");
        }
        let Some((terms, budget, _)) = self.campaigns.get(&campaign).cloned() else {
            return Err("UNKNOWN_CAMPAIGN");
        };
        if !(terms.from..terms.until).contains(&now) {
            return Err("CAMPAIGN_NOT_RUNNING");
        }
        let mut left = budget;
        for (name, amount) in to {
            if *amount == 0 {
                return Err("AMOUNT_OUT_OF_RANGE");
            }
            self.citizen(name)?;
            left = left.checked_sub(*amount).ok_or("BUDGET_EXCEEDED")?;
        }
        for (name, amount) in to {
            self.fresh(name, campaign, *amount, 0, now, terms.life);
        }
        self.campaigns.get_mut(&campaign).unwrap().1 = left;
        self.grants.insert(number);
        Ok(())
    }

    fn citizen(&self, name: &str) -> Answer {
        match (self.citizens.contains(name), self.shops.contains_key(name)) {
            (true, _) => Ok(()),
            (_, true) => Err("NOT_A_CITIZEN"),
            _ => Err("UNKNOWN_MEMBER"),
        }
    }

    pub fn transfer(&mut self, from: &str, to: &str, amount: u64, now: u64) -> Answer {
        self.citizen(from)?;
        if amount == 0 {
            return Err("AMOUNT_OUT_OF_RANGE");
        }
        if from == to {
            return Err("SELF_DEALING");
        }
        self.citizen(to)?;
        if self.held(from, |h| h.expires > now) < amount {
            return Err("INSUFFICIENT_FUNDS");
        }
        let sendable: BTreeSet<u32> =
            self.campaigns.iter().filter(|(_, (t, ..))| t.send).map(|(id, _)| *id).collect();
        let good = |h: &Heap| h.expires > now && (h.campaign == 0 || sendable.contains(&h.campaign));
        if self.held(from, good) < amount {
            return Err("NOT_TRANSFERABLE");
        }
        for (heap, part) in self.spend(from, amount, good) {
            self.put(Heap { owner: to.to_owned(), amount: part, ..heap });
        }
        Ok(())
    }

    pub fn pay(&mut self, bill: usize, from: &str, shop: &str, order: &str, amount: u64, now: u64) -> Answer {
        self.citizen(from)?;
        if amount == 0 {
            return Err("AMOUNT_OUT_OF_RANGE");
        }
        let Some((category, large)) = self.shops.get(shop).copied() else {
            return Err(if self.citizens.contains(shop) { "NOT_A_MERCHANT" } else { "UNKNOWN_MEMBER" });
        };
        if self.orders.contains(&(shop.to_owned(), order.to_owned())) {
            return Err("ORDER_PAID");
        }
        if self.held(from, |h| h.expires > now) < amount {
            return Err("INSUFFICIENT_FUNDS");
        }
        let here: BTreeSet<u32> = self
            .campaigns
            .iter()
            .filter(|(_, (t, ..))| t.only.is_none_or(|only| only == category) && (t.large || !large))
            .map(|(id, _)| *id)
            .collect();
        let good = |h: &Heap| h.expires > now && (h.campaign == 0 || here.contains(&h.campaign));
        if self.held(from, good) < amount {
            return Err("NOT_ELIGIBLE_HERE");
        }
        let taken = self.spend(from, amount, good);
        let mut sums: BTreeMap<u32, u64> = BTreeMap::new();
        taken.iter().for_each(|(heap, part)| *sums.entry(heap.campaign).or_default() += part);
        for (campaign, amount) in sums {
            let (owner, expires) = (shop.to_owned(), 9_007_199_254_740_991);
            self.put(Heap { owner, campaign, acquired: 0, expires, face: 0, price: 0, number: 0, amount });
        }
        self.orders.insert((shop.to_owned(), order.to_owned()));
        let taken = taken.into_iter().map(|(heap, part)| (heap, part, 0)).collect();
        self.bills.insert(bill, Bill { shop: shop.into(), amount, back: 0, taken });
        Ok(())
    }

    pub fn refund(&mut self, bill: usize, by: &str, amount: u64) -> Answer {
        let Some(mut found) = self.bills.get(&bill).cloned() else { return Err("UNKNOWN_PAYMENT") };
        if by != found.shop {
            return Err("NOT_ALLOWED");
        }
        if amount == 0 {
            return Err("AMOUNT_OUT_OF_RANGE");
        }
        if found.amount - found.back < amount {
            return Err("REFUND_TOO_LARGE");
        }
        let before = self.clone();
        let mut left = amount;
        for (heap, part, back) in found.taken.iter_mut().rev() {
            let now = (*part - *back).min(left);
            if now == 0 {
                continue;
            }
            if self.held(by, |h| h.campaign == heap.campaign) < now {
                *self = before;
                return Err("TAKINGS_TOO_LOW");
            }
            let campaign = heap.campaign;
            self.spend(by, now, |h| h.campaign == campaign);
            self.put_back(heap, now);
            *back += now;
            left -= now;
        }
        found.back += amount;
        self.bills.insert(bill, found);
        Ok(())
    }

    pub fn expire(&mut self, owners: &[String], now: u64) -> Answer {
        if owners.is_empty() {
            return Err("BAD_BATCH");
        }
        let gone = |h: &Heap| owners.contains(&h.owner) && h.expires <= now;
        for heap in self.heaps.iter().filter(|h| gone(h)) {
            match self.campaigns.get_mut(&heap.campaign) {
                Some((_, budget, _)) => *budget += heap.amount,
                None => self.expired += heap.amount,
            }
        }
        self.heaps.retain(|h| !gone(h));
        Ok(())
    }

    pub fn open(&mut self, batch: &str) -> Answer {
        if self.folders.contains_key(batch) {
            return Err("BATCH_EXISTS");
        }
        self.folders.insert(batch.to_owned(), Folder::default());
        Ok(())
    }

    fn folder(&mut self, batch: &str) -> Result<&mut Folder, &'static str> {
        match self.folders.get_mut(batch) {
            None => Err("UNKNOWN_BATCH"),
            Some(folder) if folder.closed => Err("BATCH_CLOSED"),
            Some(folder) => Ok(folder),
        }
    }

    pub fn redeem(&mut self, batch: &str, payout: &str, shop: &str, amount: u64) -> Answer {
        if amount == 0 {
            return Err("AMOUNT_OUT_OF_RANGE");
        }
        self.folder(batch)?;
        if self.wires.contains_key(payout) {
            return Err("PAYOUT_EXISTS");
        }
        if !self.shops.contains_key(shop) {
            return Err(if self.citizens.contains(shop) { "NOT_A_MERCHANT" } else { "UNKNOWN_MEMBER" });
        }
        if self.held(shop, |_| true) < amount {
            return Err("TAKINGS_TOO_LOW");
        }
        // Takings are drawn by lot number: all expire never, so the spend order is that of age 0 and number
        // only among equals of kind; numbers decide here.
        let mut left = amount;
        let mut taken = Vec::new();
        while left > 0 {
            let heap =
                self.heaps.iter().filter(|h| h.owner == shop).min_by_key(|h| h.number).unwrap().clone();
            let part = heap.amount.min(left);
            self.take(shop, heap.number, part);
            taken.push((heap, part));
            left -= part;
        }
        let folder = self.folder(batch)?;
        folder.redeemed += amount;
        folder.waiting += 1;
        let wire = Wire { batch: batch.into(), taken, open: true };
        self.wires.insert(payout.to_owned(), wire);
        Ok(())
    }

    pub fn decide(&mut self, payout: &str, paid: bool) -> Answer {
        let Some(wire) = self.wires.get(payout).cloned() else { return Err("UNKNOWN_PAYOUT") };
        if !wire.open {
            return Err("PAYOUT_DECIDED");
        }
        let amount: u64 = wire.taken.iter().map(|(_, part)| part).sum();
        let folder = self.folder(&wire.batch)?;
        folder.waiting -= 1;
        folder.decided += amount;
        if paid {
            self.burned += amount;
        } else {
            wire.taken.iter().for_each(|(heap, part)| self.put_back(heap, *part));
        }
        self.wires.get_mut(payout).unwrap().open = false;
        Ok(())
    }

    pub fn close(&mut self, batch: &str, sum: u64) -> Answer {
        let folder = self.folder(batch)?;
        if folder.waiting > 0 || folder.decided != folder.redeemed || sum != folder.redeemed {
            return Err("BATCH_UNBALANCED");
        }
        folder.closed = true;
        Ok(())
    }
}
