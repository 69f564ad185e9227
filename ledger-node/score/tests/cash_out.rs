//! A deposit's remainder on its way back: the legal share, whose won, whose subsidy, and what the bank may answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_score::{CampaignId, Effect, Receipt, limits::DAY_MS, record::Role};
use support::*;

/// 60 % must have been used; campaign 1 pays 10 % on a charge. Mina has charged 10,000: 11,000 in all, 6,600 to use.
fn town_with_law() -> Ledger {
    let mut genesis = genesis();
    genesis.coin.cash_out_bps = 6_000;
    let mut town = town_of(&genesis);
    town.campaign(1, voucher_terms());
    town.charge("mina", 10_000, "D1", 1);
    town
}

fn opened(receipt: &Receipt) -> (u64, u64) {
    let Effect::CashOutOpened { won, subsidy, .. } = &receipt.effects[0] else { panic!("{receipt:?}") };
    (won.get(), subsidy.get())
}

fn supply(town: &Ledger, campaign: u32) -> dure_score::record::Supply {
    town.check_books()[&CampaignId(campaign)].supply
}

#[test]
fn an_untouched_purchase_goes_back_whole() {
    let mut town = town_with_law();
    let receipt = town.ok("mina", cash_out("D1", "C-1"));
    assert_eq!(opened(&receipt), (10_000, 1_000));
    assert_eq!(moves(&receipt, "mina"), [(0, 10_000, false), (1, 1_000, false)]);
    assert_eq!(town.balance("mina"), 0);
    assert_eq!(town.check_books()[&CampaignId(1)].payouts, won(1_000));
    let receipt = town.ok("banker", confirm("C-1"));
    assert_eq!(
        receipt.effects[1..],
        [Effect::SubsidyReturned { campaign: CampaignId(1), amount: won(1_000), minted: won(0) }]
    );
    assert_eq!((supply(&town, 0).burned, town.budget(1)), (won(10_000), 10_000_000));
    town.refused("banker", confirm("C-1"), "PAYOUT_DECIDED");
    town.refused("banker", reject("C-1"), "PAYOUT_DECIDED");
    town.refused("mina", cash_out("D1", "C-2"), "DEPOSIT_CASHED_OUT");
}

#[test]
fn a_remainder_after_the_legal_share_is_won_and_bonus_in_proportion() {
    let mut town = town_with_law();
    town.pay("mina", "cafe", "A-1", 5_000);
    let receipt = town.refused("mina", cash_out("D1", "C-1"), "CASH_OUT_TOO_EARLY");
    assert_eq!(inputs(&receipt), [("used", 5_000), ("needed", 6_600), ("short", 1_600)]);
    town.pay("mina", "cafe", "A-2", 1_599);
    let receipt = town.refused("mina", cash_out("D1", "C-1"), "CASH_OUT_TOO_EARLY");
    assert_eq!(inputs(&receipt), [("used", 6_599), ("needed", 6_600), ("short", 1)]);
    town.pay("mina", "cafe", "A-3", 1);
    // 4,400 coin are left, of which the city paid one eleventh.
    assert_eq!(opened(&town.ok("mina", cash_out("D1", "C-1"))), (4_000, 400));
    let receipt = town.ok("banker", confirm("C-1"));
    let returned = Effect::SubsidyReturned { campaign: CampaignId(1), amount: won(400), minted: won(400) };
    assert_eq!(receipt.effects[1], returned);
    assert_eq!((supply(&town, 0).burned, supply(&town, 1).charged), (won(4_400), won(400)));
    assert_eq!(town.budget(1), 10_000_000 - 1_000 + 400);
}

#[test]
fn won_is_never_more_than_the_coin_that_is_left() {
    let mut town = town_with_law();
    town.pay("mina", "mall", "M-1", 6_600); // coin alone: the voucher is no good there
    let receipt = town.ok("mina", cash_out("D1", "C-1")); // 4,400 × 10 ÷ 11 = 4,000, but 3,400 coin are left
    assert_eq!(opened(&receipt), (3_400, 1_000));
    town.ok("banker", confirm("C-1"));
    assert_eq!((supply(&town, 0).burned, supply(&town, 1).charged), (won(3_400), won(0)));
    assert_eq!(town.budget(1), 10_000_000);
    town.charge("jun", 10_000, "D2", 1);
    town.pay("jun", "mall", "M-2", 10_000);
    town.refused("jun", cash_out("D2", "C-2"), "NOTHING_TO_CASH_OUT"); // a bonus alone is nobody's won
    town.pay("jun", "cafe", "A-1", 1_000);
    town.refused("jun", cash_out("D2", "C-2"), "NOTHING_TO_CASH_OUT");
}

#[test]
fn a_refused_payout_puts_everything_back() {
    let mut town = town_with_law();
    town.pay("mina", "cafe", "A-1", 8_000);
    let before = town.lots("mina");
    town.ok("mina", cash_out("D1", "C-1"));
    town.charge("mina", 5_000, "D2", 0);
    town.refused("mina", cash_out("D1", "C-2"), "DEPOSIT_CASHED_OUT");
    let receipt = town.ok("banker", reject("C-1"));
    assert_eq!(moves(&receipt, "mina"), [(0, 3_000, true)]);
    assert_eq!(town.lots("mina")[..1], before);
    town.refused("banker", confirm("C-1"), "PAYOUT_DECIDED");
    town.refused("mina", cash_out("D1", "C-1"), "PAYOUT_EXISTS"); // the bank knows that number
    assert_eq!(opened(&town.ok("mina", cash_out("D1", "C-2"))), (2_727, 273)); // 3,000 × 10 ÷ 11, rounded down
    town.ok("banker", confirm("C-2"));
    assert_eq!(supply(&town, 0).burned, won(3_000));
}

#[test]
fn citizens_and_batches_never_take_each_others_payout_ids() {
    let mut town = town_with_law();
    town.pay("mina", "cafe", "A-1", 8_000);
    town.ok("banker", open_batch("B1", 1, 1));
    town.ok("banker", redeem("B1", "P1", "cafe", 500));
    town.refused("mina", cash_out("D1", "P1"), "PAYOUT_EXISTS");
    town.ok("mina", cash_out("D1", "C-1"));
    town.refused("banker", redeem("B1", "C-1", "cafe", 500), "PAYOUT_EXISTS");
    town.ok("banker", confirm("P1"));
    town.ok("banker", close_batch("B1", 500)); // the cash-out still waits
    town.refused("mina", confirm("C-1"), "NOT_ALLOWED");
    town.refused("banker", confirm("C-9"), "UNKNOWN_PAYOUT");
    town.ok("banker", confirm("C-1"));
}

#[test]
fn only_the_owner_of_a_deposit_and_where_the_law_has_it() {
    let mut town = town_with_law();
    town.refused("mina", cash_out("D9", "C-1"), "UNKNOWN_DEPOSIT");
    town.refused("jun", cash_out("D1", "C-1"), "NOT_ALLOWED");
    town.refused("cafe", cash_out("D1", "C-1"), "NOT_A_CITIZEN");
    town.ok("cafe", issue_certificate("cafe", "till", Role::Terminal));
    town.refused("till", cash_out("D1", "C-1"), "NOT_ALLOWED");
    town.refused("banker", cash_out("D1", "C-1"), "NOT_ALLOWED");
    // Elsewhere: what was used in part stays coin; what was not used may go back.
    let mut other = support::town();
    other.charge("mina", 3, "D1", 0);
    other.charge("mina", 500, "D2", 0);
    other.pay("mina", "mall", "M-1", 1);
    other.refused("mina", cash_out("D1", "C-1"), "CASH_OUT_NOT_ALLOWED");
    assert_eq!(opened(&other.ok("mina", cash_out("D2", "C-1"))), (500, 0));
    assert_eq!(other.ok("banker", confirm("C-1")).effects.len(), 1);
}

#[test]
fn coin_that_was_sent_away_was_used_and_what_expired_is_gone() {
    let mut town = town_with_law();
    town.ok("mina", transfer("jun", 7_000));
    town.refused("jun", cash_out("D1", "C-1"), "NOT_ALLOWED");
    // 3,000 coin and the voucher of 1,000 are left: 4,000 × 10 ÷ 11 = 3,636, but 3,000 coin.
    town.time += 90 * DAY_MS; // now without the voucher: 3,000 × 10 ÷ 11
    assert_eq!(opened(&town.ok("mina", cash_out("D1", "C-1"))), (2_727, 273));
    town.ok("banker", confirm("C-1"));
    assert_eq!(town.money("mina"), [(1, 1_000)]);
    town.charge("jun", 1_000, "D2", 0);
    town.time += (2 * 365 + 100) * DAY_MS;
    town.ok("registrar", issue_certificate("jun", "jun-2", Role::Holder));
    town.time += (2 * 365 + 200) * DAY_MS;
    town.ok("jun-2", cash_out("D2", "C-2"));
    town.ok("banker", reject("C-2"));
    town.time += 65 * DAY_MS;
    town.refused("jun-2", cash_out("D2", "C-3"), "NOTHING_TO_CASH_OUT");
}

#[test]
fn equal_deposits_of_one_block_have_each_their_own_part() {
    let mut town = town_with_law();
    town.charge("jun", 2_000, "D2", 0);
    town.time -= 1; // the next block has the same time
    town.charge("jun", 2_000, "D3", 0);
    assert_eq!(town.money("jun"), [(0, 4_000)]);
    town.pay("jun", "mall", "M-1", 1_500);
    // 2,500 are left in the lot: 2,000 are all of the one deposit, 500 the rest of the other.
    assert_eq!(opened(&town.ok("jun", cash_out("D2", "C-1"))), (2_000, 0));
    assert_eq!(opened(&town.ok("jun", cash_out("D3", "C-2"))), (500, 0));
    assert_eq!(town.balance("jun"), 0);
}

#[test]
fn the_share_to_be_used_is_rounded_up() {
    let mut genesis = genesis();
    genesis.coin.cash_out_bps = 5_000;
    let mut town = town_of(&genesis);
    town.charge("mina", 3, "D1", 0);
    town.pay("mina", "mall", "M-1", 1);
    let receipt = town.refused("mina", cash_out("D1", "C-1"), "CASH_OUT_TOO_EARLY");
    assert_eq!(inputs(&receipt), [("used", 1), ("needed", 2), ("short", 1)]);
    town.pay("mina", "mall", "M-2", 1);
    assert_eq!(opened(&town.ok("mina", cash_out("D1", "C-1"))), (1, 0));
}
