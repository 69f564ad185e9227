//! Mixed payments, caps, cashback, takings used again: with exact numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use std::cell::RefCell;

use dure_score::{
    BlockContext, CampaignId, Effect, Overlay, StateError, StateRead, apply,
    limits::DAY_MS,
    state::{MemoryState, Pair},
};
use support::*;

/// Campaign 1: vouchers for the cafe. Campaign 2: points good everywhere, with cashback.
fn mixed_town() -> Ledger {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.campaign(2, points_terms());
    town
}

fn names(effects: &[Effect]) -> Vec<String> {
    let name = |effect: &Effect| format!("{effect:?}").split([' ', '{']).next().unwrap().to_owned();
    effects.iter().map(name).collect()
}

#[test]
fn one_payment_draws_vouchers_then_points_then_coin_and_earns_cashback() {
    let mut town = mixed_town();
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mayor", grant(2, 1, &[("mina", 2_000)]));
    town.ok("mayor", grant(1, 2, &[("mina", 3_000)]));
    let receipt = town.ok("mina", pay_with_cashback("cafe", "A-1", 9_999, 2));
    // 5 % of 4,999 is 249.95: rounded down.
    let mine = [(1, 3_000, false), (2, 2_000, false), (0, 4_999, false), (2, 249, true)];
    assert_eq!(moves(&receipt, "mina"), mine);
    assert_eq!(moves(&receipt, "cafe"), [(0, 4_999, true), (1, 3_000, true), (2, 2_000, true)]);
    let order = ["Paid", "LotChanged", "LotChanged", "LotChanged", "LotChanged", "LotChanged", "LotChanged"];
    assert_eq!(names(&receipt.effects)[..7], order);
    assert_eq!(names(&receipt.effects)[7..], ["CashbackPaid", "LotChanged", "Balance", "Balance"]);
    assert_eq!(town.money("mina"), [(0, 5_001), (2, 249)]);
    assert_eq!(town.budget(2), 10_000_000 - 2_000 - 249);
}

#[test]
fn kind_comes_before_expiry_and_expiry_before_age() {
    let mut town = town();
    let (mut vouchers, mut soon) = (voucher_terms(), points_terms());
    (vouchers.validity_ms, vouchers.transferable) = (300 * DAY_MS, true);
    (soon.validity_ms, soon.cashback_bps) = (DAY_MS, 0);
    town.campaign(1, vouchers);
    town.campaign(2, soon.clone());
    soon.validity_ms = 2 * DAY_MS;
    town.campaign(3, soon);
    town.charge("mina", 100, "D1", 0);
    town.ok("mayor", grant(3, 1, &[("mina", 100)]));
    town.ok("mayor", grant(2, 2, &[("mina", 100)]));
    town.ok("mayor", grant(1, 3, &[("mina", 100)]));
    town.charge("mina", 50, "D2", 0);
    let receipt = town.ok("mina", transfer("jun", 430));
    let sent = [(1, 100, false), (2, 100, false), (3, 100, false), (0, 100, false), (0, 30, false)];
    assert_eq!(moves(&receipt, "mina"), sent);
    // Closed to large merchants alone is a restriction too; opened to them, the series counts as points.
    let mut small = points_terms();
    small.large_merchants = false;
    town.campaign(4, small.clone());
    town.ok("mayor", grant(2, 4, &[("mina", 10)]));
    town.ok("mayor", grant(4, 5, &[("mina", 10)]));
    assert_eq!(moves(&town.pay("mina", "cafe", "A-1", 10), "mina"), [(4, 10, false)]);
    town.ok("mayor", grant(4, 6, &[("mina", 10)]));
    small.large_merchants = true;
    town.by_quorum(amend(4, small));
    assert_eq!(moves(&town.pay("mina", "cafe", "A-2", 10), "mina"), [(2, 10, false)]);
}

#[test]
fn a_refund_runs_backwards_and_takes_unspent_cashback_from_the_very_lot() {
    let mut town = mixed_town();
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mayor", grant(1, 2, &[("mina", 3_000)]));
    let before = (town.lots("mina"), town.lots("cafe"), town.budget(2));
    let payment = town.ok("mina", pay_with_cashback("cafe", "A-1", 8_001, 2)).tx; // 5,001 coin: 250 back
    let receipt = town.ok("cafe", refund(payment, 1_000)); // 4,001 coin still earn 199.96…
    assert_eq!(moves(&receipt, "mina"), [(0, 1_000, true), (2, 50, false)]);
    assert!(receipt.effects.contains(&Effect::CashbackTakenBack {
        payment,
        campaign: CampaignId(2),
        from: bid("mina"),
        amount: won(50),
        withheld: won(0),
    }));
    let receipt = town.ok("cafe", refund(payment, 5_000));
    assert_eq!(moves(&receipt, "mina"), [(0, 4_001, true), (1, 999, true), (2, 200, false)]);
    town.ok("cafe", refund(payment, 2_001));
    assert_eq!((town.lots("mina"), town.lots("cafe"), town.budget(2)), before);
    // The month's count went back too: the whole 1,000 can be earned again.
    town.charge("mina", 30_000, "D2", 0);
    town.ok("mina", pay_with_cashback("mall", "M-1", 30_000, 2));
    assert_eq!(town.money("mina").last(), Some(&(2, 1_000)));
}

#[test]
fn spent_cashback_is_taken_from_other_points_then_withheld_from_the_coin() {
    let mut town = mixed_town();
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mayor", grant(2, 1, &[("jun", 1_000)]));
    let payment = town.ok("mina", pay_with_cashback("cafe", "A-1", 8_000, 2)).tx;
    assert_eq!(town.money("mina"), [(0, 2_000), (2, 400)]);
    town.ok("mina", transfer("jun", 400));
    town.ok("jun", transfer("mina", 150)); // the older points, as another lot
    assert_eq!(town.money("mina"), [(0, 2_000), (2, 150)]);
    let budget = town.budget(2);
    let receipt = town.ok("cafe", refund(payment, 8_000));
    assert_eq!(moves(&receipt, "mina"), [(0, 8_000, true), (2, 150, false), (0, 250, false)]);
    let taken = Effect::CashbackTakenBack {
        payment,
        campaign: CampaignId(2),
        from: bid("mina"),
        amount: won(400),
        withheld: won(250),
    };
    assert!(receipt.effects.contains(&taken));
    assert!(receipt.effects.contains(&Effect::SubsidyReturned {
        campaign: CampaignId(2),
        amount: won(250),
        minted: won(250)
    }));
    assert_eq!(town.money("mina"), [(0, 9_750)]);
    assert_eq!(town.budget(2), budget + 400);
    let sheets = town.check_books();
    assert_eq!(sheets[&CampaignId::COIN].supply.burned, won(250));
    assert_eq!(sheets[&CampaignId(2)].supply.charged, won(250));
}

#[test]
fn cashback_keeps_month_person_account_and_budget() {
    let mut town = town();
    let mut terms = points_terms();
    (terms.person_cap, terms.holding_cap, terms.ceiling) = (won(1_500), won(1_300), won(1_490));
    terms.transferable = true;
    town.campaign(2, terms);
    town.charge("mina", 200_000, "D1", 0);
    let mut order = 0;
    let mut earned = |town: &mut Ledger, amount: u64| {
        order += 1;
        let receipt = town.ok("mina", pay_with_cashback("mall", &format!("M-{order}"), amount, 2));
        moves(&receipt, "mina").iter().filter(|(.., added)| *added).map(|(_, amount, _)| *amount).sum::<u64>()
    };
    assert_eq!(earned(&mut town, 16_000), 800);
    town.ok("mina", transfer("jun", 800)); // points first: they are gone
    assert_eq!(earned(&mut town, 16_000), 200, "the month");
    assert_eq!(earned(&mut town, 16_000), 0, "the month is used up");
    town.time += 31 * DAY_MS;
    town.ok("mayor", grant(2, 1, &[("jun", 1)]));
    assert_eq!(town.budget(2), 489);
    assert_eq!(earned(&mut town, 19), 0, "less than one won");
    assert_eq!(earned(&mut town, 10_000), 489, "the budget, before the person's 500");
    assert_eq!(town.budget(2), 0);
    assert_eq!(earned(&mut town, 10_000), 0, "no budget left");
}

#[test]
fn cashback_keeps_the_holding_cap_and_the_person_cap() {
    let mut town = town();
    let mut terms = points_terms();
    (terms.person_cap, terms.holding_cap) = (won(500), won(300));
    town.campaign(2, terms);
    town.charge("mina", 100_000, "D1", 0);
    town.ok("mayor", grant(2, 1, &[("mina", 250)]));
    // The 250 points pay first, so the account has room again; the person may still have 250.
    town.ok("mina", pay_with_cashback("mall", "M-1", 4_250, 2));
    assert_eq!(town.money("mina"), [(0, 96_000), (2, 200)]);
    // The points pay once more; what the person may still have is 50.
    town.ok("mina", pay_with_cashback("mall", "M-2", 10_200, 2));
    assert_eq!(town.money("mina"), [(0, 86_000), (2, 50)]);
    let mut terms = points_terms();
    (terms.holding_cap, terms.validity_ms) = (won(300), DAY_MS);
    town.campaign(3, terms);
    town.charge("jun", 50_000, "D2", 0);
    town.ok("jun", pay_with_cashback("mall", "M-3", 10_000, 3)); // 500 earned, room for 300
    assert_eq!(town.money("jun"), [(0, 40_000), (3, 300)]);
    town.time += DAY_MS; // they expire, and count until the bank collects them
    town.ok("jun", pay_with_cashback("mall", "M-4", 10_000, 3));
    assert_eq!(town.money("jun"), [(0, 30_000), (3, 300)]);
    town.ok("banker", expire(&["jun"]));
    town.ok("jun", pay_with_cashback("mall", "M-5", 1_000, 3));
    assert_eq!(town.money("jun"), [(0, 29_000), (3, 50)]);
}

#[test]
fn no_room_no_campaign_no_dates_no_cashback_but_a_payment_all_the_same() {
    let mut town = mixed_town();
    town.refused("mina", pay_with_cashback("cafe", "A-0", 1, 9), "UNKNOWN_CAMPAIGN");
    town.refused("mina", pay_with_cashback("cafe", "A-0", 1, 0), "UNKNOWN_CAMPAIGN");
    for n in 0..64 {
        town.charge("mina", 1_000 + n, &format!("D{n}"), 0);
    }
    let paid = town.ok("mina", pay_with_cashback("cafe", "A-1", 100, 2));
    assert_eq!(moves(&paid, "mina"), [(0, 100, false)]);
    town.ok("mina", pay_with_cashback("cafe", "A-2", 900, 2)); // the lot is used up: there is room
    assert_eq!(town.money("mina").last(), Some(&(2, 45)));
    town.by_quorum(close_campaign(2));
    let paid = town.ok("mina", pay_with_cashback("cafe", "A-3", 2_000, 2));
    assert!(moves(&paid, "mina").iter().all(|(.., added)| !added));
    town.time += 366 * DAY_MS;
    let paid = town.ok("mina", pay_with_cashback("cafe", "A-4", 2_000, 1));
    assert!(moves(&paid, "mina").iter().all(|(.., added)| !added));
}

#[test]
fn accounts_have_room_for_so_much() {
    let mut genesis = genesis();
    genesis.coin.holding_cap = won(50_000);
    let mut town = town_of(&genesis);
    let mut terms = voucher_terms();
    (terms.holding_cap, terms.person_cap, terms.transferable) = (won(3_000), won(4_000), true);
    town.campaign(1, terms);
    town.charge("mina", 40_000, "D1", 1); // a bonus of 4,000 finds room for 3,000
    assert_eq!(town.money("mina"), [(0, 40_000), (1, 3_000)]);
    let receipt = town.refused("banker", charge("mina", 10_001, "D2", 1), "HOLDING_CAP");
    assert_eq!(inputs(&receipt), [("cap", 50_000), ("room", 10_000)]);
    town.refused("banker", charge("mina", 10_001, "D1", 1), "DEPOSIT_USED");
    town.refused("banker", charge("mina", 10_001, "D2", 9), "UNKNOWN_CAMPAIGN");
    town.charge("mina", 10_000, "D2", 0);
    let payment = town.pay("mina", "cafe", "A-1", 5_000).tx;
    town.charge("mina", 2_000, "D3", 1); // the person has had 3,000 of 4,000: 200 more
    assert_eq!(town.money("mina"), [(0, 38_000), (0, 10_000), (0, 2_000), (1, 200)]);
    town.ok("cafe", refund(payment, 5_000)); // over the cap: it was there before
    assert_eq!(town.balance("mina"), 50_000 + 3_200 + 2_000);
    let receipt = town.refused("mayor", grant(1, 1, &[("jun", 500), ("mina", 801)]), "PERSON_CAP");
    assert_eq!(inputs(&receipt), [("cap", 4_000), ("room", 800)]);
    let receipt = town.refused("mayor", grant(1, 1, &[("jun", 1_500), ("jun", 1_501)]), "HOLDING_CAP");
    assert_eq!(inputs(&receipt), [("cap", 3_000), ("room", 1_500)]);
    let receipt = town.refused("mayor", grant(1, 1, &[("mina", 800)]), "HOLDING_CAP");
    assert_eq!(inputs(&receipt), [("cap", 3_000), ("room", 0)]);
    town.ok("mayor", grant(1, 1, &[("jun", 1_000)]));
    let receipt = town.refused("mina", transfer("jun", 2_500), "HOLDING_CAP");
    assert_eq!(inputs(&receipt), [("cap", 3_000), ("room", 2_000)]);
    town.ok("mina", transfer("jun", 2_000));
    town.charge("jun", 49_000, "D4", 0);
    let receipt = town.refused("mina", transfer("jun", 1_200), "HOLDING_CAP");
    assert_eq!(inputs(&receipt), [("cap", 3_000), ("room", 0)]);
    town.pay("jun", "cafe", "A-2", 3_000);
    let receipt = town.refused("mina", transfer("jun", 2_201), "HOLDING_CAP"); // 1,200 vouchers fit, 1,001 coin do not
    assert_eq!(inputs(&receipt), [("cap", 50_000), ("room", 1_000)]);
    town.ok("mina", transfer("jun", 2_200));
}

#[test]
fn a_bonus_counts_the_month_and_what_the_person_has_had() {
    let mut town = town();
    let mut terms = voucher_terms();
    terms.person_cap = won(60_000);
    town.campaign(1, terms);
    town.charge("mina", 450_000, "D1", 1);
    town.charge("mina", 450_000, "D2", 1);
    assert_eq!(town.balance("mina"), 900_000 + 50_000);
    town.time += 31 * DAY_MS;
    town.charge("mina", 450_000, "D3", 1);
    assert_eq!(town.balance("mina"), 1_350_000 + 60_000);
    let receipt = town.refused("mayor", grant(1, 1, &[("mina", 1)]), "PERSON_CAP");
    assert_eq!(inputs(&receipt), [("cap", 60_000), ("room", 0)]);
}

/// Takings of points may be used again, at 2 %; those of vouchers may not.
fn traders() -> Ledger {
    let mut town = town();
    let mut terms = points_terms();
    (terms.reusable, terms.reuse_bps) = (true, 200);
    terms.categories = vec![code("5814"), code("5311")];
    town.campaign(1, voucher_terms());
    town.campaign(2, terms);
    town.merchant("farm", "0700", false);
    town.merchant("bakery", "5814", false);
    town.ok("mayor", grant(2, 1, &[("mina", 20_000)]));
    town.ok("mayor", grant(1, 2, &[("mina", 5_000)]));
    town.charge("mina", 5_000, "D1", 0);
    town
}

#[test]
fn a_merchant_uses_takings_again_where_the_series_allows_it() {
    let mut town = traders();
    town.pay("mina", "cafe", "A-1", 30_000);
    assert_eq!(town.money("cafe"), [(0, 5_000), (1, 5_000), (2, 20_000)]);
    let refusal = town.refused("cafe", pay("bakery", "B-1", 20_001), "NOT_REUSABLE");
    assert_eq!(inputs(&refusal), [("reusable", 20_000), ("short", 1)]);
    town.refused("cafe", pay("farm", "F-1", 1), "NOT_REUSABLE"); // not good at the farm
    town.refused("cafe", pay("bakery", "B-1", 30_001), "INSUFFICIENT_FUNDS");
    town.refused("cafe", pay("cafe", "B-1", 1), "SELF_DEALING");
    town.refused("cafe", pay("jun", "B-1", 1), "NOT_A_MERCHANT");
    town.ok("cafe", issue_certificate("cafe", "till", dure_score::record::Role::Terminal));
    town.refused("till", pay("bakery", "B-1", 1), "NOT_ALLOWED");
    let receipt = town.ok("cafe", pay_with_cashback("bakery", "B-1", 10_000, 2));
    assert_eq!(moves(&receipt, "cafe"), [(2, 10_000, false), (2, 200, true)]);
    assert_eq!(town.money("cafe"), [(0, 5_000), (1, 5_000), (2, 10_200)]); // takings merge
    // The whole series and its cashback: then a refund in parts restores lots and budget exactly.
    let before = (town.lots("cafe"), town.lots("bakery"), town.budget(2));
    let payment = town.ok("cafe", pay_with_cashback("bakery", "B-2", 10_200, 2)).tx;
    assert_eq!(town.money("cafe"), [(0, 5_000), (1, 5_000), (2, 204)]);
    for part in [1, 5_000, 5_199] {
        town.ok("bakery", refund(payment, part));
    }
    assert_eq!((town.lots("cafe"), town.lots("bakery"), town.budget(2)), before);
}

#[test]
fn cashback_that_cannot_be_found_any_more_is_waived() {
    let mut town = traders();
    town.pay("mina", "cafe", "A-1", 30_000);
    let payment = town.ok("cafe", pay_with_cashback("bakery", "B-1", 20_000, 2)).tx; // 400 back
    // A series that the first payment drew nothing of, so that the refund does not bring any of it.
    town.pay("cafe", "mall", "M-0", 400);
    let budget = town.budget(2);
    // 10,000 come back in points: they count as the payer's other lots.
    let receipt = town.ok("bakery", refund(payment, 10_000));
    assert_eq!(moves(&receipt, "cafe"), [(2, 10_000, true), (2, 200, false)]);
    assert_eq!(town.budget(2), budget + 200);
    // Cashback out of another series than the one that paid: gone, and nothing to withhold it from.
    let mut other = points_terms();
    (other.reusable, other.reuse_bps, other.cashback_bps) = (true, 1_000, 0);
    town.campaign(3, other);
    let payment = town.ok("cafe", pay_with_cashback("bakery", "B-2", 5_000, 3)).tx;
    assert_eq!(town.money("cafe").last(), Some(&(3, 500)));
    town.pay("cafe", "mall", "M-1", 4_800 + 480); // 4,800 points of 2, 480 of 3
    assert_eq!(town.money("cafe").last(), Some(&(3, 20)));
    let budget = town.budget(3);
    let receipt = town.ok("bakery", refund(payment, 2_500)); // 250 are due, 20 are there, 230 waived
    assert_eq!(moves(&receipt, "cafe"), [(2, 2_500, true), (3, 20, false)]);
    assert_eq!(town.budget(3), budget + 20);
    town.ok("mayor", grant(3, 9, &[("jun", 1_000)]));
    town.pay("jun", "cafe", "A-9", 1_000); // the cafe has some of it again: the waived part is not asked for
    let receipt = town.ok("bakery", refund(payment, 2_500));
    assert_eq!(moves(&receipt, "cafe"), [(2, 2_500, true), (3, 250, false)]);
}

/// State that remembers what was read of it.
struct Watched<'a> {
    state: &'a MemoryState,
    read: RefCell<Vec<u8>>,
}

impl StateRead for Watched<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.read.borrow_mut().push(key[0]);
        self.state.get(key)
    }
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        self.state.scan(prefix, limit)
    }
}

#[test]
fn a_payment_that_asks_for_no_cashback_reads_nothing_for_it() {
    let mut town = mixed_town();
    town.charge("mina", 10_000, "D1", 1);
    let tx = town.transaction("mina", pay("cafe", "A-1", 5_000)).sign(&key("mina"));
    let watched = Watched { state: &town.state, read: RefCell::default() };
    let block = BlockContext { height: town.height + 1, time_ms: town.time + 1, index: 0 };
    let mut overlay = Overlay::new(&watched);
    assert!(apply(&mut overlay, &tx.verify(&chain()).unwrap(), &block).unwrap().is_applied());
    // Which contract version; certificate, numbers; payer, shop, order; both accounts; the two series held.
    let mut read = watched.read.into_inner();
    read.sort_unstable();
    assert_eq!(String::from_utf8(read).unwrap(), "CHHKKMMOZ");
}
