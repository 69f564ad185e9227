//! What nobody may use up, lock or overrun: accounts, lots, proposals, terms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_score::{Call, CampaignId, Effect, call::*, limits::DAY_MS};
use support::*;

#[test]
fn a_frozen_account_neither_spends_nor_receives() {
    let mut town = town();
    town.charge("mina", 1_000, "D1", 0);
    town.ok("registrar", freeze("mina"));
    town.refused("mina", pay("cafe", "A-1", 1), "MEMBER_NOT_ACTIVE");
    town.refused("jun", transfer("mina", 1), "MEMBER_NOT_ACTIVE");
    town.refused("banker", charge("mina", 1, "D2", 0), "MEMBER_NOT_ACTIVE");
}

#[test]
fn dust_cannot_lock_an_account_against_its_own_deposits() {
    let mut town = town();
    for n in 0..40 {
        town.charge("jun", 1 + n, &format!("D{n}"), 0);
    }
    town.ok("jun", transfer("mina", (1..=32).sum()));
    assert_eq!(town.lots("mina").len(), 32);
    town.refused("jun", transfer("mina", 1), "TOO_MANY_LOTS");
    town.charge("mina", 1_000, "D-own", 0);
}

#[test]
fn lapsed_and_failed_proposals_do_not_use_up_governance() {
    let mut town = town();
    let proposed = ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(9), amount: won(1) });
    let propose = Call::GovernancePropose(GovernancePropose { proposed });
    for _ in 0..256 {
        let proposal = town.ok("mayor", propose.clone()).tx;
        town.refused("deputy", Call::GovernanceApprove(GovernanceApprove { proposal }), "UNKNOWN_CAMPAIGN");
    }
    town.refused("mayor", propose.clone(), "TOO_MANY_PROPOSALS");
    town.time += 15 * DAY_MS;
    town.ok("mayor", propose);
}

#[test]
fn a_refund_out_of_several_takings_names_each_lot() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    town.pay("mina", "cafe", "A-1", 3_000);
    town.ok("banker", open_batch("B1", 1, 1));
    town.ok("banker", redeem("B1", "P1", "cafe", 3_000));
    let payment = town.pay("mina", "cafe", "A-2", 4_000).tx;
    town.ok("banker", reject("P1"));
    assert_eq!(town.lots("cafe").len(), 2);
    let receipt = town.ok("cafe", refund(payment, 4_000));
    let taken: Vec<_> = receipt
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::LotChanged { owner, lot, amount, added: false } if *owner == bid("cafe") => {
                Some((lot.id, lot.amount.get(), amount.get()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(taken, [(0, 0, 3_000), (1, 3_000, 1_000)]);
}

#[test]
fn terms_that_no_database_could_hold_are_refused() {
    let mut town = town();
    let mut changes: Vec<dure_score::record::CampaignTerms> = vec![voucher_terms(); 3];
    changes[0].monthly_charge_cap = won(u64::MAX);
    changes[1].validity_ms = u64::MAX;
    changes[2].ends_at = u64::MAX;
    for terms in changes {
        let proposed = ProposedCall::CampaignOpen(CampaignOpen { campaign: CampaignId(1), terms });
        let proposal = town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed })).tx;
        town.refused("deputy", Call::GovernanceApprove(GovernanceApprove { proposal }), "BAD_TERMS");
    }
}

/// Rejected payouts leave a shop with several lots of one series; each costs nobody anything, but their number is bounded.
#[test]
fn takings_in_many_pieces_take_no_other_series() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mayor", grant(1, 1, &[("jun", 100)]));
    town.ok("banker", open_batch("B1", 1, 1));
    for n in 0..64 {
        town.pay("mina", "cafe", &format!("A-{n}"), 10);
        town.ok("banker", redeem("B1", &format!("P-{n}"), "cafe", 10));
    }
    (0..64).for_each(|n| {
        town.ok("banker", reject(&format!("P-{n}")));
    });
    assert_eq!(town.lots("cafe").len(), 64);
    town.refused("jun", pay("cafe", "V-1", 10), "TOO_MANY_LOTS");
    let mandate = sign_mandate(&town, "jun", "cafe", 10);
    town.refused("cafe", mandate, "TOO_MANY_LOTS");
    // Coin still finds its lot, and a settled lot makes room.
    town.pay("mina", "cafe", "A-more", 10);
    town.ok("banker", redeem("B1", "P-more", "cafe", 20));
    town.pay("jun", "cafe", "V-2", 10);
}

fn sign_mandate(town: &Ledger, payer: &str, shop: &str, amount: u64) -> Call {
    let mandate = dure_score::mandate::Mandate {
        chain: chain(),
        certificate: cert(payer),
        number: 1,
        cap: won(amount),
        expires_at: town.time + 60_000,
        merchant: Some(bid(shop)),
        cashback: None,
    };
    let signature = key(payer).sign(&mandate.message());
    let order = dure_score::OrderId::new("M-1").unwrap();
    Call::TokenPayMandate(TokenPayMandate { mandate, signature, order, amount: won(amount) })
}
