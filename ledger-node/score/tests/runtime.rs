//! What a build does with contract versions, and what no contract can do to the node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use dure_score::{
    BlockContext, Call, Hash32, Overlay, Receipt, Refusal, StateError, StateRead, apply_with, begin_block,
    begin_block_with,
    call::ProposedCall,
    calls::{Work, dispatch},
    codec,
    halt::Halt,
    ids::Code,
    key::Key,
    limits::MAX_STATE_OPERATIONS,
    record::{Certificate, Channel, Contract},
    runtime::{Activation, Runtime, Score, TokenV1},
    state::Pair,
};
use support::*;

/// A version that breaks wherever it can: each of three calls in its own way.
struct Faulty {
    version: u32,
}

impl<S: StateRead> Score<S> for Faulty {
    fn version(&self) -> u32 {
        self.version
    }
    fn code_hash(&self) -> Hash32 {
        if self.version == 1 { TokenV1::hash() } else { Hash32::new([9; 32]) }
    }
    fn migrate(&self, activation: &Activation, state: &mut Overlay<S>) -> Result<(), StateError> {
        assert!(activation.height.is_multiple_of(2), "planted");
        state.put(b"~migrated", Some(activation.from.to_be_bytes().to_vec()))
    }
    fn execute(&self, work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt> {
        match call {
            Call::AccountFreeze(_) => {
                work.state.put(b"~half", Some(vec![1]))?;
                panic!("planted");
            }
            Call::CertificateRenew(_) => loop {
                let _: Option<Channel> = work.state.read(&Key::Channel)?;
            },
            Call::TokenTransfer(_) => {
                for n in 0..=MAX_STATE_OPERATIONS {
                    work.state.put(&n.to_be_bytes(), Some(vec![1]))?;
                }
                Ok(())
            }
            Call::AccountUnfreeze(_) => {
                // Exactly as much as is allowed.
                for _ in 0..MAX_STATE_OPERATIONS {
                    let _: Option<Channel> = work.state.read(&Key::Channel)?;
                }
                Ok(())
            }
            _ => dispatch(work, call),
        }
    }
}

fn send_faulty(town: &mut Ledger, signer: &str, call: Call) -> Receipt {
    let tx = town.transaction(signer, call).sign(&key(signer)).verify(&chain()).unwrap();
    town.height += 1;
    town.time += 1;
    let block = BlockContext { height: town.height, time_ms: town.time, index: 0 };
    let mut overlay = Overlay::new(&town.state);
    let receipt = apply_with(&Runtime::new(&[&Faulty { version: 1 }]), &mut overlay, &tx, &block).unwrap();
    let changes = overlay.into_changes();
    town.state.commit(changes);
    receipt
}

#[test]
fn a_contracts_fault_or_overrun_refuses_its_own_transaction_and_leaves_nothing() {
    let mut town = town();
    town.charge("mina", 1_000, "D1", 0);
    let limit = MAX_STATE_OPERATIONS.into();
    for (call, refusal) in [
        (freeze("mina"), Refusal::ContractFault),
        (renew(), Refusal::TooMuchWork { limit }),
        (transfer("jun", 1), Refusal::TooMuchWork { limit }),
    ] {
        let mut before = town.state.clone();
        let receipt = send_faulty(&mut town, "mina", call);
        assert_eq!(receipt.refusal(), Some(&refusal));
        assert!(receipt.effects.is_empty());
        let key = Key::Certificate(&cert("mina")).to_bytes();
        let certificate =
            |state: &dure_score::state::MemoryState| codec::decode::<Certificate>(&state.0[&key]).unwrap();
        let (old, new) = (certificate(&before), certificate(&town.state));
        assert_ne!(old.window, new.window, "the number is used up");
        let used = Certificate { window: new.window, ..old };
        before.0.insert(key, codec::encode(&used));
        assert!(before == town.state);
    }
    // The next call is measured anew and works.
    assert!(send_faulty(&mut town, "registrar", unfreeze("mina")).is_applied());
    assert!(send_faulty(&mut town, "mina", pay("cafe", "A-1", 1_000)).is_applied());
    town.check_books();
}

/// A store that panics when asked for accounts.
struct Broken<'a>(&'a dure_score::state::MemoryState);

impl StateRead for Broken<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        assert!(key.first() != Some(&b'H'), "planted");
        self.0.get(key)
    }
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        self.0.scan(prefix, limit)
    }
}

#[test]
fn a_panic_of_the_store_is_not_the_contracts() {
    let mut town = town();
    let tx = town.transaction("mina", pay("cafe", "A-1", 1)).sign(&key("mina")).verify(&chain()).unwrap();
    let block = BlockContext { height: 9, time_ms: town.time, index: 0 };
    let run = || dure_score::apply(&mut Overlay::new(Broken(&town.state)), &tx, &block);
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
}

fn decide(town: &mut Ledger, proposed: ProposedCall) {
    let proposal = town.ok("op1", propose(proposed)).tx;
    town.ok("op2", approve(proposal));
}

/// A network in which version 2 with `hash` applies from the answered height on.
fn scheduled(hash: Hash32, parity: u64) -> (Ledger, u64) {
    let mut town = network();
    decide(&mut town, ProposedCall::ScoreRegister(register_version(2, hash)));
    let at = town.height + 20 + (town.height + parity) % 2;
    decide(&mut town, ProposedCall::ScoreActivate(activate_version(2, at)));
    (town, at)
}

#[test]
fn a_version_takes_over_at_its_height_and_not_before() {
    let (town, at) = scheduled(Hash32::new([9; 32]), 0);
    let scores: [&dyn Score<_>; 2] = [&TokenV1, &Faulty { version: 2 }];
    let mut overlay = Overlay::new(&town.state);
    let runtime = Runtime::new(&scores);
    begin_block_with(&runtime, &mut overlay, at - 1, town.time).unwrap();
    assert!(overlay.changes().is_empty());
    begin_block_with(&runtime, &mut overlay, at, town.time).unwrap();
    let migrated = overlay.get(b"~migrated").unwrap();
    assert_eq!(migrated.as_deref(), Some(1u32.to_be_bytes().as_slice()));
    let contract: Contract = overlay.read(&Key::Contract(&Code::token())).unwrap().unwrap();
    assert_eq!((contract.active, contract.pending().is_some()), (2, false));
    // Later blocks go on with it, without another migration.
    let mut state = town.state.clone();
    let changes = overlay.into_changes();
    state.commit(changes);
    let mut overlay = Overlay::new(&state);
    begin_block_with(&runtime, &mut overlay, at + 1, town.time).unwrap();
    assert!(overlay.changes().is_empty());
}

#[test]
fn a_build_without_the_version_stops_instead_of_guessing() {
    let (mut town, at) = scheduled(Hash32::new([9; 32]), 0);
    begin_block(&mut Overlay::new(&town.state), at - 1, town.time).unwrap();
    let stopped = begin_block(&mut Overlay::new(&town.state), at, town.time).unwrap_err();
    let sentence = "this build does not contain version 2 of the contract token; install one that does";
    assert_eq!(stopped, StateError(sentence.into()));
    // With the number but other rules: the same.
    let (other, at_other) = scheduled(Hash32::new([8; 32]), 0);
    let (v1, v2) = (TokenV1, Faulty { version: 2 });
    let mut overlay = Overlay::new(&other.state);
    let stopped = begin_block_with(&Runtime::new(&[&v1, &v2]), &mut overlay, at_other, other.time);
    assert_eq!(stopped, Err(StateError(sentence.into())));
    // An older build on newer state: neither blocks nor dry runs.
    town.twin = None;
    let mut overlay = Overlay::new(&town.state);
    begin_block_with(&Runtime::new(&[&v1, &v2]), &mut overlay, at, town.time).unwrap();
    let changes = overlay.into_changes();
    town.state.commit(changes);
    assert!(begin_block(&mut Overlay::new(&town.state), at + 1, town.time).is_err());
    let tx = town.transaction("op1", renew());
    let block = BlockContext { height: at + 1, time_ms: town.time, index: 0 };
    assert!(dure_score::dry_run(&mut Overlay::new(&town.state), &tx, &block).is_err());
}

#[test]
fn a_failed_migration_stops_the_node_and_changes_nothing() {
    let (town, at) = scheduled(Hash32::new([9; 32]), 1);
    let (v1, v2) = (TokenV1, Faulty { version: 2 });
    let mut overlay = Overlay::new(&town.state);
    let failed = begin_block_with(&Runtime::new(&[&v1, &v2]), &mut overlay, at, town.time);
    assert_eq!(failed, Err(StateError("the migration to version 2 of the contract token failed".into())));
    assert!(overlay.changes().is_empty());
}

#[test]
fn a_migration_sees_every_record_once_however_many_there_are() {
    // 3,000 records of which many share long prefixes, over and under changes of the block at work.
    let mut state = dure_score::state::MemoryState::default();
    for n in 0u32..3_000 {
        let key = [b"H".as_slice(), &[u8::try_from(n % 3).unwrap(), 0], &n.to_be_bytes()].concat();
        state.0.insert(key, n.to_be_bytes().to_vec());
    }
    state.0.insert(b"H".to_vec(), vec![0]);
    state.0.insert(b"I".to_vec(), vec![0]);
    let mut overlay = Overlay::new(&state);
    overlay.put(b"H\x00new", Some(vec![5])).unwrap();
    overlay.keep();
    let gone = [b"H".as_slice(), &[0, 0, 0, 0, 0, 0]].concat();
    overlay.put(&gone, None).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    let count = overlay.rewrite(b"H", |key, value| {
        assert!(seen.insert(key.to_vec()), "twice: {key:?}");
        Ok(Some([value, b"!"].concat()))
    });
    assert_eq!(count.unwrap(), 3_001);
    assert!(!seen.contains(&gone));
    overlay.keep();
    let all = overlay.scan(b"H", 10_000).unwrap();
    assert_eq!(all.len(), 3_001);
    assert!(all.iter().all(|(_, value)| value.last() == Some(&b'!')));
    assert_eq!(overlay.scan(b"H", 7).unwrap(), all[..7]);
}
