//! Charge, grant, send, expire.

use std::collections::BTreeMap;

use dure_score::{
    Amount, Bid, Effect,
    call::{TokenCharge, TokenGrant, TokenTransfer},
};

use super::{Answer, Ask, Heap, Model, Purse, amount_fits, no};

/// A charged deposit.
#[derive(Clone, Debug)]
pub struct Slip {
    pub to: Bid,
    pub amount: u64,
    pub at: u64,
    pub bonus: u64,
    pub campaign: u32,
    pub cashed_out: Option<String>,
}

pub fn share_of(amount: u64, bps: u16) -> u64 {
    (u128::from(amount) * u128::from(bps) / 10_000) as u64
}

impl Model {
    pub fn charge(&mut self, ask: &Ask, call: &TokenCharge) -> Answer {
        let (to, amount, id) = (call.to, call.amount.get(), call.campaign.0);
        self.officer(ask, |duties| duties.bank)?;
        amount_fits(amount)?;
        self.citizen(to)?;
        if self.slips.contains_key(call.deposit.as_str()) {
            return no("DEPOSIT_USED", &[]);
        }
        self.known_campaign(id)?;
        let mut purse = self.purse(to);
        self.within_holding_cap(0, &purse, amount)?;
        purse.put(Heap::fresh(0, amount, amount, ask.now, self.campaigns[&0].terms.validity_ms))?;
        let bonus = self.bonus(ask, to, amount, id, &purse);
        if let Some((counted, bonus)) = bonus {
            purse.put(Heap::fresh(id, bonus, 0, ask.now, self.campaigns[&id].terms.validity_ms))?;
            let mut share = self.share(to, id, self.month(ask.now));
            share.charged += counted;
            share.received += bonus;
            self.shares.insert((to, id), share);
            self.campaigns.get_mut(&id).unwrap().budget -= bonus;
        }
        self.purses.insert(to, purse);
        self.books.get_mut(&0).unwrap().charged += amount;
        let bonus = bonus.map_or(0, |(_, bonus)| bonus);
        self.told.push(Effect::Charged {
            to,
            amount: call.amount,
            bonus: Amount::new(bonus),
            campaign: call.campaign,
            deposit: call.deposit.clone(),
        });
        let slip = Slip { to, amount, at: ask.now, bonus, campaign: id, cashed_out: None };
        self.slips.insert(call.deposit.as_str().to_owned(), slip);
        Ok(())
    }

    /// How much of the charge counts, and the bonus on it.
    fn bonus(&self, ask: &Ask, to: Bid, amount: u64, id: u32, purse: &Purse) -> Option<(u64, u64)> {
        let campaign = &self.campaigns[&id];
        if id == 0 || !campaign.gives(ask.now) {
            return None;
        }
        let share = self.share(to, id, self.month(ask.now));
        let counted = amount.min(campaign.terms.monthly_charge_cap.get().saturating_sub(share.charged));
        let bonus = share_of(counted, campaign.terms.charge_bonus_bps)
            .min(campaign.budget)
            .min(self.holding_room(id, purse))
            .min(self.person_room(id, share.received));
        (bonus > 0).then_some((counted, bonus))
    }

    pub fn grant(&mut self, ask: &Ask, call: &TokenGrant) -> Answer {
        let (office, id) = (self.officer(ask, |duties| duties.funder)?, call.campaign.0);
        if !(1..=100).contains(&call.to.len()) {
            return no("BAD_BATCH", &[100]);
        }
        if self.grants.contains_key(&call.grant) {
            return no("GRANT_USED", &[]);
        }
        let campaign = self.known_campaign(id)?.clone();
        if campaign.terms.funder != office || id == 0 {
            return no("NOT_ALLOWED", &[]);
        }
        if !campaign.gives(ask.now) {
            return no("CAMPAIGN_NOT_RUNNING", &[campaign.terms.starts_at, campaign.terms.ends_at]);
        }
        let mut budget = campaign.budget;
        let mut staged: BTreeMap<Bid, (Purse, u64)> = BTreeMap::new();
        for item in &call.to {
            let amount = item.amount.get();
            amount_fits(amount)?;
            self.citizen(item.to)?;
            if amount > budget {
                return no("BUDGET_EXCEEDED", &[budget]);
            }
            budget -= amount;
            let had = self.share(item.to, id, 0).received;
            let (purse, given) = staged.entry(item.to).or_insert_with(|| (self.purse(item.to), 0));
            let room = self.person_room(id, had + *given);
            if amount > room {
                return no("PERSON_CAP", &[campaign.terms.person_cap.get(), room]);
            }
            self.within_holding_cap(id, purse, amount)?;
            purse.put(Heap::fresh(id, amount, 0, ask.now, campaign.terms.validity_ms))?;
            *given += amount;
        }
        for (who, (purse, given)) in staged {
            self.purses.insert(who, purse);
            self.shares.entry((who, id)).or_default().received += given;
        }
        self.campaigns.get_mut(&id).unwrap().budget = budget;
        self.grants.insert(call.grant, ask.id);
        for item in &call.to {
            let (campaign, grant) = (call.campaign, call.grant);
            self.told.push(Effect::Granted { campaign, to: item.to, amount: item.amount, grant });
        }
        Ok(())
    }

    pub fn transfer(&mut self, ask: &Ask, call: &TokenTransfer) -> Answer {
        let from = self.own_device(ask)?;
        let (to, amount) = (call.to, call.amount.get());
        amount_fits(amount)?;
        if from == to {
            return no("SELF_DEALING", &[]);
        }
        self.citizen(to)?;
        let (mut sender, mut receiver) = (self.purse(from), self.purse(to));
        let living = |heap: &Heap| heap.expires > ask.now;
        self.enough(&sender, amount, ask.now)?;
        let good = |heap: &Heap| living(heap) && self.campaigns[&heap.campaign].terms.transferable;
        let most = sender.sum(good);
        let Some(parts) = sender.spend(amount, good, |heap| self.order(heap)) else {
            return no("NOT_TRANSFERABLE", &[most, amount.saturating_sub(most)]);
        };
        let mut series: BTreeMap<u32, u64> = BTreeMap::new();
        parts.iter().for_each(|(heap, part)| *series.entry(heap.campaign).or_default() += part);
        for (id, sum) in series {
            self.within_holding_cap(id, &receiver, sum)?;
        }
        let before = receiver.heaps.len();
        for (heap, part) in parts {
            receiver.put(Heap { amount: part, ..heap })?;
            if receiver.heaps.len() > 32 && receiver.heaps.len() > before {
                return no("TOO_MANY_LOTS", &[]);
            }
        }
        self.purses.insert(from, sender);
        self.purses.insert(to, receiver);
        self.told.push(Effect::Transferred { from, to, amount: call.amount, memo: call.memo });
        Ok(())
    }

    /// Enough that has not expired, wherever it may be spent.
    pub fn enough(&self, purse: &Purse, amount: u64, now: u64) -> Answer {
        let all = purse.sum(|heap| heap.expires > now);
        if all < amount { no("INSUFFICIENT_FUNDS", &[all, amount - all]) } else { Ok(()) }
    }

    pub fn expire(&mut self, ask: &Ask, owners: &[Bid]) -> Answer {
        self.officer(ask, |duties| duties.bank)?;
        if !(1..=100).contains(&owners.len()) {
            return no("BAD_BATCH", &[100]);
        }
        for owner in owners {
            let mut purse = self.purse(*owner);
            let gone: Vec<Heap> =
                purse.heaps.iter().filter(|heap| heap.expires <= ask.now).cloned().collect();
            purse.heaps.retain(|heap| heap.expires > ask.now);
            for heap in gone {
                match heap.campaign {
                    0 => self.books.get_mut(&0).unwrap().expired += heap.amount,
                    id => self.campaigns.get_mut(&id).unwrap().budget += heap.amount,
                }
            }
            self.purses.insert(*owner, purse);
        }
        Ok(())
    }
}
