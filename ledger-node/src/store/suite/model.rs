//! Stores against a map: whatever is written, both answer what the map does; and readers beside a writer see whole batches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{super::Pair, Batch, Store, Table, on_both};

/// Not the one in which a store keeps what it says of itself.
const TABLES: [Table; 3] = [Table::State, Table::Leaves, Table::Headers];

type Map = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// Short keys of few letters, so that they meet; the highest byte among them, which has no successor.
fn key(random: &mut StdRng) -> Vec<u8> {
    let length = random.random_range(0..4);
    (0..length).map(|_| [0, b'a', b'b', 0xff][random.random_range(0..4)]).collect()
}

fn value(random: &mut StdRng) -> Vec<u8> {
    let length = *[0, 1, 40, 5_000].get(random.random_range(0..4)).unwrap();
    (0..length).map(|_| random.random()).collect()
}

fn change(random: &mut StdRng, map: &mut Map) -> Batch {
    let mut batch = Batch::default();
    for _ in 0..random.random_range(0..12) {
        let (table, key) = (TABLES[random.random_range(0..3)], key(random));
        if random.random_bool(0.4) {
            map.remove(&(table, key.clone()));
            batch.delete(table, key);
        } else {
            let value = value(random);
            map.insert((table, key.clone()), value.clone());
            batch.put(table, key, value);
        }
    }
    batch
}

fn from<'a>(map: &'a Map, table: Table, from: &[u8]) -> impl Iterator<Item = Pair> + 'a {
    let entries = map.range((table, from.to_vec())..).take_while(move |((of, _), _)| *of == table);
    entries.map(|((_, key), value)| (key.clone(), value.clone()))
}

fn compare(store: &dyn super::super::Read, map: &Map, random: &mut StdRng) {
    for _ in 0..6 {
        let (table, key) = (TABLES[random.random_range(0..3)], key(random));
        assert_eq!(store.get(table, &key).unwrap(), map.get(&(table, key.clone())).cloned());
        for limit in [0, 1, 3, 1_000] {
            let expected: Vec<Pair> = from(map, table, &key).take(limit).collect();
            assert_eq!(store.scan_from(table, &key, limit).unwrap(), expected, "from {key:?}, {limit}");
            let expected: Vec<Pair> =
                from(map, table, &key).take_while(|(found, _)| found.starts_with(&key)).take(limit).collect();
            assert_eq!(store.scan(table, &key, limit).unwrap(), expected, "prefix {key:?}, {limit}");
        }
    }
}

#[test]
fn whatever_is_written_reads_like_a_map_and_views_stay() {
    for seed in 0..4 {
        on_both(|store| {
            let mut random = StdRng::seed_from_u64(seed);
            let mut map = Map::new();
            for _ in 0..30 {
                let (view, before) = (store.view(), map.clone());
                let batch = change(&mut random, &mut map);
                if random.random_bool(0.2) {
                    store.load(batch).unwrap();
                    store.flush().unwrap();
                } else {
                    store.write(batch).unwrap();
                }
                compare(store, &map, &mut random);
                compare(&*view, &before, &mut random);
            }
        });
    }
}

#[test]
fn a_large_value_comes_back_whole() {
    on_both(|store| {
        let large: Vec<u8> = (0..9 * 1024 * 1024u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut batch = Batch::default();
        batch.put(Table::Blocks, *b"large", large.clone());
        batch.put(Table::Blocks, *b"none", Vec::new());
        store.write(batch).unwrap();
        assert_eq!(store.get(Table::Blocks, b"large").unwrap().as_ref(), Some(&large));
        assert_eq!(store.get(Table::Blocks, b"none").unwrap(), Some(Vec::new()));
        store.flush().unwrap();
        assert_eq!(store.scan(Table::Blocks, b"l", 2).unwrap(), [(b"large".to_vec(), large)]);
    });
}

#[test]
fn readers_beside_a_writer_see_whole_batches_and_never_an_older_one() {
    const BATCHES: u32 = 150;
    const READS: u32 = 100;
    /// If nobody has read by then, nobody will.
    const MOST: u32 = 100_000;
    on_both(|store: &dyn Store| {
        let (over, seen) = (AtomicBool::new(false), AtomicU32::new(0));
        let reader = || {
            let mut last = 0;
            while !over.load(Ordering::SeqCst) {
                let view = store.view();
                let found = Table::ALL.map(|table| view.get(table, b"number").unwrap());
                assert!(found.iter().all(|number| *number == found[0]), "a torn batch: {found:?}");
                let Some(number) = &found[0] else { continue };
                let number = u32::from_be_bytes(number.as_slice().try_into().unwrap());
                assert!(number >= last, "{number} after {last}");
                assert_eq!(view.scan(Table::Blocks, b"k", usize::MAX).unwrap().len(), 3, "at {number}");
                last = number;
                seen.fetch_add(1, Ordering::SeqCst);
            }
        };
        thread::scope(|scope| {
            let readers = [scope.spawn(reader), scope.spawn(reader)];
            for number in 3..MOST {
                if number > BATCHES && seen.load(Ordering::SeqCst) > READS {
                    break;
                }
                let mut batch = Batch::default();
                for table in Table::ALL {
                    batch.put(table, *b"number", number.to_be_bytes());
                }
                for kept in number.saturating_sub(2)..=number {
                    batch.put(Table::Blocks, format!("k{kept}"), vec![7; 2_000]);
                }
                batch.delete(Table::Blocks, format!("k{}", number - 3));
                store.write(batch).unwrap();
            }
            over.store(true, Ordering::SeqCst);
            for reader in readers {
                reader.join().unwrap();
            }
            assert!(seen.load(Ordering::SeqCst) > READS, "nobody read");
        });
    });
}
