//! Refunds: back into the very heaps, last drawn first; cashback follows.

use std::collections::BTreeMap;

use dure_score::{Amount, Bid, CampaignId, Effect, TxId, record::Role};

use super::{Answer, Ask, Bill, Heap, Model, Purse, Reward, amount_fits, no};

impl Model {
    pub fn refund(&mut self, ask: &Ask, payment: TxId, amount: u64) -> Answer {
        let Some(mut bill) = self.bills.get(&payment).cloned() else { return no("UNKNOWN_PAYMENT", &[]) };
        if ask.device.role == Role::Officer || ask.device.owner != bill.shop {
            return no("NOT_ALLOWED", &[]);
        }
        self.merchant(bill.shop)?;
        amount_fits(amount)?;
        let open = bill.amount - bill.back;
        if amount > open {
            return no("REFUND_TOO_LARGE", &[open]);
        }
        let (mut takings, mut purse) = (self.purse(bill.shop), self.purse(bill.payer));
        let (mut left, mut restored) = (amount, Vec::new());
        for (heap, part, back) in bill.taken.iter_mut().rev() {
            let now = (*part - *back).min(left);
            if now == 0 {
                continue;
            }
            let held = takings.series(heap.campaign);
            let same = |taking: &Heap| taking.campaign == heap.campaign;
            if takings.spend(now, same, |taking| taking.number).is_none() {
                return no("TAKINGS_TOO_LOW", &[held]);
            }
            purse.put_back(heap, now);
            restored.push((heap.clone(), now));
            *back += now;
            left -= now;
        }
        bill.back += amount;
        self.told.push(Effect::Refunded {
            payment,
            payer: bill.payer,
            merchant: bill.shop,
            order: bill.order.clone(),
            amount: Amount::new(amount),
            total: Amount::new(bill.back),
        });
        if let Some(mut reward) = bill.reward.clone() {
            let (taken, withheld) = self.take_reward(&bill, &mut reward, &mut purse, &restored);
            self.tell_taken(payment, &bill, CampaignId(reward.campaign), taken, withheld);
            bill.reward = Some(reward);
        }
        self.purses.insert(bill.shop, takings);
        self.purses.insert(bill.payer, purse);
        self.bills.insert(payment, bill);
        Ok(())
    }

    /// Takes back what the part that is not refunded no longer earns. How much of it was found in all, and
    /// how much of that in the refunded coin.
    fn take_reward(
        &mut self,
        bill: &Bill,
        reward: &mut Reward,
        purse: &mut Purse,
        restored: &[(Heap, u64)],
    ) -> (u64, u64) {
        let (basis, kept) = self.basis(bill);
        let due = (u128::from(reward.amount) * u128::from(kept) / u128::from(basis)) as u64;
        let asked = reward.amount.saturating_sub(reward.back).saturating_sub(due);
        let mut lacking = asked;
        let mut numbers: Vec<u64> =
            purse.heaps.iter().filter(|h| h.campaign == reward.campaign).map(|h| h.number).collect();
        numbers.sort_by_key(|number| (*number != reward.heap, std::cmp::Reverse(*number)));
        for number in numbers {
            lacking -= purse.take(number, lacking);
        }
        let from_heaps = asked - lacking;
        self.back_to_budget(reward.campaign, reward.campaign, from_heaps);
        let mut withheld = 0;
        for (heap, part) in restored.iter().rev().filter(|(heap, _)| heap.campaign == 0) {
            let taken = purse.take(heap.number, lacking.min(*part));
            lacking -= taken;
            withheld += taken;
        }
        self.back_to_budget(0, reward.campaign, withheld);
        reward.back += asked;
        self.shrink_share(bill.payer, reward.campaign, from_heaps + withheld, Some(bill.at));
        (from_heaps + withheld, withheld)
    }

    fn tell_taken(&mut self, payment: TxId, bill: &Bill, campaign: CampaignId, taken: u64, withheld: u64) {
        let (amount, coin) = (Amount::new(taken), Amount::new(withheld));
        if taken > 0 {
            let from = bill.payer;
            self.told.push(Effect::CashbackTakenBack { payment, campaign, from, amount, withheld: coin });
        }
        if withheld > 0 {
            self.told.push(Effect::SubsidyReturned { campaign, amount: coin, minted: coin });
        }
    }

    /// What the cashback counted on: at first, and what is left of it.
    fn basis(&self, bill: &Bill) -> (u64, u64) {
        if self.people[&bill.payer].shop.is_some() {
            return (bill.amount, bill.amount - bill.back);
        }
        let coin = bill.taken.iter().filter(|(heap, ..)| heap.campaign == 0);
        coin.fold((0, 0), |(all, kept), (_, part, back)| (all + part, kept + part - back))
    }

    /// The person has had less after all; less cashback too, if it was paid in the month that is counted.
    pub fn shrink_share(&mut self, who: Bid, campaign: u32, amount: u64, paid_at: Option<u64>) {
        let month = paid_at.map(|at| self.month(at));
        if let Some(share) = self.shares.get_mut(&(who, campaign)) {
            share.received = share.received.saturating_sub(amount);
            if month == Some(share.month) {
                share.cashback = share.cashback.saturating_sub(amount);
            }
        }
    }

    /// How much of each series is in a list of parts.
    pub fn by_series(parts: &[(Heap, u64)]) -> BTreeMap<u32, u64> {
        let mut out = BTreeMap::new();
        parts.iter().for_each(|(heap, part)| *out.entry(heap.campaign).or_default() += part);
        out
    }
}
