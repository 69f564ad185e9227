//! State under change, against two plain maps: what is kept, what is dropped, what is seen in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::collections::BTreeMap;

use dure_score::{
    CampaignId, Overlay, StateRead, codec,
    key::{Key, KeyBytes},
    state::{Changes, MemoryState, Pair},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Write(u32, u64),
    Remove(u32),
    Put(Vec<u8>, u8),
    Read(u32),
    Scan(usize, usize),
    Keep,
    Discard,
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0u32..12;
    prop_oneof![
        4 => (key(), any::<u64>()).prop_map(|(key, value)| Step::Write(key, value)),
        2 => key().prop_map(Step::Remove),
        1 => (odd_key(), any::<u8>()).prop_map(|(key, value)| Step::Put(key, value)),
        6 => key().prop_map(Step::Read),
        1 => (0usize..6, 0usize..9).prop_map(|(prefix, limit)| Step::Scan(prefix, limit)),
        2 => Just(Step::Keep),
        1 => Just(Step::Discard),
    ]
}

/// Beside the records' own keys, and between them.
fn odd_key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![Just(0), Just(b'K'), Just(1), Just(255)], 0..8)
}

fn key(number: u32) -> Vec<u8> {
    Key::Campaign(CampaignId(number)).to_bytes()
}

type Map = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What the contract must see, kept in the plainest way.
#[derive(Default)]
struct Plain {
    base: BTreeMap<Vec<u8>, Vec<u8>>,
    block: Map,
    transaction: Map,
}

impl Plain {
    fn all(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut all = self.base.clone();
        for (key, value) in self.block.iter().chain(&self.transaction) {
            match value {
                Some(value) => all.insert(key.clone(), value.clone()),
                None => all.remove(key),
            };
        }
        all
    }

    fn run(&mut self, overlay: &mut Overlay<&MemoryState>, step: Step) {
        match step {
            Step::Write(number, value) => {
                overlay.write(&Key::Campaign(CampaignId(number)), &value);
                self.transaction.insert(key(number), Some(codec::encode(&value)));
            }
            Step::Remove(number) => {
                overlay.remove(&Key::Campaign(CampaignId(number)));
                self.transaction.insert(key(number), None);
            }
            Step::Put(key, value) => {
                let value = codec::encode(&u64::from(value));
                overlay.put(&key, Some(value.clone())).unwrap();
                self.transaction.insert(key, Some(value));
            }
            Step::Read(number) => {
                let expected = self.all().get(&key(number)).cloned();
                let number = Key::Campaign(CampaignId(number));
                assert_eq!(overlay.get(&number.to_bytes()).unwrap(), expected);
                let expected: Option<u64> = expected.map(|bytes| codec::decode(&bytes).unwrap());
                assert_eq!(overlay.read::<u64>(&number).unwrap(), expected);
            }
            Step::Scan(length, limit) => {
                let prefix = &key(1)[..length.min(5)];
                let expected: Vec<Pair> =
                    self.all().into_iter().filter(|(key, _)| key.starts_with(prefix)).take(limit).collect();
                assert_eq!(overlay.scan(prefix, limit).unwrap(), expected);
            }
            Step::Keep => {
                overlay.keep();
                self.block.append(&mut self.transaction);
            }
            Step::Discard => {
                overlay.discard();
                self.transaction.clear();
            }
        }
        assert_eq!(overlay.changes(), self.block.clone().into_iter().collect());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_seen_and_kept_is_what_was_written(steps in prop::collection::vec(step(), 0..120)) {
        let mut plain = Plain::default();
        plain.base.extend((0..12).step_by(2).map(|number| (key(number), codec::encode(&u64::from(number)))));
        let state = MemoryState(plain.base.clone());
        let mut overlay = Overlay::new(&state);
        steps.into_iter().for_each(|step| plain.run(&mut overlay, step));
        prop_assert_eq!(overlay.into_changes(), plain.block.into_iter().collect());
    }

    #[test]
    fn keys_are_ordered_as_their_bytes(mut keys in prop::collection::vec(odd_key(), 2..40)) {
        let mut packed: Vec<KeyBytes> = keys.iter().map(|key| KeyBytes::new(key).unwrap()).collect();
        keys.sort();
        packed.sort();
        let packed: Vec<_> = packed.iter().map(|key| key.as_slice().to_vec()).collect();
        prop_assert_eq!(packed, keys);
    }
}

#[test]
fn a_key_that_is_too_long_is_refused_and_not_cut() {
    let state = MemoryState(BTreeMap::from([(vec![7; 48], vec![1])]));
    let mut overlay = Overlay::new(&state);
    assert!(overlay.put(&[7; 48], Some(vec![2])).is_err());
    assert_eq!(overlay.get(&[7; 48]).unwrap(), Some(vec![1]));
    overlay.put(&[7; 47], Some(vec![3])).unwrap();
    overlay.keep();
    assert_eq!(overlay.get(&[7; 48]).unwrap(), Some(vec![1]));
    assert_eq!(overlay.into_changes(), Changes::from_iter([([7; 47], Some([3]))]));
}
