//! Campaigns that change and end: nothing gets worse for coin that is given out, and what is left goes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_score::{Call, CampaignId, call::*, limits::DAY_MS, record::CampaignTerms};
use support::*;

/// Campaign 1: vouchers for the cafe. Campaign 2: points good everywhere, with cashback.
fn mixed_town() -> Ledger {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.campaign(2, points_terms());
    town
}

/// Proposes, and insists that the approval that completes the quorum is refused with `code`.
fn quorum_refused(town: &mut Ledger, proposed: ProposedCall, code: &str) {
    let proposal = town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed })).tx;
    town.refused("deputy", Call::GovernanceApprove(GovernanceApprove { proposal }), code);
}

#[test]
fn terms_may_only_get_better_for_coin_that_is_given_out() {
    let mut town = mixed_town();
    let mut old = voucher_terms();
    old.regions = vec![code("R1"), code("R2")];
    (old.transferable, old.large_merchants, old.reusable, old.cash_out_bps) = (true, true, true, 6_000);
    town.campaign(3, old.clone());
    let worse: [fn(&mut CampaignTerms); 9] = [
        |terms| terms.categories = vec![code("5812")],
        |terms| terms.regions = vec![code("R1")],
        |terms| terms.regions = vec![code("R1"), code("R3")],
        |terms| terms.merchants = vec![bid("cafe")],
        |terms| terms.large_merchants = false,
        |terms| terms.transferable = false,
        |terms| terms.reusable = false,
        |terms| terms.cash_out_bps = 6_001,
        |terms| (terms.large_merchants, terms.holding_cap) = (false, won(1)),
    ];
    for change in worse {
        let mut terms = old.clone();
        change(&mut terms);
        quorum_refused(&mut town, amend(3, terms), "TERMS_WORSENED");
    }
    let bad: [fn(&mut CampaignTerms); 9] = [
        |terms| terms.funder = bid("bank"),
        |terms| terms.ceiling = won(9_999_999),
        |terms| terms.ends_at = terms.starts_at,
        |terms| (terms.cashback_bps, terms.monthly_cashback_cap) = (1, won(0)),
        |terms| (terms.reuse_bps, terms.monthly_cashback_cap) = (1, won(0)),
        |terms| (terms.cashback_bps, terms.monthly_cashback_cap) = (10_001, won(1)),
        |terms| (terms.reuse_bps, terms.monthly_cashback_cap) = (10_001, won(1)),
        |terms| terms.holding_cap = won(1_000_000_000_001),
        |terms| terms.person_cap = won(1_000_000_000_001),
    ];
    for change in bad {
        let mut terms = old.clone();
        change(&mut terms);
        quorum_refused(&mut town, amend(3, terms), "BAD_TERMS");
    }
    let mut better = old.clone();
    better.categories.clear();
    better.regions.push(code("R3"));
    (better.holding_cap, better.validity_ms, better.cash_out_bps) = (won(1), DAY_MS, 5_999);
    quorum_refused(&mut town, amend(9, better.clone()), "UNKNOWN_CAMPAIGN");
    quorum_refused(&mut town, amend(0, coin_terms()), "NOT_ALLOWED"); // the bank's
    town.by_quorum(amend(3, better.clone()));
    let read = |town: &Ledger, key: dure_score::key::Key| town.state.0[&key.to_bytes()].clone();
    let stored: CampaignTerms =
        minicbor::decode(&read(&town, dure_score::key::Key::Terms(CampaignId(3), 1))).unwrap();
    assert_eq!(stored, old);
    let now: dure_score::record::Campaign =
        minicbor::decode(&read(&town, dure_score::key::Key::Campaign(CampaignId(3)))).unwrap();
    assert_eq!((now.terms, now.version), (better, 2));
    quorum_refused(&mut town, amend(3, old), "TERMS_WORSENED");
    // Direct: only where one officer is enough.
    let call = CampaignAmend { campaign: CampaignId(1), terms: voucher_terms() };
    town.refused("mayor", Call::CampaignAmend(call), "QUORUM_REQUIRED");
    town.refused("mayor", Call::CampaignClose(CampaignClose { campaign: CampaignId(1) }), "QUORUM_REQUIRED");
    town.refused("banker", Call::CampaignClose(CampaignClose { campaign: CampaignId(1) }), "NOT_ALLOWED");
}

#[test]
fn the_coins_own_terms_are_amended_by_whose_they_are() {
    let mut genesis = genesis();
    genesis.coin.funder = bid("city");
    let mut town = town_of(&genesis);
    let mut terms = coin_terms();
    (terms.funder, terms.cash_out_bps) = (bid("city"), 6_000);
    town.by_quorum(amend(0, terms.clone()));
    terms.transferable = false;
    quorum_refused(&mut town, amend(0, terms), "TERMS_WORSENED");
    quorum_refused(&mut town, close_campaign(0), "NOT_ALLOWED");
}

#[test]
fn a_closed_campaign_gives_nothing_and_returns_what_comes_back() {
    let mut town = mixed_town();
    quorum_refused(&mut town, close_campaign(9), "UNKNOWN_CAMPAIGN");
    town.ok("mayor", grant(1, 1, &[("mina", 5_000), ("jun", 1_000)]));
    town.by_quorum(close_campaign(1));
    let sheet = town.check_books()[&CampaignId(1)];
    assert_eq!((sheet.budget, sheet.supply.returned), (won(0), won(9_994_000)));
    quorum_refused(&mut town, close_campaign(1), "CAMPAIGN_CLOSED");
    town.refused("mayor", grant(1, 2, &[("mina", 1)]), "CAMPAIGN_NOT_RUNNING");
    let issue = ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(1) });
    quorum_refused(&mut town, issue, "CAMPAIGN_CLOSED");
    quorum_refused(&mut town, amend(1, voucher_terms()), "CAMPAIGN_CLOSED");
    town.charge("jun", 10_000, "D1", 1);
    assert_eq!(town.money("jun"), [(1, 1_000), (0, 10_000)]); // no bonus
    town.pay("mina", "cafe", "A-1", 4_000); // what is given out stays good
    town.time += 90 * DAY_MS;
    town.ok("banker", expire(&["mina", "jun"]));
    assert_eq!(town.budget(1), 2_000);
    town.by_quorum(close_campaign(1));
    assert_eq!(town.check_books()[&CampaignId(1)].supply.returned, won(9_996_000));
}
