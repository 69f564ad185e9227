//! Random mixed payments and refunds. Paid and given back whole, in whatever parts: every lot, budget and total is what
//! it was. Given back in part, with life going on in between: each won returns to the lot that it came from, last
//! drawn first, never more than was drawn; and the cashback goes back with it, also when it was spent meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod bills;
mod support;

use std::collections::BTreeMap;

use bills::*;
use dure_score::{
    CampaignId, Effect, Lot, Receipt, TxId, invariant::Sheet, key::Key, limits::DAY_MS, record::PersonUse,
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use support::*;

/// A payment as its receipts told it.
struct Paid {
    tx: TxId,
    from: usize,
    shop: usize,
    amount: u64,
    /// What was drawn, in order: the lot's number, its series, how much.
    drawn: Vec<(u64, u32, u64)>,
    /// Series, lot's number, amount.
    cashback: Option<(u32, u64, u64)>,
    back: u64,
    /// Cashback that has been taken back or waived.
    settled: u64,
}

struct World {
    ledger: Ledger,
    bills: Vec<Paid>,
    number: u32,
    seen: BTreeMap<&'static str, u32>,
}

/// Everything that a payment and its refund could leave behind.
type Picture = (Vec<Vec<Lot>>, BTreeMap<CampaignId, Sheet>);

impl World {
    fn new() -> Self {
        let mut genesis = genesis();
        genesis.coin.reusable = true;
        let mut ledger = town_of(&genesis);
        ledger.merchant("bakery", "5814", false);
        (1..4).for_each(|id| ledger.campaign(id, terms(id)));
        Self { ledger, bills: Vec::new(), number: 0, seen: BTreeMap::new() }
    }

    fn next(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}{}", self.number)
    }

    fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    /// What can still be given back of a payment.
    fn open(&self, at: usize) -> u64 {
        self.bills[at].amount - self.bills[at].back
    }

    fn picture(&self) -> Picture {
        (PEOPLE.iter().map(|name| self.ledger.lots(name)).collect(), self.ledger.check_books())
    }

    fn had(&self, who: usize, campaign: u32) -> PersonUse {
        let key = Key::PersonUse(&bid(PEOPLE[who]), CampaignId(campaign)).to_bytes();
        self.ledger.state.0.get(&key).map(|bytes| minicbor::decode(bytes).unwrap()).unwrap_or_default()
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Charge { to, amount, campaign } => {
                let deposit = self.next("D");
                self.ledger.call("banker", charge(PEOPLE[to], amount, &deposit, campaign));
            }
            Step::Grant { to, amount, campaign } => {
                self.number += 1;
                let mut call = grant(campaign, 0, &[(PEOPLE[to], amount)]);
                if let dure_score::Call::TokenGrant(grant) = &mut call {
                    grant.grant =
                        dure_score::Hash32::new(dure_score::ids::sha256(&[&self.number.to_be_bytes()]));
                }
                self.ledger.call("mayor", call);
            }
            Step::Send { from, amount } => {
                self.ledger.call(PEOPLE[from], transfer(PEOPLE[1 - from], amount));
            }
            Step::Pay(bill) => {
                self.pay(&bill);
            }
            Step::Refund { which, percent } => {
                // Mostly a payment of which something is left to give back.
                let open: Vec<usize> = (0..self.bills.len()).filter(|at| self.open(*at) > 0).collect();
                let all: Vec<usize> = (0..self.bills.len()).collect();
                let among = if open.is_empty() || percent < 5 { all } else { open };
                if !among.is_empty() {
                    let at = among[which % among.len()];
                    self.refund(at, (self.open(at) * percent / 100).max(1));
                }
            }
            Step::There { bill, percents } => self.there_and_back(&bill, &percents),
            Step::Expire => {
                self.ledger.ok("banker", expire(&PEOPLE));
            }
            Step::Wait { days } => {
                if self.ledger.time < START + 400 * DAY_MS {
                    self.ledger.time += days * DAY_MS;
                }
            }
        }
    }

    fn pay(&mut self, bill: &Bill) -> Option<usize> {
        let order = self.next("O");
        let (from, shop) = (PEOPLE[bill.from], PEOPLE[bill.shop]);
        let call = match bill.cashback {
            0 => pay(shop, &order, bill.amount),
            campaign => pay_with_cashback(shop, &order, bill.amount, campaign),
        };
        let receipt = self.ledger.call(from, call);
        if !receipt.is_applied() {
            self.saw(receipt.refusal().unwrap().code());
            return None;
        }
        let paid = self.read(bill, &receipt);
        if let Some((campaign, _, earned)) = paid.cashback {
            self.saw(if bill.from < CITIZENS { "citizen's cashback" } else { "merchant's cashback" });
            let used = self.had(bill.from, campaign);
            assert!(used.cashback <= won(3_000) && used.received >= won(earned));
        }
        let kinds: std::collections::BTreeSet<u32> = paid.drawn.iter().map(|draw| draw.1).collect();
        if kinds.len() > 2 {
            self.saw("three kinds in one payment");
        }
        self.bills.push(paid);
        Some(self.bills.len() - 1)
    }

    /// What was drawn and earned; in the published order.
    fn read(&self, bill: &Bill, receipt: &Receipt) -> Paid {
        let changed = changes(receipt, PEOPLE[bill.from]);
        let drawn: Vec<_> =
            changed.iter().filter(|(.., added)| !added).map(|(lot, part, _)| (*lot, *part)).collect();
        let class = |lot: &Lot| [9, 0, 1, 0][lot.campaign.0 as usize];
        let rank = |lot: &Lot| (class(lot), lot.expires_at, lot.acquired_at, lot.id);
        assert!(drawn.windows(2).all(|pair| rank(&pair[0].0) < rank(&pair[1].0)), "{drawn:?}");
        assert_eq!(drawn.iter().map(|(_, part)| part).sum::<u64>(), bill.amount);
        let earned = receipt.effects.iter().find_map(|effect| match effect {
            Effect::CashbackPaid { campaign, amount, .. } => Some((campaign.0, amount.get())),
            _ => None,
        });
        let credited = changed.iter().find(|(.., added)| *added);
        let cashback = earned.map(|(campaign, amount)| {
            let (lot, part, _) = credited.unwrap();
            assert_eq!((lot.campaign.0, *part), (campaign, amount));
            (campaign, lot.id, amount)
        });
        let drawn = drawn.iter().map(|(lot, part)| (lot.id, lot.campaign.0, *part)).collect();
        let (from, shop, amount) = (bill.from, bill.shop, bill.amount);
        Paid { tx: receipt.tx, from, shop, amount, drawn, cashback, back: 0, settled: 0 }
    }

    fn there_and_back(&mut self, bill: &Bill, percents: &[u64]) {
        let before = self.picture();
        let had = self.had(bill.from, bill.cashback);
        let Some(at) = self.pay(bill) else { return };
        for percent in percents {
            let open = self.open(at);
            if open > 1 {
                assert!(self.refund(at, (open * percent / 100).max(1)));
            }
        }
        let open = self.open(at);
        if open > 0 {
            assert!(self.refund(at, open));
        }
        assert_eq!(self.picture(), before, "{bill:?} {percents:?}");
        let has = self.had(bill.from, bill.cashback);
        let same_month = PersonUse { month: has.month, charged: has.charged, ..had };
        let expected = if had.month == has.month {
            same_month
        } else {
            PersonUse { month: has.month, received: had.received, ..PersonUse::default() }
        };
        assert_eq!(has, expected);
        self.saw("there and back");
    }

    /// Gives back `amount` and checks every won of it. False if the shop has not got it any more.
    fn refund(&mut self, at: usize, amount: u64) -> bool {
        let Paid { tx, from, shop, .. } = self.bills[at];
        let before = self.picture();
        let receipt = self.ledger.call(PEOPLE[shop], refund(tx, amount));
        let open = self.open(at);
        if !receipt.is_applied() {
            let code = receipt.refusal().unwrap().code();
            assert_eq!(code, if amount > open { "REFUND_TOO_LARGE" } else { "TAKINGS_TOO_LOW" });
            assert_eq!(self.picture(), before);
            self.saw(code);
            return false;
        }
        assert!(amount <= open);
        let old = self.bills[at].back;
        self.bills[at].back += amount;
        let expected = part_of(&self.bills[at].drawn, old, amount);
        let changed = changes(&receipt, PEOPLE[from]);
        let restored: Vec<_> = changed
            .iter()
            .filter(|(.., added)| *added)
            .map(|(lot, part, _)| (lot.id, lot.campaign.0, *part))
            .collect();
        assert_eq!(restored, expected, "back to the lots they came from, last drawn first");
        let taken = self.check_cashback(at, &receipt, &restored, &before);
        let after = self.picture();
        let sum = |lots: &[Lot]| lots.iter().map(|lot| lot.amount.get()).sum::<u64>();
        assert_eq!(sum(&after.0[from]) + taken, sum(&before.0[from]) + amount);
        assert_eq!(sum(&after.0[shop]) + amount, sum(&before.0[shop]));
        true
    }

    /// How much cashback this refund took back, after checking where it came from and where it went.
    fn check_cashback(
        &mut self,
        at: usize,
        receipt: &Receipt,
        restored: &[(u64, u32, u64)],
        before: &Picture,
    ) -> u64 {
        let paid = &self.bills[at];
        let said = receipt.effects.iter().find_map(|effect| match effect {
            Effect::CashbackTakenBack { campaign, amount, withheld, .. } => {
                Some((campaign.0, amount.get(), withheld.get()))
            }
            _ => None,
        });
        let sheets = self.ledger.check_books();
        let (taken, withheld) = said.map_or((0, 0), |(_, amount, withheld)| (amount, withheld));
        for (id, sheet) in &sheets {
            let gained = if paid.cashback.is_some_and(|(campaign, ..)| campaign == id.0) { taken } else { 0 };
            assert_eq!(sheet.budget.get(), before.1[id].budget.get() + gained);
        }
        let burned = |sheet: &BTreeMap<CampaignId, Sheet>| sheet[&CampaignId::COIN].supply.burned.get();
        assert_eq!(burned(&sheets), burned(&before.1) + withheld);
        let Some((campaign, own, earned)) = paid.cashback else {
            assert_eq!(taken, 0);
            return 0;
        };
        let citizen = paid.from < CITIZENS;
        let drawn_coin: u64 = paid.drawn.iter().filter(|draw| draw.1 == 0).map(|draw| draw.2).sum();
        let (whole, left) = match citizen {
            true => (drawn_coin, drawn_coin - drawn_coin.min(paid.back)),
            false => (paid.amount, paid.amount - paid.back),
        };
        let still = u64::try_from(u128::from(earned) * u128::from(left) / u128::from(whole)).unwrap();
        let asked = earned - paid.settled - still;
        let coin_back: u64 = restored.iter().filter(|draw| draw.1 == 0).map(|draw| draw.2).sum();
        assert!(taken <= asked && withheld <= coin_back);
        let lots = self.ledger.lots(PEOPLE[paid.from]);
        let holds = |good: &dyn Fn(&Lot) -> bool| lots.iter().any(good);
        let out: Vec<Lot> = changes(receipt, PEOPLE[paid.from])
            .into_iter()
            .filter(|(lot, _, added)| !added && lot.campaign.0 == campaign)
            .map(|(lot, ..)| lot)
            .collect();
        let others = out.iter().any(|lot| lot.id != own);
        if others {
            assert!(!holds(&|lot| lot.id == own), "its own lot first");
        }
        let coin: Vec<_> = restored.iter().filter(|draw| draw.1 == 0).copied().collect();
        let held_back: Vec<_> = changes(receipt, PEOPLE[paid.from])
            .into_iter()
            .filter(|(lot, _, added)| !added && lot.campaign.0 == 0)
            .map(|(lot, part, _)| (lot.id, 0, part))
            .collect();
        assert_eq!(held_back, part_of(&coin, 0, withheld), "last put back, first withheld");
        if withheld > 0 || taken < asked {
            assert!(!holds(&|lot| lot.campaign.0 == campaign), "every other lot of the series first");
        }
        if taken < asked {
            assert!(!citizen, "the coin that comes back always covers what it had earned");
            assert_eq!(withheld, coin_back);
        }
        self.bills[at].settled += asked;
        for (met, what) in [
            (taken > 0, "taken back"),
            (others, "taken from other lots"),
            (withheld > 0, "withheld"),
            (taken < asked, "waived"),
        ] {
            if met {
                self.saw(what);
            }
        }
        taken
    }
}

#[test]
fn payments_and_refunds_keep_every_won_in_its_lot() {
    let seen = std::cell::RefCell::new(BTreeMap::new());
    let config =
        Config { cases: 300, max_shrink_iters: 2_000, failure_persistence: None, ..Config::default() };
    // A fixed seed: a failure here is a failure everywhere. Other seeds: DURE_SEED.
    let seed = std::env::var("DURE_SEED").unwrap_or_else(|_| "mixed".to_owned());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &dure_score::ids::sha256(&[seed.as_bytes()]));
    TestRunner::new_with_rng(config, rng)
        .run(&prop::collection::vec(step(), 60..160), |steps| {
            let mut world = World::new();
            steps.into_iter().for_each(|step| world.run(step));
            // In the end everything goes back that the shops still have.
            for at in 0..world.bills.len() {
                let open = world.open(at);
                if open > 0 && world.refund(at, open) {
                    world.saw("all back in the end");
                }
            }
            for (what, count) in world.seen {
                *seen.borrow_mut().entry(what).or_insert(0) += count;
            }
            Ok(())
        })
        .unwrap();
    let seen = seen.into_inner();
    for what in [
        "there and back",
        "all back in the end",
        "three kinds in one payment",
        "citizen's cashback",
        "merchant's cashback",
        "taken back",
        "taken from other lots",
        "withheld",
        "waived",
        "NOT_ELIGIBLE_HERE",
        "NOT_REUSABLE",
        "TAKINGS_TOO_LOW",
        "REFUND_TOO_LARGE",
    ] {
        let count = seen.get(what).copied().unwrap_or(0);
        assert!(count >= 5, "{what}: only {count}; {seen:?}");
    }
}
