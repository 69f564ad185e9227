//! Campaigns: terms, budgets, what has been minted and destroyed, and what each person has had.

use dure_score::{
    Amount, Bid, CampaignId, Effect,
    call::CampaignOpen,
    record::{CampaignTerms, MerchantTerms},
};

use super::{Answer, FOR_EVER, Heap, MOST, Model, Purse, amount_fits, no};

/// A campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub terms: CampaignTerms,
    pub budget: u64,
    pub open: bool,
    pub version: u32,
}

/// Minted and destroyed since the first block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    pub issued: u64,
    pub charged: u64,
    pub burned: u64,
    pub expired: u64,
    pub returned: u64,
}

/// What one person has had of one campaign; `month` is that of the first two amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub month: u64,
    pub charged: u64,
    pub cashback: u64,
    pub received: u64,
}

fn sound(terms: &CampaignTerms) -> bool {
    let caps = [
        terms.ceiling,
        terms.monthly_charge_cap,
        terms.monthly_cashback_cap,
        terms.holding_cap,
        terms.person_cap,
    ];
    let rates = [terms.charge_bonus_bps, terms.cashback_bps, terms.reuse_bps];
    let lists = [terms.categories.len(), terms.regions.len(), terms.merchants.len()];
    let gives_back = terms.cashback_bps > 0 || terms.reuse_bps > 0;
    terms.starts_at < terms.ends_at
        && terms.ends_at <= FOR_EVER
        && terms.validity_ms >= 1
        && terms.validity_ms <= FOR_EVER
        && caps.iter().all(|cap| cap.get() <= MOST)
        && rates.iter().all(|rate| *rate <= 10_000)
        && lists.iter().all(|length| *length <= 64)
        && !(terms.charge_bonus_bps > 0 && terms.monthly_charge_cap.get() == 0)
        && !(gives_back && terms.monthly_cashback_cap.get() == 0)
}

/// True if everything that `old` named is still there.
fn covers<T: PartialEq>(new: &[T], old: &[T]) -> bool {
    new.is_empty() || (!old.is_empty() && old.iter().all(|item| new.contains(item)))
}

impl Campaign {
    pub fn first(terms: &CampaignTerms) -> Self {
        Self { terms: terms.clone(), budget: 0, open: true, version: 1 }
    }

    /// True while it gives.
    pub fn gives(&self, now: u64) -> bool {
        self.open && self.terms.starts_at <= now && now < self.terms.ends_at
    }

    /// True if its coin may be spent at the shop.
    pub fn accepted_at(&self, who: Bid, shop: &MerchantTerms) -> bool {
        let terms = &self.terms;
        let category = terms.categories.is_empty() || terms.categories.contains(&shop.category);
        let region = terms.regions.is_empty() || terms.regions.contains(&shop.region);
        let named = terms.merchants.is_empty() || terms.merchants.contains(&who);
        category && region && named && (terms.large_merchants || !shop.large)
    }

    /// True if there is somewhere where it may not be spent.
    fn restricted(&self) -> bool {
        let terms = &self.terms;
        let anywhere = terms.categories.is_empty() && terms.regions.is_empty() && terms.merchants.is_empty();
        !anywhere || !terms.large_merchants
    }
}

impl Model {
    pub fn open_campaign(&mut self, office: Bid, call: &CampaignOpen) -> Answer {
        if call.terms.funder != office {
            return no("NOT_ALLOWED", &[]);
        }
        if call.campaign.0 == 0 || !sound(&call.terms) {
            return no("BAD_TERMS", &[]);
        }
        if self.campaigns.contains_key(&call.campaign.0) {
            return no("CAMPAIGN_EXISTS", &[]);
        }
        self.campaigns.insert(call.campaign.0, Campaign::first(&call.terms));
        self.books.insert(call.campaign.0, Book::default());
        self.told.push(Effect::CampaignOpened { campaign: call.campaign });
        Ok(())
    }

    pub fn known_campaign(&self, id: u32) -> Answer<&Campaign> {
        self.campaigns.get(&id).map_or_else(|| no("UNKNOWN_CAMPAIGN", &[]), Ok)
    }

    fn own_campaign(&self, office: Bid, id: u32) -> Answer<&Campaign> {
        let campaign = self.known_campaign(id)?;
        if campaign.terms.funder == office { Ok(campaign) } else { no("NOT_ALLOWED", &[]) }
    }

    pub fn issue(&mut self, office: Bid, id: u32, amount: u64) -> Answer {
        amount_fits(amount)?;
        let campaign = self.own_campaign(office, id)?;
        if id == 0 {
            return no("NOT_ALLOWED", &[]);
        }
        if !campaign.open {
            return no("CAMPAIGN_CLOSED", &[]);
        }
        let room = campaign.terms.ceiling.get() - self.books[&id].issued;
        if amount > room {
            return no("BUDGET_EXCEEDED", &[room]);
        }
        self.books.get_mut(&id).unwrap().issued += amount;
        let campaign = self.campaigns.get_mut(&id).unwrap();
        campaign.budget += amount;
        let (amount, budget) = (Amount::new(amount), Amount::new(campaign.budget));
        self.told.push(Effect::Issued { campaign: CampaignId(id), amount, budget });
        Ok(())
    }

    pub fn amend(&mut self, office: Bid, id: u32, terms: &CampaignTerms) -> Answer {
        let campaign = self.own_campaign(office, id)?.clone();
        if !campaign.open {
            return no("CAMPAIGN_CLOSED", &[]);
        }
        let old = &campaign.terms;
        if terms.funder != old.funder || !sound(terms) || terms.ceiling.get() < self.books[&id].issued {
            return no("BAD_TERMS", &[]);
        }
        let better = covers(&terms.categories, &old.categories)
            && covers(&terms.regions, &old.regions)
            && covers(&terms.merchants, &old.merchants)
            && (terms.large_merchants || !old.large_merchants)
            && (terms.transferable || !old.transferable)
            && (terms.reusable || !old.reusable)
            && terms.cash_out_bps <= old.cash_out_bps;
        if !better {
            return no("TERMS_WORSENED", &[]);
        }
        self.old_terms.insert((id, campaign.version), campaign.terms);
        let campaign = self.campaigns.get_mut(&id).unwrap();
        (campaign.terms, campaign.version) = (terms.clone(), campaign.version + 1);
        let version = campaign.version;
        self.told.push(Effect::CampaignAmended { campaign: CampaignId(id), version });
        Ok(())
    }

    pub fn close_campaign(&mut self, office: Bid, id: u32) -> Answer {
        if id == 0 {
            return no("NOT_ALLOWED", &[]);
        }
        let campaign = self.own_campaign(office, id)?;
        if !campaign.open && campaign.budget == 0 {
            return no("CAMPAIGN_CLOSED", &[]);
        }
        let campaign = self.campaigns.get_mut(&id).unwrap();
        self.books.get_mut(&id).unwrap().returned += campaign.budget;
        let returned = Amount::new(campaign.budget);
        (campaign.open, campaign.budget) = (false, 0);
        self.told.push(Effect::CampaignClosed { campaign: CampaignId(id), returned });
        Ok(())
    }

    /// Vouchers for some places, then points for every place, then coin; within each what expires soonest, then the
    /// oldest, then by number.
    pub fn order(&self, heap: &Heap) -> (u8, u64, u64, u64) {
        let class = match heap.campaign {
            0 => 2,
            id if self.campaigns[&id].restricted() => 0,
            _ => 1,
        };
        (class, heap.expires, heap.acquired, heap.number)
    }

    /// What the person has had, as of this month.
    pub fn share(&self, who: Bid, id: u32, month: u64) -> Share {
        let share = self.shares.get(&(who, id)).cloned().unwrap_or_default();
        if share.month == month { share } else { Share { month, charged: 0, cashback: 0, ..share } }
    }

    /// How much more of the series fits in the purse.
    pub fn holding_room(&self, id: u32, purse: &Purse) -> u64 {
        match self.campaigns[&id].terms.holding_cap.get() {
            0 => u64::MAX,
            cap => cap.saturating_sub(purse.series(id)),
        }
    }

    /// How much more of its budget the person may get.
    pub fn person_room(&self, id: u32, received: u64) -> u64 {
        match self.campaigns[&id].terms.person_cap.get() {
            0 => u64::MAX,
            cap => cap.saturating_sub(received),
        }
    }

    pub fn within_holding_cap(&self, id: u32, purse: &Purse, amount: u64) -> Answer {
        let room = self.holding_room(id, purse);
        let cap = self.campaigns[&id].terms.holding_cap.get();
        if amount > room { no("HOLDING_CAP", &[cap, room]) } else { Ok(()) }
    }

    /// Coin that leaves a person's account goes back to the budget, against coin that is burned if it was charged.
    pub fn back_to_budget(&mut self, from: u32, to: u32, amount: u64) {
        if from == 0 {
            self.books.get_mut(&0).unwrap().burned += amount;
            self.books.get_mut(&to).unwrap().charged += amount;
        }
        self.campaigns.get_mut(&to).unwrap().budget += amount;
    }

    pub fn purse(&self, who: Bid) -> Purse {
        self.purses.get(&who).cloned().unwrap_or_default()
    }
}
