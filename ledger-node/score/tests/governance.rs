//! What institutions decide by quorum: officers' keys, contract versions, validators.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use dure_chain::epoch::epoch_of;
use dure_score::{
    Call, Effect, PublicKey, Refusal,
    call::*,
    ids::Hash32,
    limits::{MAX_VALIDATORS, MAX_VERSIONS},
    record::{Role, ValidatorSet},
};
use support::*;

fn officer(owner: &str, device: &str, role: Role) -> ProposedCall {
    match issue_certificate(owner, device, role) {
        Call::CertificateIssue(call) => ProposedCall::CertificateIssue(call),
        other => panic!("{other:?}"),
    }
}
fn end_officer(device: &str) -> ProposedCall {
    ProposedCall::CertificateRevoke(CertificateRevoke { certificate: cert(device) })
}

/// Proposed by op1, approved by op2.
fn decide(town: &mut Ledger, proposed: ProposedCall) -> dure_score::Receipt {
    let proposal = town.ok("op1", propose(proposed)).tx;
    town.call("op2", approve(proposal))
}
fn decided(town: &mut Ledger, proposed: ProposedCall) -> Vec<Effect> {
    let receipt = decide(town, proposed);
    assert!(receipt.is_applied(), "{:?}", receipt.refusal());
    receipt.effects[1..].to_vec()
}
fn not_decided(town: &mut Ledger, proposed: ProposedCall) -> Refusal {
    decide(town, proposed).refusal().expect("refused").clone()
}

#[test]
fn every_proposal_needs_the_duty_and_every_direct_call_a_quorum_of_one() {
    let mut town = network();
    town.citizen("mina");
    let version = register_version(2, Hash32::default());
    let cases = [
        (
            "op1",
            ["banker", "mayor"],
            Call::ScoreRegister(version.clone()),
            ProposedCall::ScoreRegister(version),
        ),
        (
            "op1",
            ["registrar", "mayor"],
            Call::ScoreActivate(activate_version(1, 0)),
            ProposedCall::ScoreActivate(activate_version(1, 0)),
        ),
        (
            "op1",
            ["banker", "mayor"],
            Call::ValidatorsUpdate(seats(&["v1"])),
            ProposedCall::ValidatorsUpdate(seats(&["v1"])),
        ),
        (
            "registrar",
            ["op1", "mayor"],
            Call::AccountRebind(rebind("nobody", "x")),
            ProposedCall::AccountRebind(rebind("nobody", "x")),
        ),
        (
            "registrar",
            ["op1", "mayor"],
            unfreeze("nobody"),
            ProposedCall::AccountUnfreeze(AccountUnfreeze { member: bid("nobody") }),
        ),
    ];
    for (who, others, direct, proposed) in cases {
        for other in others.into_iter().chain(["mina"]) {
            town.refused(other, direct.clone(), "NOT_ALLOWED");
            town.refused(other, propose(proposed.clone()), "NOT_ALLOWED");
        }
        if who == "registrar" {
            // One officer may act alone: both ways lead to the rule itself.
            town.refused(who, direct, "UNKNOWN_MEMBER");
            town.refused(who, propose(proposed), "UNKNOWN_MEMBER");
        } else {
            let receipt = town.refused(who, direct, "QUORUM_REQUIRED");
            assert_eq!(receipt.refusal(), Some(&Refusal::QuorumRequired { quorum: 2 }));
            town.ok(who, propose(proposed));
        }
    }
}

#[test]
fn an_institution_certifies_and_ends_its_own_officers() {
    let mut town = network();
    town.citizen("mina");
    town.refused("registrar", issue_certificate("mina", "x", Role::Officer), "ROLE_MISMATCH");
    town.refused("registrar", issue_certificate("bank", "x", Role::Officer), "UNKNOWN_MEMBER");
    town.refused("banker", propose(officer("ops", "x", Role::Officer)), "NOT_ALLOWED");
    town.refused("banker", propose(officer("bank", "x", Role::Staff)), "NOT_ALLOWED");
    town.refused("banker", propose(officer("mina", "x", Role::Holder)), "NOT_ALLOWED");
    town.refused("banker", propose(officer("bank", "op1", Role::Officer)), "CERTIFICATE_EXISTS");
    let mut weak = officer("bank", "x", Role::Officer);
    let mut stolen = weak.clone();
    if let (ProposedCall::CertificateIssue(weak), ProposedCall::CertificateIssue(stolen)) =
        (&mut weak, &mut stolen)
    {
        weak.public_key = PublicKey::new([0; 32]);
        stolen.public_key = key("y").public_key();
    }
    town.refused("banker", propose(weak), "WEAK_KEY");
    town.refused("banker", propose(stolen), "BAD_POSSESSION");
    // The last officer cannot go; with a second one the first can.
    town.refused("banker", revoke("banker"), "QUORUM_UNREACHABLE");
    town.refused("banker", propose(end_officer("banker")), "QUORUM_UNREACHABLE");
    town.ok("banker", propose(officer("bank", "teller", Role::Officer)));
    town.ok("teller", charge("mina", 1_000, "D1", 0));
    town.refused("teller", revoke("op1"), "NOT_ALLOWED");
    town.refused("teller", propose(end_officer("op1")), "NOT_ALLOWED");
    town.refused("teller", propose(end_officer("nobody")), "UNKNOWN_CERTIFICATE");
    town.refused("mina", revoke("teller"), "NOT_ALLOWED");
    town.ok("teller", revoke("banker"));
    town.refused("banker", charge("mina", 1_000, "D2", 0), "REVOKED_CERTIFICATE");
    town.refused("teller", revoke("banker"), "REVOKED_CERTIFICATE");
    town.refused("teller", propose(end_officer("banker")), "REVOKED_CERTIFICATE");
    for n in 2..=64 {
        town.ok("teller", propose(officer("bank", &format!("teller-{n}"), Role::Officer)));
    }
    town.refused("teller", propose(officer("bank", "teller-65", Role::Officer)), "TOO_MANY_DEVICES");
}

#[test]
fn a_quorum_of_two_is_never_lost_and_ended_officers_do_not_count() {
    let mut town = network();
    town.refused("op1", revoke("op3"), "NOT_ALLOWED");
    let waiting = town.ok("op3", propose(officer("ops", "op4", Role::Officer))).tx;
    let effects = decided(&mut town, end_officer("op3"));
    assert_eq!(effects, [Effect::CertificateRevoked { certificate: cert("op3"), owner: bid("ops") }]);
    assert_eq!(not_decided(&mut town, end_officer("op2")), Refusal::QuorumUnreachable);
    town.refused("op3", approve(waiting), "REVOKED_CERTIFICATE");
    // op3 proposed, but is gone: one approval is not enough, and the receipt says so.
    let receipt = town.ok("op1", approve(waiting));
    let approved = Effect::Approved { proposal: waiting, approvals: 1, executed: false };
    assert_eq!(receipt.effects, [approved]);
    town.refused("op1", approve(waiting), "ALREADY_APPROVED");
    let receipt = town.ok("op2", approve(waiting));
    assert_eq!(receipt.effects[0], Effect::Approved { proposal: waiting, approvals: 2, executed: true });
    assert!(matches!(&receipt.effects[1], Effect::CertificateIssued { role: Role::Officer, .. }));
    town.ok("op4", propose(end_officer("op2")));
}

#[test]
fn contract_versions_are_entered_in_order_and_named_a_height_ahead() {
    let mut town = network();
    let hash = Hash32::new([7; 32]);
    let enter = |version| ProposedCall::ScoreRegister(register_version(version, hash));
    let name = |version, height| ProposedCall::ScoreActivate(activate_version(version, height));
    assert_eq!(not_decided(&mut town, enter(1)), Refusal::ScoreVersion { expected: 2 });
    assert_eq!(not_decided(&mut town, enter(3)), Refusal::ScoreVersion { expected: 2 });
    let other = ScoreRegister { name: code("other"), ..register_version(2, hash) };
    assert_eq!(not_decided(&mut town, ProposedCall::ScoreRegister(other)), Refusal::UnknownScore);
    let other = ScoreActivate { name: code("other"), ..activate_version(2, 1_000) };
    assert_eq!(not_decided(&mut town, ProposedCall::ScoreActivate(other)), Refusal::UnknownScore);
    assert_eq!(not_decided(&mut town, name(2, 1_000)), Refusal::UnknownScore);
    assert_eq!(not_decided(&mut town, name(1, 1_000)), Refusal::ScorePending);
    let token = dure_score::ids::Code::token();
    let entered = Effect::ScoreRegistered { name: token.clone(), version: 2, code_hash: hash };
    assert_eq!(decided(&mut town, enter(2)), [entered]);
    for version in 3..=u32::try_from(MAX_VERSIONS).unwrap() {
        decided(&mut town, enter(version));
    }
    assert_eq!(not_decided(&mut town, enter(257)), Refusal::ScoreVersion { expected: 257 });
    // The approval lands two blocks from here.
    let earliest = town.height + 2 + 8;
    assert_eq!(not_decided(&mut town, name(2, earliest - 1)), Refusal::ScoreTooSoon { earliest });
    let at_height = town.height + 2 + 8;
    let scheduled = Effect::ScoreScheduled { name: token, version: 3, at_height };
    assert_eq!(decided(&mut town, name(3, at_height)), [scheduled]);
    assert_eq!(not_decided(&mut town, name(2, 1_000)), Refusal::ScorePending);
    assert_eq!(not_decided(&mut town, name(3, 1_000)), Refusal::ScorePending);
}

#[test]
fn epochs_are_counted_as_the_engine_counts_them() {
    let epochs: Vec<_> = [0, 7, 8, 15, 16].map(|height| epoch_of(height, 8)).to_vec();
    assert_eq!(epochs, [0, 0, 1, 1, 2]);
}

#[test]
fn validators_change_two_epochs_ahead_and_few_at_a_time() {
    let mut town = network();
    let update = |names: &[&str]| ProposedCall::ValidatorsUpdate(seats(names));
    let mut weak = seats(&["v1", "v2", "v3", "v4"]);
    weak.validators[0].public_key = PublicKey::new([0; 32]);
    let many: Vec<String> = (0..=MAX_VALIDATORS).map(|n| format!("v{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for bad in [
        update(&["v1", "v2", "v3"]),
        update(&["v1", "v2", "v3", "v3"]),
        update(&many),
        ProposedCall::ValidatorsUpdate(weak),
    ] {
        assert_eq!(not_decided(&mut town, bad), Refusal::BadValidators);
    }
    let two_leave = update(&["v1", "v2", "v5", "v6"]);
    assert_eq!(not_decided(&mut town, two_leave), Refusal::ValidatorsTooDifferent { limit: 1 });
    let two_join = update(&["v1", "v2", "v3", "v4", "v5", "v6"]);
    assert_eq!(not_decided(&mut town, two_join), Refusal::ValidatorsTooDifferent { limit: 1 });
    let epoch = epoch_of(town.height + 2, 8);
    let effects = decided(&mut town, update(&["v5", "v4", "v3", "v2"]));
    assert_eq!(effects, [Effect::ValidatorsChanged { from_epoch: epoch + 2, validators: 4 }]);
    let pending = Refusal::ValidatorsPending { from_epoch: epoch + 2 };
    assert_eq!(not_decided(&mut town, update(&["v1", "v2", "v3", "v4"])), pending);

    // Everybody who asks gets the old set for two epochs, then the new one, in order of key bytes.
    let mut old: Vec<_> = ["v1", "v2", "v3", "v4"].map(|name| key(name).public_key()).to_vec();
    let mut new: Vec<_> = ["v2", "v3", "v4", "v5"].map(|name| key(name).public_key()).to_vec();
    old.sort_unstable_by_key(|key| *key.as_bytes());
    new.sort_unstable_by_key(|key| *key.as_bytes());
    let keys = |set: ValidatorSet| set.validators.iter().map(|seat| seat.public_key).collect::<Vec<_>>();
    for (asked, from, expected) in
        [(0, 0, &old), (epoch + 1, 0, &old), (epoch + 2, epoch + 2, &new), (epoch + 99, epoch + 2, &new)]
    {
        let found = ValidatorSet::in_force(&town.state, asked).unwrap();
        assert_eq!((found.from_epoch, &keys(found.set)), (from, expected), "epoch {asked}");
    }
    let found = ValidatorSet::at_height(&town.state, (epoch + 2) * 8 - 1).unwrap();
    assert_eq!(keys(found.set), old);
    let found = ValidatorSet::at_height(&town.state, (epoch + 2) * 8).unwrap();
    assert_eq!(keys(found.set), new);

    // Once it is in force, the next change is measured against it.
    while epoch_of(town.height, 8) < epoch + 2 {
        assert_eq!(not_decided(&mut town, update(&["v1", "v2", "v3"])), Refusal::BadValidators);
    }
    let back = update(&["v1", "v2", "v3", "v4"]);
    let names = ["v1", "v2", "v3", "v4", "v5"];
    decided(&mut town, update(&names));
    assert!(matches!(not_decided(&mut town, back), Refusal::ValidatorsPending { .. }));
}

#[test]
fn the_channel_remembers_a_bounded_number_of_validator_sets() {
    use dure_score::{codec, key::Key, record::Channel};
    let mut town = network();
    let key = Key::Channel.to_bytes();
    town.twin = None;
    let mut channel: Channel = codec::decode(&town.state.0[&key]).unwrap();
    channel.validator_epochs = vec![0; 4_096];
    town.state.0.insert(key, codec::encode(&channel));
    let update = ProposedCall::ValidatorsUpdate(seats(&["v1", "v2", "v3", "v4"]));
    assert_eq!(not_decided(&mut town, update), Refusal::BadValidators);
}
