//! Records that stay decoded, against plain maps of bytes: however a record was written and is asked for, it is the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{HashedState, MemoryState, Overlay, StateRead};
use crate::{Bid, codec, holdings::Holdings, key::Key};

type Map = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

#[derive(Clone, Debug)]
enum Step {
    Store(u8, u64),
    Settle(u8, u64),
    Write(u8, u64),
    Put(u8, u64),
    Remove(u8),
    Load(u8),
    Read(u8),
    Get(u8),
    Keep,
    Discard,
}

fn step() -> impl Strategy<Value = Step> {
    let owner = || 0u8..4;
    let with =
        |make: fn(u8, u64) -> Step| (0u8..4, 0u64..300).prop_map(move |(owner, next)| make(owner, next));
    prop_oneof![
        3 => with(Step::Store),
        1 => with(Step::Settle),
        1 => with(Step::Write),
        1 => with(Step::Put),
        1 => owner().prop_map(Step::Remove),
        3 => owner().prop_map(Step::Load),
        2 => owner().prop_map(Step::Read),
        2 => owner().prop_map(Step::Get),
        2 => Just(Step::Keep),
        2 => Just(Step::Discard),
    ]
}

fn holdings(next_lot: u64) -> Holdings {
    Holdings { next_lot, lots: Vec::new() }
}

struct Pair<'a> {
    overlay: Overlay<&'a HashedState>,
    base: &'a MemoryState,
    block: Map,
    call: Map,
}

impl Pair<'_> {
    fn expected(&self, key: &[u8]) -> Option<Vec<u8>> {
        let own = self.call.get(key).or_else(|| self.block.get(key));
        own.cloned().unwrap_or_else(|| self.base.0.get(key).cloned())
    }

    fn run(&mut self, step: Step) {
        let bid = |owner: u8| Bid::new([owner; 16]);
        let wrote = |map: &mut Map, owner: u8, next: Option<u64>| {
            let value = next.map(|next| codec::encode(&holdings(next)));
            map.insert(Key::Holdings(&bid(owner)).to_bytes(), value);
        };
        match step {
            Step::Store(owner, next) => {
                self.overlay.store(&Key::Holdings(&bid(owner)), holdings(next));
                wrote(&mut self.call, owner, Some(next));
            }
            Step::Settle(owner, next) => {
                self.overlay.store_and_keep(&Key::Holdings(&bid(owner)), holdings(next));
                self.block.append(&mut self.call);
                wrote(&mut self.block, owner, Some(next));
            }
            Step::Write(owner, next) => {
                self.overlay.write(&Key::Holdings(&bid(owner)), &holdings(next));
                wrote(&mut self.call, owner, Some(next));
            }
            Step::Put(owner, next) => {
                let key = Key::Holdings(&bid(owner)).to_bytes();
                self.overlay.put(&key, Some(codec::encode(&holdings(next)))).unwrap();
                wrote(&mut self.call, owner, Some(next));
            }
            Step::Remove(owner) => {
                self.overlay.remove(&Key::Holdings(&bid(owner)));
                wrote(&mut self.call, owner, None);
            }
            Step::Load(owner) | Step::Read(owner) | Step::Get(owner) => {
                let bid = bid(owner);
                let key = Key::Holdings(&bid);
                let expected = self.expected(&key.to_bytes());
                if matches!(step, Step::Get(_)) {
                    assert_eq!(self.overlay.get(&key.to_bytes()).unwrap(), expected);
                }
                let expected: Option<Holdings> = expected.map(|bytes| codec::decode(&bytes).unwrap());
                if matches!(step, Step::Load(_)) {
                    assert_eq!(self.overlay.load(&key).unwrap(), expected);
                } else {
                    assert_eq!(self.overlay.read(&key).unwrap(), expected);
                }
            }
            Step::Keep => {
                self.overlay.keep();
                self.block.append(&mut self.call);
            }
            Step::Discard => {
                self.overlay.discard();
                self.call.clear();
            }
        }
        assert_eq!(self.overlay.changes(), self.block.clone().into_iter().collect());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_is_the_same_decoded_and_in_bytes(blocks in prop::collection::vec(prop::collection::vec(step(), 0..60), 1..4)) {
        let first = |owner: u8| (Key::Holdings(&Bid::new([owner; 16])).to_bytes(), codec::encode(&holdings(7)));
        let mut base = MemoryState(BTreeMap::from([first(0), first(1)]));
        let mut hashed = HashedState::new(base.0.clone()).unwrap();
        for steps in blocks {
            let overlay = Overlay::new(&hashed);
            let mut pair = Pair { overlay, base: &base, block: Map::new(), call: Map::new() };
            steps.into_iter().for_each(|step| pair.run(step));
            let (changes, expected) = (pair.overlay.into_changes(), pair.block.into_iter().collect());
            prop_assert_eq!(&changes, &expected);
            hashed.commit(changes.clone()).unwrap();
            base.commit(changes);
            prop_assert_eq!(hashed.scan(b"H", usize::MAX).unwrap(), base.scan(b"H", usize::MAX).unwrap());
        }
    }
}

/// Bytes that were put as bytes are not brought into another form by being read as a record.
#[test]
fn what_was_put_as_bytes_stays_as_it_was_put() {
    let (bid, odd) = (Bid::new([1; 16]), vec![0x83, 0x07, 0x80, 0x01]);
    let key = Key::Holdings(&bid);
    for below in [true, false] {
        let base = if below {
            MemoryState(BTreeMap::from([(key.to_bytes(), odd.clone())]))
        } else {
            MemoryState::default()
        };
        let mut overlay = Overlay::new(&base);
        if !below {
            overlay.put(&key.to_bytes(), Some(odd.clone())).unwrap();
            overlay.keep();
        }
        assert_eq!(overlay.load(&key).unwrap(), Some(holdings(7)));
        assert_eq!(overlay.get(&key.to_bytes()).unwrap(), Some(odd.clone()));
        let expected = (!below).then(|| (key.to_bytes(), Some(odd.clone())));
        assert_eq!(overlay.into_changes(), expected.into_iter().collect());
    }
}
