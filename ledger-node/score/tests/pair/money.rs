//! Steps of money.

use dure_score::{
    Call, CampaignId, ChainId, TxId,
    call::{TokenCashOut, TokenPay, TokenPayMandate},
    ids::{DepositRef, OrderId, PayoutId},
    mandate::Mandate,
    record::Role,
};

use super::Pair;
use crate::{
    steps::{Flaw, PEOPLE, Step},
    support::*,
};

const TILL: [Role; 3] = [Role::Holder, Role::Staff, Role::Terminal];

/// One of some, if there are any; `stray` now and then.
fn pick<T: Clone>(known: Vec<T>, number: u8, stray: T) -> T {
    if known.is_empty() || number >= 52 { stray } else { known[usize::from(number) % known.len()].clone() }
}

impl Pair {
    pub(super) fn money(&mut self, step: Step) {
        match step {
            Step::Charge { to, amount, deposit, campaign } => {
                let deposit = if deposit < 4 { "D-1".to_owned() } else { self.fresh("D") };
                self.send("banker", charge(PEOPLE[to], amount, &deposit, campaign));
            }
            Step::Flood { to, count } => {
                for n in 0..count {
                    let deposit = self.fresh("D");
                    self.send("banker", charge(PEOPLE[to], 1 + n, &deposit, 0));
                }
            }
            Step::Twins { to, amount, campaign } => {
                // Three equal deposits of one moment: their lots merge, each keeps its own right to be cashed out.
                let tick = std::mem::replace(&mut self.ledger.tick, 0);
                for _ in 0..3 {
                    let deposit = self.fresh("D");
                    self.send("banker", charge(PEOPLE[to], amount, &deposit, campaign));
                }
                self.ledger.tick = tick;
            }
            Step::Grant { by, campaign, number, to } => {
                let by = if by == 0 { self.officer("city", 0) } else { self.funder_of(campaign) };
                let named: Vec<_> = to.iter().map(|(at, amount)| (PEOPLE[*at], *amount)).collect();
                self.send(&by, grant(campaign, number, &named));
            }
            Step::Transfer { from, to, amount } => {
                let amount = self.within(from, amount, amount as u8);
                let from = self.holder(PEOPLE[from]);
                self.send(&from, transfer(PEOPLE[to], amount));
            }
            Step::Pay { from, shop, order, amount, cashback } => {
                let signer = match order {
                    0..4 => self.device(PEOPLE[shop], &TILL, usize::from(order)),
                    _ => self.holder(PEOPLE[from]),
                };
                let amount = self.within(from, amount, order);
                self.pay(&signer, shop, order, amount, cashback);
            }
            Step::Reuse { from, shop, order, amount, cashback } => {
                let signer = self.holder(PEOPLE[from]);
                let held = self
                    .model()
                    .purse(bid(PEOPLE[from]))
                    .sum(|heap| heap.campaign == 2 || heap.campaign == 3);
                let amount = if amount > held && order % 3 > 0 { held.max(1) } else { amount };
                self.pay(&signer, shop, order, amount, cashback);
            }
            Step::Mandate { payer, shop, till, order, amount, flaw, cashback } => {
                self.mandate((payer, shop, till), order, amount, flaw, cashback);
            }
            Step::Refund { bill, by, amount, whole } => self.refund(bill, by, amount, whole),
            Step::CashOut { by, deposit, payout } => self.cash_out(by, deposit, payout),
            Step::Expire { owners } => {
                let names: Vec<_> = owners.iter().map(|at| PEOPLE[*at]).collect();
                self.send("banker", expire(&names));
            }
            _ => self.settle(step),
        }
    }

    /// An officer of the campaign's funder.
    pub(super) fn funder_of(&self, campaign: u32) -> String {
        let funder = self.model().campaigns.get(&campaign).map(|campaign| campaign.terms.funder);
        self.officer(if funder == Some(bid("city")) { "city" } else { "campus" }, 0)
    }

    /// Mostly no more than the payer has.
    fn within(&self, payer: usize, amount: u64, dice: u8) -> u64 {
        let now = self.now();
        let held = self.model().purse(self.id(payer)).sum(|heap| heap.expires > now);
        if amount > held && !dice.is_multiple_of(5) { (amount % (held + 1)).max(1) } else { amount }
    }

    fn order(&mut self, order: u8) -> OrderId {
        let name = if order < 20 { format!("O{order}") } else { self.fresh("O") };
        OrderId::new(&name).unwrap()
    }

    fn pay(&mut self, from: &str, shop: usize, order: u8, amount: u64, cashback: Option<u32>) {
        let (merchant, order) = (self.id(shop), self.order(order));
        let cashback = cashback.map(CampaignId);
        self.send(from, Call::TokenPay(TokenPay { merchant, order, amount: won(amount), cashback }));
    }

    fn mandate(
        &mut self,
        (payer, shop, till): (usize, usize, u8),
        order: u8,
        amount: u64,
        flaw: Flaw,
        cashback: Option<u32>,
    ) {
        let signer = self.device(PEOPLE[shop], &TILL, usize::from(till));
        let amount = self.within(payer, amount, order);
        let order = self.order(order);
        let again = self.mandates.last().cloned().filter(|_| flaw == Flaw::Again);
        let mut call = again.unwrap_or_else(|| self.authorise(payer, shop, amount, flaw, cashback));
        call.order = order;
        call.amount = won(if flaw == Flaw::OverCap { amount + 101 } else { amount });
        if flaw != Flaw::Again {
            self.mandates.push(call.clone());
        }
        self.send(&signer, Call::TokenPayMandate(call));
    }

    fn authorise(
        &mut self,
        payer: usize,
        shop: usize,
        amount: u64,
        flaw: Flaw,
        cashback: Option<u32>,
    ) -> TokenPayMandate {
        let payer = PEOPLE[payer];
        let device = match flaw {
            Flaw::UnknownDevice => "thief".to_owned(),
            Flaw::StaffDevice => "cafe-staff".to_owned(),
            Flaw::OfAShop => self.holder("farm"),
            Flaw::AnyDevice => {
                let of = self.devices.iter().filter(|(owner, _)| owner == payer);
                of.map(|(_, name)| name.clone()).nth(amount as usize % 3).unwrap_or_else(|| payer.to_owned())
            }
            _ => self.holder(payer),
        };
        self.count += 1;
        let now = self.now();
        let mandate = Mandate {
            chain: if flaw == Flaw::OtherChain { ChainId::new("other-1").unwrap() } else { chain() },
            certificate: cert(&device),
            number: self.count.into(),
            cap: won(amount + 100),
            expires_at: match flaw {
                Flaw::Late => now,
                Flaw::TooLong => now + 180_001,
                _ => now + 1 + amount % 180_000,
            },
            merchant: match flaw {
                Flaw::OtherShop => Some(bid("elsewhere")),
                _ => amount.is_multiple_of(2).then(|| bid(PEOPLE[shop])),
            },
            cashback: cashback.map(CampaignId),
        };
        let signer = if flaw == Flaw::Forged { "thief" } else { &device };
        let signature = key(signer).sign(&mandate.message());
        TokenPayMandate { mandate, signature, order: OrderId::new("O").unwrap(), amount: won(amount) }
    }

    /// Mostly a payment that exists, given back by the shop that was paid.
    fn refund(&mut self, bill: u8, by: usize, amount: u64, whole: bool) {
        let bills = self.model().bills.iter();
        let open: Vec<TxId> = bills.filter(|(_, b)| b.back < b.amount).map(|(id, _)| *id).collect();
        let payment = match bill {
            50.. => TxId::new([bill; 32]),
            40..50 => pick(self.model().bills.keys().copied().collect(), bill, TxId::default()),
            _ => pick(open, bill, TxId::default()),
        };
        let known = self.model().bills.get(&payment).cloned();
        let shop = PEOPLE.iter().position(|name| known.as_ref().is_some_and(|b| b.shop == bid(name)));
        let shop = if by == 6 { 4 } else { shop.unwrap_or(by) };
        let left = known.map_or(0, |b| b.amount - b.back);
        let amount = if whole { left } else { amount };
        let signer = self.device(PEOPLE[shop], &TILL, by);
        self.send(&signer, refund(payment, amount));
    }

    /// Mostly a deposit of one's own that has not been cashed out.
    fn cash_out(&mut self, by: usize, deposit: u8, payout: u8) {
        let slips = self.model().slips.iter();
        let open = slips.filter(|(_, slip)| slip.cashed_out.is_none() || deposit < 10);
        let known: Vec<(String, dure_score::Bid)> = open.map(|(id, slip)| (id.clone(), slip.to)).collect();
        let (deposit, to) = pick(known, deposit, ("D-none".to_owned(), bid("mina")));
        let owner = PEOPLE.iter().position(|name| bid(name) == to).unwrap_or(by);
        let signer = match payout {
            0..6 => self.holder(PEOPLE[by]),
            _ => self.holder(PEOPLE[owner]),
        };
        let payout = if payout % 8 == 7 { "P1".to_owned() } else { self.fresh("C") };
        self.send(
            &signer,
            Call::TokenCashOut(TokenCashOut {
                deposit: DepositRef::new(&deposit).unwrap(),
                payout: PayoutId::new(&payout).unwrap(),
            }),
        );
    }

    fn settle(&mut self, step: Step) {
        match step {
            Step::Open { batch, to } => {
                let (name, height) = (format!("B{batch}"), self.ledger.height);
                let (from, to) = match to {
                    0 => (2, 1),
                    1 => (1, height + 1),
                    _ => (1, height),
                };
                self.send("banker", open_batch(&name, from, to));
            }
            Step::Redeem { batch, payout, shop, amount } => {
                let held = self.model().purse(self.id(shop)).sum(|_| true);
                let amount = if amount > held && payout % 4 > 0 { held.max(1) } else { amount };
                let payout = if payout < 8 { format!("P{payout}") } else { self.fresh("P") };
                self.send("banker", redeem(&format!("B{batch}"), &payout, PEOPLE[shop], amount));
            }
            Step::Decide { payout, paid } => {
                // Mostly one that waits.
                let model = self.model();
                let wires = model.wires.iter().filter(|(_, wire)| wire.open || payout < 8);
                let remainders = model.remainders.iter().filter(|(_, rest)| rest.open || payout < 8);
                let known: Vec<String> =
                    wires.map(|(id, _)| id.clone()).chain(remainders.map(|(id, _)| id.clone())).collect();
                let payout = pick(known, payout, "P-none".to_owned());
                self.send("banker", if paid { confirm(&payout) } else { reject(&payout) });
            }
            Step::Close { batch, exact } => {
                let name = format!("B{batch}");
                let redeemed = self.model().folders.get(&name).map_or(0, |folder| folder.redeemed);
                self.send("banker", close_batch(&name, if exact { redeemed } else { redeemed + 1 }));
            }
            _ => unreachable!("a step of another kind"),
        }
    }
}
