//! Random payments among two citizens and three shops, and how to read their receipts.

use dure_score::{Effect, Lot, Receipt, record::CampaignTerms};
use proptest::prelude::*;

use crate::support::*;

pub const PEOPLE: [&str; 5] = ["mina", "jun", "cafe", "bakery", "mall"];
pub const CITIZENS: usize = 2;

#[derive(Clone, Debug)]
pub enum Step {
    Charge {
        to: usize,
        amount: u64,
        campaign: u32,
    },
    Grant {
        to: usize,
        amount: u64,
        campaign: u32,
    },
    Send {
        from: usize,
        amount: u64,
    },
    Pay(Bill),
    Refund {
        which: usize,
        percent: u64,
    },
    /// Pays, and gives back whole in parts: nothing remains of it.
    There {
        bill: Bill,
        percents: Vec<u64>,
    },
    Expire,
    Wait {
        days: u64,
    },
}

#[derive(Clone, Debug)]
pub struct Bill {
    pub from: usize,
    pub shop: usize,
    pub amount: u64,
    /// 0 for none.
    pub cashback: u32,
}

pub fn step() -> impl Strategy<Value = Step> {
    let amount = || prop_oneof![1 => 1..50u64, 3 => 50..5_000u64, 2 => 5_000..60_000u64];
    let bill = || {
        (prop_oneof![4 => 0..CITIZENS, 3 => CITIZENS..5], CITIZENS..5, amount(), 0..4u32).prop_map(
            |(from, shop, amount, cashback)| {
                // Not to oneself: to the next shop.
                let shop = if from == shop { CITIZENS + (shop - CITIZENS + 1) % 3 } else { shop };
                Bill { from, shop, amount, cashback }
            },
        )
    };
    let percents = prop::collection::vec(1..100u64, 0..4);
    prop_oneof![
        4 => (0..CITIZENS, amount(), 0..4u32).prop_map(|(to, amount, campaign)| Step::Charge { to, amount, campaign }),
        3 => (0..CITIZENS, amount(), 1..4u32).prop_map(|(to, amount, campaign)| Step::Grant { to, amount, campaign }),
        3 => (0..CITIZENS, amount()).prop_map(|(from, amount)| Step::Send { from, amount }),
        8 => bill().prop_map(Step::Pay),
        8 => (any::<usize>(), 1..=100u64).prop_map(|(which, percent)| Step::Refund { which, percent }),
        4 => (bill(), percents).prop_map(|(bill, percents)| Step::There { bill, percents }),
        1 => Just(Step::Expire),
        1 => (1..40u64).prop_map(|days| Step::Wait { days }),
    ]
}

/// Vouchers for cafe and bakery; points; points that the mall does not take. Each pays cashback, in its own way.
pub fn terms(id: u32) -> CampaignTerms {
    let mut terms = points_terms();
    terms.ceiling = won(1_000_000);
    terms.monthly_cashback_cap = won(3_000);
    (terms.cashback_bps, terms.reuse_bps, terms.reusable) = (500, 900, true);
    match id {
        1 => (terms.categories, terms.cashback_bps) = (vec![code("5814")], 10_000),
        2 => terms.person_cap = won(30_000),
        _ => (terms.large_merchants, terms.reuse_bps, terms.holding_cap) = (false, 3_333, won(20_000)),
    }
    terms
}

/// (lot afterwards, amount, true if added) of the lots of `name`, in order.
pub fn changes(receipt: &Receipt, name: &str) -> Vec<(Lot, u64, bool)> {
    let of = |effect: &Effect| match effect {
        Effect::LotChanged { owner, lot, amount, added } if *owner == bid(name) => {
            Some((*lot, amount.get(), *added))
        }
        _ => None,
    };
    receipt.effects.iter().filter_map(of).collect()
}

/// Of what was drawn, counted from the end: the `amount` after the first `skip`.
pub fn part_of(drawn: &[(u64, u32, u64)], skip: u64, amount: u64) -> Vec<(u64, u32, u64)> {
    let (mut position, end) = (0, skip + amount);
    let mut out = Vec::new();
    for (id, campaign, part) in drawn.iter().rev() {
        let (from, to) = (position.max(skip), (position + part).min(end));
        if from < to {
            out.push((*id, *campaign, to - from));
        }
        position += part;
    }
    out
}
