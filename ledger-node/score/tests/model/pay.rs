//! Payments: by the payer, by a shop with its takings, by a payer's one-time authorisation; and what they earn.

use std::collections::BTreeMap;

use dure_score::{
    Amount, Bid, CampaignId, Effect, Hash32, OrderId,
    call::{TokenPay, TokenPayMandate},
    record::Role,
};

use super::{
    Answer, Ask, Heap, Model, Purse, amount_fits,
    money::share_of,
    no,
    people::{digest, signed},
};

/// A payment.
#[derive(Clone, Debug)]
pub struct Bill {
    pub payer: Bid,
    pub shop: Bid,
    pub order: OrderId,
    pub amount: u64,
    pub back: u64,
    pub at: u64,
    /// What was taken, in order, and how much of each has gone back.
    pub taken: Vec<(Heap, u64, u64)>,
    pub reward: Option<Reward>,
}

/// Cashback: campaign, heap that it went into, amount, and how much of it is settled with refunds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    pub campaign: u32,
    pub heap: u64,
    pub amount: u64,
    pub back: u64,
}

/// What is to be paid.
struct Due<'a> {
    payer: Bid,
    shop: Bid,
    order: &'a OrderId,
    amount: u64,
    cashback: Option<CampaignId>,
    mandate: Option<Hash32>,
}

impl Model {
    pub fn pay(&mut self, ask: &Ask, call: &TokenPay) -> Answer {
        if ask.device.role != Role::Holder {
            return no("NOT_ALLOWED", &[]);
        }
        let payer = ask.device.owner;
        self.active(payer)?;
        amount_fits(call.amount.get())?;
        self.merchant(call.merchant)?;
        if payer == call.merchant {
            return no("SELF_DEALING", &[]);
        }
        let (shop, order, amount) = (call.merchant, &call.order, call.amount.get());
        self.settle_due(ask, &Due { payer, shop, order, amount, cashback: call.cashback, mandate: None })
    }

    pub fn pay_mandate(&mut self, ask: &Ask, call: &TokenPayMandate) -> Answer {
        let shop = ask.device.owner;
        if self.people.get(&shop).is_none_or(|person| person.shop.is_none()) {
            return no("NOT_ALLOWED", &[]);
        }
        self.active(shop)?;
        amount_fits(call.amount.get())?;
        let mandate = &call.mandate;
        let message = [b"dure:mandate:v1\0".as_slice(), &minicbor::to_vec(mandate).unwrap()].concat();
        let device = match self.devices.get(&mandate.certificate) {
            Some(device)
                if mandate.chain == self.chain
                    && device.role == Role::Holder
                    && signed(&device.key, &message, &call.signature) =>
            {
                device.clone()
            }
            _ => return no("BAD_MANDATE", &[]),
        };
        if device.ended {
            return no("REVOKED_CERTIFICATE", &[]);
        }
        if device.until <= ask.now {
            return no("EXPIRED_CERTIFICATE", &[device.until]);
        }
        self.citizen(device.owner)?;
        if mandate.expires_at <= ask.now {
            return no("MANDATE_EXPIRED", &[mandate.expires_at]);
        }
        if mandate.expires_at > ask.now + 180_000 {
            return no("MANDATE_TOO_LONG", &[mandate.expires_at]);
        }
        if mandate.merchant.is_some_and(|only| only != shop) {
            return no("MANDATE_NOT_FOR_YOU", &[]);
        }
        let id = Hash32::new(digest(&[&message]));
        if self.mandates.contains_key(&id) {
            return no("MANDATE_USED", &[]);
        }
        let (amount, cap) = (call.amount.get(), mandate.cap.get());
        if amount > cap {
            return no("MANDATE_CAP", &[cap, amount - cap]);
        }
        let (payer, order, cashback) = (device.owner, &call.order, mandate.cashback);
        self.settle_due(ask, &Due { payer, shop, order, amount, cashback, mandate: Some(id) })?;
        self.mandates.insert(id, ask.id);
        Ok(())
    }

    fn settle_due(&mut self, ask: &Ask, due: &Due<'_>) -> Answer {
        let order = (due.shop, due.order.as_str().to_owned());
        if self.orders.contains_key(&order) {
            return no("ORDER_PAID", &[]);
        }
        if let Some(campaign) = due.cashback
            && (campaign.0 == 0 || !self.campaigns.contains_key(&campaign.0))
        {
            return no("UNKNOWN_CAMPAIGN", &[]);
        }
        let mut purse = self.purse(due.payer);
        self.enough(&purse, due.amount, ask.now)?;
        let taken = self.draw(ask, due, &mut purse)?;
        let mut takings = self.purse(due.shop);
        let mut series: BTreeMap<u32, u64> = BTreeMap::new();
        taken.iter().for_each(|(heap, part)| *series.entry(heap.campaign).or_default() += part);
        for (campaign, amount) in &series {
            takings.put(Heap::takings(*campaign, *amount))?;
        }
        let coin = series.get(&0).copied().unwrap_or(0);
        let (payment, payer, shop, amount) = (ask.id, due.payer, due.shop, due.amount);
        self.told.push(Effect::Paid {
            payment,
            payer,
            merchant: shop,
            order: due.order.clone(),
            amount: Amount::new(amount),
        });
        if let Some(mandate) = due.mandate {
            self.told.push(Effect::MandateUsed { mandate, payment });
        }
        let reward = self.reward(ask, due, coin, &mut purse);
        self.purses.insert(due.payer, purse);
        self.purses.insert(due.shop, takings);
        self.orders.insert(order, ask.id);
        let taken = taken.into_iter().map(|(heap, part)| (heap, part, 0)).collect();
        let order = due.order.clone();
        self.bills.insert(ask.id, Bill { payer, shop, order, amount, back: 0, at: ask.now, taken, reward });
        Ok(())
    }

    fn draw(&self, ask: &Ask, due: &Due<'_>, purse: &mut Purse) -> Answer<Vec<(Heap, u64)>> {
        let shop = self.people[&due.shop].shop.clone().unwrap();
        let again = self.people[&due.payer].shop.is_some();
        let good = |heap: &Heap| {
            let campaign = &self.campaigns[&heap.campaign];
            let here = campaign.accepted_at(due.shop, &shop) && (!again || campaign.terms.reusable);
            heap.expires > ask.now && here
        };
        let most = purse.sum(good);
        let code = if again { "NOT_REUSABLE" } else { "NOT_ELIGIBLE_HERE" };
        let taken = purse.spend(due.amount, good, |heap| self.order(heap));
        taken.map_or_else(|| no(code, &[most, due.amount.saturating_sub(most)]), Ok)
    }

    /// Gives the cashback that was asked for, as far as it goes.
    fn reward(&mut self, ask: &Ask, due: &Due<'_>, coin: u64, purse: &mut Purse) -> Option<Reward> {
        let id = due.cashback?.0;
        let campaign = self.campaigns[&id].clone();
        let shop = self.people[&due.shop].shop.clone()?;
        if !campaign.gives(ask.now) || !campaign.accepted_at(due.shop, &shop) {
            return None;
        }
        let again = self.people[&due.payer].shop.is_some();
        let full = match again {
            true => share_of(due.amount, campaign.terms.reuse_bps),
            false => share_of(coin, campaign.terms.cashback_bps).min(self.holding_room(id, purse)),
        };
        let mut share = self.share(due.payer, id, self.month(ask.now));
        let amount = full
            .min(campaign.terms.monthly_cashback_cap.get().saturating_sub(share.cashback))
            .min(self.person_room(id, share.received))
            .min(campaign.budget);
        if amount == 0 {
            return None;
        }
        let heap = match again {
            true => Heap::takings(id, amount),
            false => Heap::fresh(id, amount, 0, ask.now, campaign.terms.validity_ms),
        };
        let heap = purse.put(heap).ok()?;
        share.cashback += amount;
        share.received += amount;
        self.shares.insert((due.payer, id), share);
        self.campaigns.get_mut(&id).unwrap().budget -= amount;
        self.told.push(Effect::CashbackPaid {
            payment: ask.id,
            campaign: CampaignId(id),
            to: due.payer,
            amount: Amount::new(amount),
        });
        Some(Reward { campaign: id, heap, amount, back: 0 })
    }
}
