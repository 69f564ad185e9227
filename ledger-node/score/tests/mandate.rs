//! A payer who is offline: the one-time authorisation, and everything that voids it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_score::{
    Amount, Call, CampaignId, ChainId, Effect, OrderId,
    call::{AccountFreeze, TokenPayMandate},
    ids::{Bid, TxId},
    limits::{DAY_MS, MAX_MANDATE_MS},
    mandate::Mandate,
    record::Role,
};
use support::*;

/// The cafe has a till; Mina has 10,000 coin.
fn counter() -> Ledger {
    let mut town = town();
    town.ok("cafe", issue_certificate("cafe", "till", Role::Terminal));
    town.ok("cafe", issue_certificate("cafe", "clerk", Role::Staff));
    town.charge("mina", 10_000, "D1", 0);
    town
}

/// A good mandate of Mina's for one minute, 5,000, any merchant.
fn mandate(town: &Ledger) -> Mandate {
    Mandate {
        chain: chain(),
        certificate: cert("mina"),
        number: town.height,
        cap: won(5_000),
        expires_at: town.time + 60_000,
        merchant: None,
        cashback: None,
    }
}

fn present(mandate: &Mandate, device: &str, order: &str, amount: u64) -> Call {
    let signature = key(device).sign(&mandate.message());
    let (order, amount) = (OrderId::new(order).unwrap(), won(amount));
    Call::TokenPayMandate(TokenPayMandate { mandate: mandate.clone(), signature, order, amount })
}

#[test]
fn the_till_presents_what_the_payer_signed_and_it_pays_once() {
    let mut town = counter();
    town.campaign(2, points_terms());
    let mut mandate = mandate(&town);
    (mandate.merchant, mandate.cashback) = (Some(bid("cafe")), Some(CampaignId(2)));
    let receipt = town.ok("till", present(&mandate, "mina", "A-1", 4_000));
    let used = Effect::MandateUsed { mandate: mandate.id(), payment: receipt.tx };
    assert!(matches!(&receipt.effects[0], Effect::Paid { payer, merchant, payment, .. }
        if (*payer, *merchant, *payment) == (bid("mina"), bid("cafe"), receipt.tx)));
    assert_eq!(receipt.effects[1], used);
    assert_eq!((town.balance("mina"), town.balance("cafe")), (6_200, 4_000));
    let stored = &town.state.0[&dure_score::key::Key::Mandate(&mandate.id()).to_bytes()];
    assert_eq!(minicbor::decode::<TxId>(stored).unwrap(), receipt.tx);
    town.refused("till", present(&mandate, "mina", "A-2", 1), "MANDATE_USED");
    town.refused("cafe", present(&mandate, "mina", "A-1", 4_000), "MANDATE_USED");
    town.ok("clerk", refund(receipt.tx, 4_000));
    assert_eq!((town.balance("mina"), town.balance("cafe")), (10_000, 0));
    town.refused("till", present(&mandate, "mina", "A-3", 1), "MANDATE_USED");
}

#[test]
fn staff_and_owner_present_too_but_nobody_else() {
    let mut town = counter();
    for (n, device) in ["clerk", "cafe", "mall"].into_iter().enumerate() {
        let mandate = mandate(&town);
        town.ok(device, present(&mandate, "mina", &format!("A-{n}"), 1_000));
    }
    let good = mandate(&town);
    for stranger in ["jun", "mina", "banker", "registrar"] {
        town.refused(stranger, present(&good, "mina", "A-9", 1), "NOT_ALLOWED");
    }
    let freeze = AccountFreeze { member: bid("cafe"), reason: code("LOST") };
    town.ok("registrar", Call::AccountFreeze(freeze));
    town.refused("till", present(&good, "mina", "A-9", 1), "MEMBER_NOT_ACTIVE");
}

#[test]
fn what_was_not_signed_by_a_citizens_own_device_is_no_mandate() {
    let mut town = counter();
    let good = mandate(&town);
    town.refused("till", present(&good, "mina", "A-1", 0), "AMOUNT_OUT_OF_RANGE");
    town.refused("till", present(&good, "jun", "A-1", 1), "BAD_MANDATE");
    let changes: [fn(&mut Mandate); 7] = [
        |mandate| mandate.chain = ChainId::new("other-1").unwrap(),
        |mandate| mandate.certificate = cert("jun"),
        |mandate| mandate.number += 1,
        |mandate| mandate.cap = Amount::new(5_001),
        |mandate| mandate.expires_at += 1,
        |mandate| mandate.merchant = Some(Bid::default()),
        |mandate| mandate.cashback = Some(CampaignId(1)),
    ];
    for change in changes {
        let Call::TokenPayMandate(mut call) = present(&good, "mina", "A-1", 1) else { panic!() };
        change(&mut call.mandate);
        town.refused("till", Call::TokenPayMandate(call), "BAD_MANDATE");
    }
    let other_chain = Mandate { chain: ChainId::new("other-1").unwrap(), ..good.clone() };
    town.refused("till", present(&other_chain, "mina", "A-1", 1), "BAD_MANDATE");
    let unknown = Mandate { certificate: cert("stranger"), ..good.clone() };
    town.refused("till", present(&unknown, "stranger", "A-1", 1), "BAD_MANDATE");
    for (device, code) in [("till", "BAD_MANDATE"), ("banker", "BAD_MANDATE"), ("mall", "NOT_A_CITIZEN")] {
        let mandate = Mandate { certificate: cert(device), ..good.clone() };
        town.refused("till", present(&mandate, device, "A-1", 1), code);
    }
    town.ok("till", present(&good, "mina", "A-1", 1));
}

#[test]
fn a_lost_device_or_a_stopped_account_cannot_authorise() {
    let mut town = counter();
    town.ok("registrar", issue_certificate("mina", "mina-2", Role::Holder));
    let lost = Mandate { certificate: cert("mina-2"), ..mandate(&town) };
    town.ok("mina", revoke("mina-2"));
    town.refused("till", present(&lost, "mina-2", "A-1", 1), "REVOKED_CERTIFICATE");
    let stopped = mandate(&town);
    let freeze = AccountFreeze { member: bid("mina"), reason: code("LOST") };
    town.ok("mina", Call::AccountFreeze(freeze));
    town.refused("till", present(&stopped, "mina", "A-1", 1), "MEMBER_NOT_ACTIVE");
    town.time += 2 * 365 * DAY_MS;
    town.ok("registrar", issue_certificate("cafe", "till-2", Role::Terminal));
    town.time += 365 * DAY_MS;
    let old = mandate(&town);
    town.refused("till-2", present(&old, "mina", "A-1", 1), "EXPIRED_CERTIFICATE");
}

#[test]
fn time_shop_and_cap() {
    let mut town = counter();
    let until = |town: &Ledger, ms: u64| Mandate { expires_at: town.time + 1 + ms, ..mandate(town) };
    let void = until(&town, 0);
    town.refused("till", present(&void, "mina", "A-1", 1), "MANDATE_EXPIRED");
    let long = until(&town, MAX_MANDATE_MS + 1);
    town.refused("till", present(&long, "mina", "A-1", 1), "MANDATE_TOO_LONG");
    let elsewhere = Mandate { merchant: Some(bid("mall")), ..mandate(&town) };
    town.refused("till", present(&elsewhere, "mina", "A-1", 1), "MANDATE_NOT_FOR_YOU");
    let good = mandate(&town);
    let receipt = town.refused("till", present(&good, "mina", "A-1", 5_300), "MANDATE_CAP");
    assert_eq!(inputs(&receipt), [("cap", 5_000), ("over", 300)]);
    // A refused presentation uses nothing up: the payer's coin and the mandate are as they were.
    town.ok("till", present(&good, "mina", "A-1", 5_000));
    let last = until(&town, 1);
    town.refused("till", present(&last, "mina", "A-1", 1), "ORDER_PAID");
    let last = until(&town, MAX_MANDATE_MS);
    town.ok("till", present(&last, "mina", "A-2", 5_000));
    let broke = mandate(&town);
    town.refused("till", present(&broke, "mina", "A-3", 1), "INSUFFICIENT_FUNDS");
    let nowhere = Mandate { cashback: Some(CampaignId(9)), ..mandate(&town) };
    town.refused("till", present(&nowhere, "mina", "A-3", 1), "UNKNOWN_CAMPAIGN");
}
