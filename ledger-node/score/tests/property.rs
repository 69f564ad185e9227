//! Random histories, friendly and hostile, of every call on the contract and on the naive model: the same answers with
//! the same inputs, the same records, receipts that tell the same story, balanced books after every step, and no effect
//! of what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod pair;
mod steps;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use dure_score::{Refusal, ids::sha256, reference};
use pair::city;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use steps::{Step, step};

/// How often a call had an answer, or an effect was told.
type Seen = BTreeMap<(&'static str, &'static str), u32>;

/// Stands for a call where effects are counted.
const TOLD: &str = "told";

/// Checks that random histories do not come to, because it takes hundreds of equal steps or a state that no call makes
/// yet; and the test that does.
const ELSEWHERE: [(&str, &str, Test); 5] = [
    ("governance.propose", "TOO_MANY_PROPOSALS", ("calls.rs", "proposals_are_bounded")),
    ("account.rebind", "TOO_MANY_DEVICES", ("identity.rs", "a_shops_tills_stay_when_its_owner_moves")),
    ("account.rebind", "MEMBER_NOT_ACTIVE", ("identity.rs", "an_account_moves_to_a_new_phone")),
    ("token.pay", "TOO_MANY_LOTS", ("bounds.rs", "takings_in_many_pieces_take_no_other_series")),
    ("token.pay_mandate", "TOO_MANY_LOTS", ("bounds.rs", "takings_in_many_pieces_take_no_other_series")),
];

/// Refusals that no call of this build gives; they need a contract that fails. And the test with one.
const FAULTS: [(&str, Test); 2] = [
    (
        "CONTRACT_FAULT",
        ("runtime.rs", "a_contracts_fault_or_overrun_refuses_its_own_transaction_and_leaves_nothing"),
    ),
    (
        "TOO_MUCH_WORK",
        ("runtime.rs", "a_contracts_fault_or_overrun_refuses_its_own_transaction_and_leaves_nothing"),
    ),
];

/// A payer's authorisation is a citizen's, the payee a shop: the two are never the same.
const IMPOSSIBLE: [(&str, &str); 1] = [("token.pay_mandate", "SELF_DEALING")];

/// A file of tests and a test in it.
type Test = (&'static str, &'static str);

/// Runs random histories; a fixed seed, so that a failure here is a failure everywhere. Other seeds: `DURE_SEED`.
fn histories(shard: u32, cases: u32) -> Seen {
    let start = city(shard.is_multiple_of(2));
    let seen = std::cell::RefCell::new(Seen::new());
    let config = Config { cases, max_shrink_iters: 2_000, failure_persistence: None, ..Config::default() };
    let seed = std::env::var("DURE_SEED").unwrap_or_else(|_| "dure".to_owned());
    let seed = sha256(&[seed.as_bytes(), &shard.to_be_bytes()]);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    TestRunner::new_with_rng(config, rng)
        .run(&prop::collection::vec(step(), 100..300), |steps| {
            let mut pair = start.clone();
            steps.into_iter().for_each(|step| pair.run(step));
            pair.ledger.compare_all();
            let told = std::mem::take(&mut pair.ledger.told);
            let told = told.into_iter().map(|(effect, count)| ((TOLD, effect), count));
            for (key, count) in std::mem::take(&mut pair.ledger.seen).into_iter().chain(told) {
                *seen.borrow_mut().entry(key).or_default() += count;
            }
            Ok(())
        })
        .unwrap();
    seen.into_inner()
}

#[test]
fn contract_and_naive_model_agree_on_random_histories() {
    let shards: Vec<Seen> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|shard| scope.spawn(move || histories(shard, 520))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a shard failed")).collect()
    });
    let mut seen = Seen::new();
    for (key, count) in shards.into_iter().flatten() {
        *seen.entry(key).or_default() += count;
    }
    if std::env::var_os("DURE_SEEN").is_some() {
        seen.iter().for_each(|((call, answer), count)| eprintln!("{call} {answer} {count}"));
    }
    let operations: u32 = seen.iter().filter(|((call, _), _)| *call != TOLD).map(|(_, count)| count).sum();
    assert!(operations >= 200_000, "{operations} operations");
    every_check_is_met(&seen);
}

/// Every check of the contract's own tables, each call's success, and everything that is said at the door.
fn every_check_is_met(seen: &Seen) {
    let mut missing = Vec::new();
    for call in reference::calls() {
        let codes = call.checks.iter().map(|check| check.code).chain(["ok"]);
        for code in codes.collect::<BTreeSet<_>>() {
            let elsewhere = ELSEWHERE.iter().any(|(name, known, _)| (*name, *known) == (call.name, code));
            let known = elsewhere || IMPOSSIBLE.contains(&(call.name, code));
            // What is met here needs no other place.
            if seen.contains_key(&(call.name, code)) == known {
                missing.push((call.name, code));
            }
        }
    }
    for effect in reference::EFFECTS {
        if !seen.contains_key(&(TOLD, effect.name)) {
            missing.push((TOLD, effect.name));
        }
    }
    for check in reference::ADMISSION {
        if !seen.keys().any(|(_, code)| *code == check.code) {
            missing.push(("door", check.code));
        }
    }
    assert!(missing.is_empty(), "no random history met {missing:?}, or met it against the list");
    for refusal in Refusal::all() {
        let met = seen.keys().any(|(_, code)| *code == refusal.code());
        let elsewhere = ELSEWHERE.iter().any(|(_, code, _)| *code == refusal.code());
        let fault = FAULTS.iter().any(|(code, _)| *code == refusal.code());
        assert!(met || elsewhere || fault, "no test meets {}", refusal.code());
    }
}

#[test]
fn what_is_met_elsewhere_is_met_there() {
    let listed = ELSEWHERE.iter().map(|(_, code, test)| (*code, *test)).chain(FAULTS);
    for (code, (file, name)) in listed {
        let path = format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).unwrap();
        let (_, body) =
            source.split_once(&format!("fn {name}()")).unwrap_or_else(|| panic!("{file}: no {name}"));
        let body = body.split_once("\n}\n").unwrap().0;
        let known = Refusal::all().into_iter().find(|refusal| refusal.code() == code).unwrap();
        let variant = format!("{known:?}");
        let variant = variant.split(' ').next().unwrap();
        let spoken = [format!("\"{code}\""), format!("Refusal::{variant}")];
        assert!(spoken.iter().any(|form| body.contains(form)), "{file}: {name} does not speak of {code}");
    }
}

fn charge_step() -> Step {
    Step::Charge { to: 0, amount: 10_000, deposit: 9, campaign: 1 }
}

/// Canaries: a model with one wrong rule, amount or record must be caught, or the comparison sees nothing.
#[test]
#[should_panic(expected = "contract and model")]
fn a_model_with_a_wrong_rule_is_caught() {
    let mut pair = city(true);
    pair.ledger.twin.as_mut().unwrap().campaigns.get_mut(&0).unwrap().terms.holding_cap = support::won(9_999);
    pair.run(charge_step());
}

#[test]
#[should_panic(expected = "lots of")]
fn a_model_with_a_wrong_amount_is_caught() {
    let mut pair = city(true);
    pair.run(charge_step());
    pair.ledger.twin.as_mut().unwrap().purses.get_mut(&support::bid("mina")).unwrap().heaps[0].expires += 1;
    pair.run(charge_step());
}

#[test]
#[should_panic(expected = "records of kind")]
fn a_record_that_the_ledger_lost_is_caught() {
    let mut pair = city(true);
    pair.run(charge_step());
    pair.ledger.state.0.retain(|key, _| key[0] != b'D');
    pair.ledger.compare_all();
}
