//! Each call as a story: what it changes, what it refuses, in the words of the domain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_score::{
    Call, CampaignId, Effect, Overlay,
    call::*,
    dry_run,
    ids::TxId,
    limits::DAY_MS,
    record::{MemberClass, Role},
    signature::PublicKey,
};
use support::*;

#[test]
fn a_coin_lives_its_whole_life() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 50_000, "D1", 1);
    assert_eq!(town.balance("mina"), 55_000);
    let payment = town.pay("mina", "cafe", "A-1", 7_000).tx;
    assert_eq!(town.lots("mina").iter().map(|lot| lot.amount.get()).collect::<Vec<_>>(), [48_000]);
    town.ok("mina", transfer("jun", 10_000));
    town.ok("cafe", refund(payment, 3_000));
    assert_eq!((town.balance("mina"), town.balance("jun"), town.balance("cafe")), (41_000, 10_000, 4_000));
    let height = town.height;
    town.ok("banker", open_batch("B1", 1, height));
    town.ok("banker", redeem("B1", "P1", "cafe", 4_000));
    assert_eq!(town.balance("cafe"), 0);
    town.refused("banker", close_batch("B1", 4_000), "BATCH_UNBALANCED");
    town.ok("banker", reject("P1"));
    assert_eq!(town.balance("cafe"), 4_000);
    town.ok("banker", redeem("B1", "P2", "cafe", 4_000));
    town.ok("banker", confirm("P2"));
    town.refused("banker", close_batch("B1", 4_000), "BATCH_UNBALANCED");
    town.ok("banker", close_batch("B1", 8_000));
    let sheets = town.check_books();
    let existing: u64 = sheets.values().map(|sheet| sheet.supply.existing().unwrap().get()).sum();
    assert_eq!(existing, 50_000 + 10_000_000 - 4_000);
}

#[test]
fn vouchers_are_spent_first_and_only_where_they_count() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mayor", grant(1, 1, &[("mina", 5_000)]));
    // At the mall the voucher does not count: 12,000 is more than the coin, though not more than everything.
    town.refused("mina", pay("mall", "M-1", 12_000), "NOT_ELIGIBLE_HERE");
    town.refused("mina", pay("cafe", "A-1", 16_000), "INSUFFICIENT_FUNDS");
    let receipt = town.pay("mina", "cafe", "A-2", 6_000);
    let drawn: Vec<_> = receipt
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::LotChanged { owner, lot, amount, added: false } if *owner == bid("mina") => {
                Some((lot.campaign.0, amount.get()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(drawn, [(1, 5_000), (0, 1_000)]);
}

#[test]
fn a_full_refund_restores_every_lot_exactly() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 10_000, "D1", 1);
    town.ok("mayor", grant(1, 1, &[("mina", 5_000)]));
    let before = town.lots("mina");
    let payment = town.pay("mina", "cafe", "A-1", 15_500).tx;
    town.ok("cafe", refund(payment, 500));
    town.ok("cafe", refund(payment, 9_999));
    town.refused("cafe", refund(payment, 5_002), "REFUND_TOO_LARGE");
    town.ok("cafe", refund(payment, 5_001));
    assert_eq!(town.lots("mina"), before);
    assert_eq!(town.balance("cafe"), 0);
    town.refused("cafe", refund(payment, 1), "REFUND_TOO_LARGE");
}

#[test]
fn nothing_happens_twice() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 10_000, "D1", 0);
    town.refused("banker", charge("mina", 10_000, "D1", 0), "DEPOSIT_USED");
    town.ok("mayor", grant(1, 1, &[("mina", 1_000)]));
    town.refused("mayor", grant(1, 1, &[("mina", 1_000)]), "GRANT_USED");
    town.pay("mina", "cafe", "A-1", 1_000);
    town.refused("mina", pay("cafe", "A-1", 1_000), "ORDER_PAID");
    let tx = town.transaction("mina", pay("cafe", "A-2", 1_000)).sign(&key("mina"));
    assert!(town.send(tx.clone()).is_applied());
    let before = town.state.clone();
    assert_eq!(town.send(tx).refusal().unwrap().code(), "REPLAY");
    assert_eq!(town.state, before);
}

#[test]
fn a_refused_transaction_stays_refused_when_circumstances_change() {
    let mut town = town();
    let tx = town.transaction("mina", pay("cafe", "A-1", 1_000)).sign(&key("mina"));
    assert_eq!(town.send(tx.clone()).refusal().unwrap().code(), "INSUFFICIENT_FUNDS");
    town.charge("mina", 10_000, "D1", 0);
    assert_eq!(town.send(tx).refusal().unwrap().code(), "REPLAY");
}

#[test]
fn only_those_who_may() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    let payment = town.pay("mina", "cafe", "A-1", 1_000).tx;
    for (signer, call) in [
        ("mina", charge("mina", 1, "D2", 0)),
        ("mayor", charge("mina", 1, "D2", 0)),
        ("banker", grant(1, 1, &[("mina", 1)])),
        ("banker", pay("cafe", "A-2", 1)),
        ("mina", refund(payment, 1)),
        ("mall", refund(payment, 1)),
        ("banker", refund(payment, 1)),
        ("jun", revoke("mina")),
        ("registrar", revoke("banker")),
        ("mina", issue_certificate("mina", "mina-2", Role::Holder)),
        ("mina", expire(&["mina"])),
        ("mina", open_batch("B", 0, 0)),
    ] {
        town.refused(signer, call, "NOT_ALLOWED");
    }
    town.refused("cafe", pay("mall", "A-3", 1), "NOT_REUSABLE");
    town.refused("cafe", transfer("mina", 1), "NOT_A_CITIZEN");
    town.refused("mina", pay("jun", "A-3", 1), "NOT_A_MERCHANT");
    town.refused("mina", transfer("cafe", 1), "NOT_A_CITIZEN");
    town.refused("mina", transfer("mina", 1), "SELF_DEALING");
    town.refused("mina", transfer("nobody", 1), "UNKNOWN_MEMBER");
    town.refused("mina", transfer("jun", 0), "AMOUNT_OUT_OF_RANGE");
}

#[test]
fn devices_are_certified_with_proof_and_within_the_limit() {
    let mut town = town();
    let mut stolen = issue_certificate("jun", "thief", Role::Holder);
    if let Call::CertificateIssue(call) = &mut stolen {
        call.owner = bid("mina");
    }
    town.refused("registrar", stolen, "BAD_POSSESSION");
    let mut weak = issue_certificate("mina", "x", Role::Holder);
    if let Call::CertificateIssue(call) = &mut weak {
        call.public_key = PublicKey::new([0; 32]);
    }
    town.refused("registrar", weak, "WEAK_KEY");
    town.refused("registrar", issue_certificate("mina", "mina", Role::Holder), "CERTIFICATE_EXISTS");
    town.refused("registrar", issue_certificate("mina", "x", Role::Staff), "ROLE_MISMATCH");
    for n in 2..=5 {
        town.ok("registrar", issue_certificate("mina", &format!("mina-{n}"), Role::Holder));
    }
    town.refused("registrar", issue_certificate("mina", "mina-6", Role::Holder), "TOO_MANY_DEVICES");
    town.ok("mina", revoke("mina-5"));
    town.refused("mina-5", transfer("jun", 1), "REVOKED_CERTIFICATE");
    town.refused("mina", revoke("mina-5"), "REVOKED_CERTIFICATE");
    town.ok("registrar", issue_certificate("mina", "mina-6", Role::Holder));
    // The shop's owner certifies the shop's own till, and the till refunds.
    town.ok("cafe", issue_certificate("cafe", "till", Role::Terminal));
    town.charge("jun", 5_000, "D1", 0);
    let payment = town.pay("jun", "cafe", "A-1", 5_000).tx;
    town.ok("till", refund(payment, 5_000));
}

#[test]
fn governance_needs_two_different_officers() {
    let mut town = town();
    let open = CampaignOpen { campaign: CampaignId(1), terms: voucher_terms() };
    town.refused("mayor", Call::CampaignOpen(open.clone()), "QUORUM_REQUIRED");
    let proposed = ProposedCall::CampaignOpen(open);
    let proposal =
        town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed: proposed.clone() })).tx;
    let approve = |proposal: TxId| Call::GovernanceApprove(GovernanceApprove { proposal });
    town.refused("mayor", approve(proposal), "ALREADY_APPROVED");
    town.refused("banker", approve(proposal), "NOT_ALLOWED");
    town.refused("deputy", approve(TxId::default()), "UNKNOWN_PROPOSAL");
    town.ok("deputy", approve(proposal));
    town.refused("deputy", approve(proposal), "PROPOSAL_CLOSED");
    let again = town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed })).tx;
    town.refused("deputy", approve(again), "CAMPAIGN_EXISTS");
    let late = ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(1) });
    let late = town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed: late })).tx;
    town.time += 15 * DAY_MS;
    town.refused("deputy", approve(late), "PROPOSAL_CLOSED");
    let too_much = ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(10_000_001) });
    let too_much = town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed: too_much })).tx;
    town.refused("deputy", approve(too_much), "BUDGET_EXCEEDED");
}

#[test]
fn a_bonus_keeps_the_monthly_cap_and_the_budget() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 400_000, "D1", 1);
    town.charge("mina", 400_000, "D2", 1);
    assert_eq!(town.balance("mina"), 800_000 + 50_000);
    town.time += 31 * DAY_MS;
    town.charge("mina", 100_000, "D3", 1);
    assert_eq!(town.balance("mina"), 900_000 + 60_000);
    // The budget runs dry: the charge still succeeds, the bonus is what remains.
    let left = 10_000_000 - 60_000;
    let items: Vec<_> = (0..99).map(|_| ("jun", left / 99)).collect();
    town.ok("mayor", grant(1, 7, &items));
    let rest = left - left / 99 * 99;
    town.charge("jun", 100_000, "D4", 1);
    assert_eq!(town.balance("jun"), left / 99 * 99 + 100_000 + rest);
    town.refused("mayor", grant(1, 8, &[("mina", 1)]), "BUDGET_EXCEEDED");
}

#[test]
fn expired_vouchers_return_to_their_budget_and_expired_coin_leaves() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mayor", grant(1, 1, &[("mina", 5_000)]));
    town.time += 90 * DAY_MS;
    town.refused("mina", pay("cafe", "A-1", 10_001), "INSUFFICIENT_FUNDS");
    town.ok("banker", expire(&["mina", "jun"]));
    let sheets = town.check_books();
    assert_eq!(sheets[&CampaignId(1)].budget, won(10_000_000));
    assert_eq!(town.balance("mina"), 10_000);
    town.time += 3 * 365 * DAY_MS;
    town.refused("mina", transfer("jun", 1), "EXPIRED_CERTIFICATE");
    town.time += 2 * 365 * DAY_MS;
    town.ok("banker", expire(&["mina"]));
    assert_eq!(town.check_books()[&CampaignId::COIN].supply.expired, won(10_000));
    town.refused("banker", expire(&[]), "BAD_BATCH");
}

#[test]
fn vouchers_that_may_not_be_sent_stay() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.charge("mina", 1_000, "D1", 0);
    town.ok("mayor", grant(1, 1, &[("mina", 5_000)]));
    town.refused("mina", transfer("jun", 1_001), "NOT_TRANSFERABLE");
    town.ok("mina", transfer("jun", 1_000));
    let lots = town.lots("jun");
    assert_eq!((lots[0].price_paid, lots[0].face), (won(1_000), won(1_000)));
}

#[test]
fn limits_of_time_and_number() {
    let mut town = town();
    let mut tx = town.transaction("mina", transfer("jun", 1));
    tx.valid_until = town.time;
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "EXPIRED");
    tx.valid_until = town.time + 11 * 60_000;
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "VALID_TOO_LONG");
    tx.valid_until = town.time + 60_000;
    tx.nonce = 0;
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "NONCE_OUT_OF_RANGE");
    tx.nonce = 500;
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "INSUFFICIENT_FUNDS");
    tx.nonce = 372;
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "NONCE_TOO_OLD");
    tx.nonce = 373;
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "INSUFFICIENT_FUNDS");
    tx.chain = dure_score::ChainId::new("other").unwrap();
    assert_eq!(town.send(tx.clone().sign(&key("mina"))).refusal().unwrap().code(), "WRONG_CHAIN");
    tx.chain = chain();
    assert_eq!(town.send(tx.clone().sign(&key("jun"))).refusal().unwrap().code(), "BAD_SIGNATURE");
    tx.signer = cert("stranger");
    assert_eq!(town.send(tx.sign(&key("stranger"))).refusal().unwrap().code(), "UNKNOWN_CERTIFICATE");
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    let tx = town.transaction("mina", pay("cafe", "A-1", 4_000));
    let block = dure_score::BlockContext { height: town.height + 1, time_ms: town.time + 1, index: 0 };
    let mut overlay = Overlay::new(&town.state);
    let preview = dry_run(&mut overlay, &tx, &block).unwrap();
    assert!(overlay.into_changes().is_empty());
    let receipt = town.send(tx.sign(&key("mina")));
    assert_eq!(preview.effects.len(), receipt.effects.len());
    assert_eq!(preview.effects.last(), receipt.effects.last());
}

#[test]
fn remaining_refusals_are_reached() {
    let mut town = town();
    town.campaign(1, voucher_terms());
    town.refused(
        "registrar",
        Call::MemberRegister(MemberRegister { bid: bid("mina"), class: MemberClass::Citizen }),
        "MEMBER_EXISTS",
    );
    town.refused("banker", charge("mina", 1, "D9", 9), "UNKNOWN_CAMPAIGN");
    town.refused("cafe", refund(TxId::default(), 1), "UNKNOWN_PAYMENT");
    town.refused("banker", redeem("B9", "P9", "cafe", 1), "UNKNOWN_BATCH");
    town.refused("banker", confirm("P9"), "UNKNOWN_PAYOUT");
    town.ok("banker", open_batch("B1", 1, 1));
    town.refused("banker", open_batch("B1", 1, 1), "BATCH_EXISTS");
    town.refused("banker", open_batch("B2", 2, 1), "BAD_BATCH");
    town.refused("banker", redeem("B1", "P1", "cafe", 1), "TAKINGS_TOO_LOW");
    town.charge("mina", 1_000, "D1", 0);
    let payment = town.pay("mina", "cafe", "A-1", 1_000).tx;
    town.ok("banker", redeem("B1", "P1", "cafe", 600));
    town.refused("banker", redeem("B1", "P1", "cafe", 1), "PAYOUT_EXISTS");
    town.refused("cafe", refund(payment, 500), "TAKINGS_TOO_LOW");
    town.ok("banker", confirm("P1"));
    town.refused("banker", reject("P1"), "PAYOUT_DECIDED");
    town.ok("banker", close_batch("B1", 600));
    town.refused("banker", redeem("B1", "P2", "cafe", 1), "BATCH_CLOSED");
    let mut bad = voucher_terms();
    bad.ends_at = bad.starts_at;
    let open = ProposedCall::CampaignOpen(CampaignOpen { campaign: CampaignId(2), terms: bad });
    let proposal = town.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed: open })).tx;
    town.refused("deputy", Call::GovernanceApprove(GovernanceApprove { proposal }), "BAD_TERMS");
    town.time += 400 * DAY_MS;
    town.refused("mayor", grant(1, 3, &[("mina", 1)]), "CAMPAIGN_NOT_RUNNING");
}

#[test]
fn an_account_holds_a_bounded_number_of_lots() {
    let mut town = town();
    for n in 0..64 {
        town.charge("mina", 1 + n, &format!("D{n}"), 0);
    }
    town.refused("banker", charge("mina", 1, "D-next", 0), "TOO_MANY_LOTS");
    town.pay("mina", "cafe", "A-1", 1);
    town.charge("mina", 1, "D-next", 0);
}

#[test]
fn proposals_are_bounded() {
    let mut town = town();
    let proposed = ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(1), amount: won(1) });
    let propose = Call::GovernancePropose(GovernancePropose { proposed });
    for _ in 0..256 {
        town.ok("mayor", propose.clone());
    }
    town.refused("mayor", propose, "TOO_MANY_PROPOSALS");
}

#[test]
fn codes_are_unique_and_sentences_are_in_both_languages() {
    use dure_score::{Lang, Refusal};
    let all = Refusal::all();
    let mut codes: Vec<_> = all.iter().map(Refusal::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all.len());
    for refusal in all {
        assert!(refusal.sentence(Lang::En).ends_with('.'), "{}", refusal.code());
        assert!(refusal.sentence(Lang::Ko).chars().any(|c| ('가'..='힣').contains(&c)), "{}", refusal.code());
    }
}
