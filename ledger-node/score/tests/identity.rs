//! Devices that are renewed, accounts that stop, go on and move: each rule and each refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_score::{
    Call, Effect, PublicKey, Refusal,
    call::AccountRebind,
    codec,
    key::Key,
    limits::{CERTIFICATE_LIFE_MS, RENEWAL_WINDOW_MS},
    record::{Certificate, Member, MemberStatus, Role},
};
use support::*;

fn certificate(town: &Ledger, name: &str) -> Certificate {
    codec::decode(&town.state.0[&Key::Certificate(&cert(name)).to_bytes()]).unwrap()
}

/// They stand in the record that a renewal writes anew.
#[test]
fn used_numbers_outlive_a_renewal() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    town.ok("mina", transfer("jun", 1));
    let until = certificate(&town, "mina").expires_at;
    town.time = until - RENEWAL_WINDOW_MS;
    let renewal = town.transaction("mina", renew()).sign(&key("mina"));
    assert!(town.send(renewal.clone()).is_applied());
    assert_eq!(town.send(renewal).refusal().unwrap().code(), "REPLAY");
    assert_eq!(certificate(&town, "mina").window.highest, 2);
}

fn rebinding(call: AccountRebind) -> Call {
    Call::AccountRebind(call)
}

#[test]
fn a_device_is_renewed_near_its_end_and_lives_on() {
    let mut town = town();
    town.ok("cafe", issue_certificate("cafe", "till", Role::Terminal));
    let ends = certificate(&town, "mina").expires_at;
    let early = town.refused("mina", renew(), "RENEWAL_TOO_EARLY");
    let from = ends - RENEWAL_WINDOW_MS;
    assert_eq!(early.refusal(), Some(&Refusal::RenewalTooEarly { from }));
    town.time = from - 2;
    town.refused("mina", renew(), "RENEWAL_TOO_EARLY");
    let receipt = town.ok("mina", renew());
    let expires_at = from + CERTIFICATE_LIFE_MS;
    let renewed = Effect::CertificateRenewed { certificate: cert("mina"), owner: bid("mina"), expires_at };
    assert_eq!(receipt.effects, [renewed]);
    assert_eq!(certificate(&town, "mina").expires_at, expires_at);
    town.refused("mina", renew(), "RENEWAL_TOO_EARLY");
    town.refused("registrar", renew(), "NOT_ALLOWED");
    town.time += CERTIFICATE_LIFE_MS / 20;
    town.ok("till", renew());
    town.ok("cafe", freeze("cafe"));
    town.refused("cafe", renew(), "MEMBER_NOT_ACTIVE");
    town.time = ends + 1_000_000;
    town.charge("mina", 1_000, "D1", 0);
    town.ok("mina", transfer("jun", 1));
    town.refused("jun", renew(), "EXPIRED_CERTIFICATE");
}

#[test]
fn a_lost_phone_stops_at_once_and_goes_on_at_the_counter() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    town.charge("jun", 10_000, "D2", 0);
    let payment = town.pay("mina", "cafe", "A-1", 3_000).tx;
    town.refused("jun", freeze("mina"), "NOT_ALLOWED");
    town.refused("banker", freeze("mina"), "NOT_ALLOWED");
    town.refused("jun", freeze("nobody"), "UNKNOWN_MEMBER");
    town.ok("cafe", issue_certificate("cafe", "till", Role::Terminal));
    town.refused("till", freeze("cafe"), "NOT_ALLOWED");
    let receipt = town.ok("mina", freeze("mina"));
    assert_eq!(receipt.effects, [Effect::AccountFrozen { member: bid("mina"), reason: code("LOST") }]);
    town.refused("registrar", freeze("mina"), "MEMBER_NOT_ACTIVE");
    town.refused("mina", pay("cafe", "A-2", 1), "MEMBER_NOT_ACTIVE");
    town.refused("mina", transfer("jun", 1), "MEMBER_NOT_ACTIVE");
    town.refused("jun", transfer("mina", 1), "MEMBER_NOT_ACTIVE");
    town.refused("banker", charge("mina", 1, "D3", 0), "MEMBER_NOT_ACTIVE");
    town.refused("registrar", issue_certificate("mina", "mina-2", Role::Holder), "MEMBER_NOT_ACTIVE");
    // What was bought can still be given back.
    town.ok("cafe", refund(payment, 1_000));
    assert_eq!(town.balance("mina"), 8_000);
    town.refused("mina", unfreeze("mina"), "NOT_ALLOWED");
    town.refused("banker", unfreeze("mina"), "NOT_ALLOWED");
    town.refused("registrar", unfreeze("nobody"), "UNKNOWN_MEMBER");
    town.refused("registrar", unfreeze("jun"), "MEMBER_NOT_FROZEN");
    let receipt = town.ok("registrar", unfreeze("mina"));
    assert_eq!(receipt.effects, [Effect::AccountUnfrozen { member: bid("mina") }]);
    town.pay("mina", "cafe", "A-3", 1_000);
}

#[test]
fn the_banks_answer_reaches_a_frozen_shop() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    town.pay("mina", "cafe", "A-1", 3_000);
    town.ok("banker", open_batch("B1", 1, 1));
    town.ok("banker", redeem("B1", "P1", "cafe", 2_000));
    town.ok("banker", redeem("B1", "P2", "cafe", 1_000));
    town.ok("registrar", freeze("cafe"));
    town.refused("mina", pay("cafe", "A-2", 1), "MEMBER_NOT_ACTIVE");
    town.ok("banker", confirm("P1"));
    town.ok("banker", reject("P2"));
    assert_eq!(town.balance("cafe"), 1_000);
}

#[test]
fn an_account_moves_to_a_new_phone() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    town.ok("registrar", issue_certificate("mina", "mina-2", Role::Holder));
    town.ok("mina-2", freeze("mina"));
    town.refused("mina", rebinding(rebind("mina", "mina-3")), "NOT_ALLOWED");
    town.refused("registrar", rebinding(rebind("nobody", "mina-3")), "UNKNOWN_MEMBER");
    let weak = AccountRebind { public_key: PublicKey::new([0; 32]), ..rebind("mina", "mina-3") };
    town.refused("registrar", rebinding(weak), "WEAK_KEY");
    let stolen = AccountRebind { member: bid("mina"), ..rebind("jun", "mina-3") };
    town.refused("registrar", rebinding(stolen), "BAD_POSSESSION");
    town.refused("registrar", rebinding(rebind("mina", "mina-2")), "CERTIFICATE_EXISTS");
    let receipt = town.ok("registrar", rebinding(rebind("mina", "mina-3")));
    let (owner, certificate) = (bid("mina"), cert("mina-3"));
    let expires_at = town.time + CERTIFICATE_LIFE_MS;
    assert_eq!(
        receipt.effects,
        [
            Effect::CertificateRevoked { certificate: cert("mina"), owner },
            Effect::CertificateRevoked { certificate: cert("mina-2"), owner },
            Effect::CertificateIssued { certificate, owner, role: Role::Holder, expires_at },
            Effect::AccountRebound { member: owner, certificate },
        ]
    );
    for old in ["mina", "mina-2"] {
        town.refused(old, transfer("jun", 1), "REVOKED_CERTIFICATE");
    }
    town.pay("mina-3", "cafe", "A-1", 10_000);
    // A revoked key never comes back, not even by rebinding.
    town.refused("registrar", rebinding(rebind("mina", "mina")), "CERTIFICATE_EXISTS");
    let key = Key::Member(&bid("mina")).to_bytes();
    let mut member: Member = codec::decode(&town.state.0[&key]).unwrap();
    assert_eq!(member.status, MemberStatus::Active);
    // No call closes a member yet; the record can say it.
    town.twin = None;
    member.status = MemberStatus::Closed;
    town.state.0.insert(key, codec::encode(&member));
    town.refused("registrar", rebinding(rebind("mina", "mina-4")), "MEMBER_NOT_ACTIVE");
    town.refused("registrar", unfreeze("mina"), "MEMBER_NOT_FROZEN");
    town.refused("registrar", freeze("mina"), "MEMBER_NOT_ACTIVE");
}

#[test]
fn a_shops_tills_stay_when_its_owner_moves() {
    let mut town = town();
    town.charge("mina", 10_000, "D1", 0);
    let payment = town.pay("mina", "cafe", "A-1", 5_000).tx;
    for n in 1..64 {
        let role = if n % 2 == 0 { Role::Staff } else { Role::Terminal };
        town.ok("cafe", issue_certificate("cafe", &format!("till-{n}"), role));
    }
    town.ok("registrar", rebinding(rebind("cafe", "cafe-2")));
    town.refused("cafe", refund(payment, 1), "REVOKED_CERTIFICATE");
    town.ok("till-1", refund(payment, 1));
    town.ok("till-2", refund(payment, 1));
    town.ok("cafe-2", refund(payment, 1));
    // Staff and tills alone fill the shop: there is no room for its owner before one of them goes.
    town.ok("registrar", revoke("cafe-2"));
    town.ok("registrar", issue_certificate("cafe", "till-64", Role::Terminal));
    town.refused("registrar", rebinding(rebind("cafe", "cafe-3")), "TOO_MANY_DEVICES");
    town.ok("registrar", revoke("till-64"));
    town.ok("registrar", rebinding(rebind("cafe", "cafe-3")));
}
