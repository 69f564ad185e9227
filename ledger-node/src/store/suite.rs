//! What every store must do, run against both.
#![allow(clippy::unwrap_used)]

mod kill;
mod model;

use super::{Batch, MemoryStore, Read as _, RocksReader, RocksStore, Run, Store, StoreError, Table};

fn on_both(check: impl Fn(&dyn Store)) {
    check(&MemoryStore::default());
    let dir = tempfile::tempdir().unwrap();
    check(&RocksStore::open(dir.path()).unwrap());
}

fn put(store: &dyn Store, entries: &[(Table, &[u8], &[u8])]) {
    let mut batch = Batch::default();
    for (table, key, value) in entries {
        batch.put(*table, *key, *value);
    }
    store.write(batch).unwrap();
}

#[test]
fn reads_back_what_was_written_and_nothing_else() {
    on_both(|store| {
        assert_eq!(store.get(Table::State, b"a").unwrap(), None);
        put(store, &[(Table::State, b"a", b"1"), (Table::Meta, b"a", b"2")]);
        assert_eq!(store.get(Table::State, b"a").unwrap().unwrap(), b"1");
        assert_eq!(store.get(Table::Meta, b"a").unwrap().unwrap(), b"2");
        assert_eq!(store.get(Table::Leaves, b"a").unwrap(), None);
    });
}

#[test]
fn of_two_changes_in_a_batch_the_later_counts() {
    on_both(|store| {
        let mut batch = Batch::default();
        batch.put(Table::State, *b"a", *b"1");
        batch.delete(Table::State, *b"a");
        batch.delete(Table::State, *b"b");
        batch.put(Table::State, *b"b", *b"2");
        store.write(batch).unwrap();
        assert_eq!(store.get(Table::State, b"a").unwrap(), None);
        assert_eq!(store.get(Table::State, b"b").unwrap().unwrap(), b"2");
    });
}

#[test]
fn scans_a_prefix_in_order_up_to_the_limit() {
    on_both(|store| {
        put(
            store,
            &[
                (Table::State, b"K2", b"b"),
                (Table::State, b"K1", b"a"),
                (Table::State, b"K\xff", b"c"),
                (Table::State, b"L", b"d"),
                (Table::State, b"J", b"e"),
                (Table::Leaves, b"K3", b"f"),
            ],
        );
        let keys = |prefix: &[u8], limit| -> Vec<Vec<u8>> {
            store.scan(Table::State, prefix, limit).unwrap().into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(keys(b"K", 10), [b"K1".to_vec(), b"K2".to_vec(), b"K\xff".to_vec()]);
        assert_eq!(keys(b"K", 2), [b"K1".to_vec(), b"K2".to_vec()]);
        assert_eq!(keys(b"", 10).len(), 5);
        assert_eq!(keys(b"M", 10).len(), 0);
    });
}

#[test]
fn a_view_does_not_move() {
    on_both(|store| {
        put(store, &[(Table::State, b"a", b"old")]);
        let view = store.view();
        put(store, &[(Table::State, b"a", b"new"), (Table::State, b"ab", b"x")]);
        assert_eq!(view.get(Table::State, b"a").unwrap().unwrap(), b"old");
        assert_eq!(view.scan(Table::State, b"a", 9).unwrap().len(), 1);
        drop(view);
        assert_eq!(store.view().get(Table::State, b"a").unwrap().unwrap(), b"new");
    });
}

#[test]
fn disk_remembers_and_admits_one_process_only() {
    let dir = tempfile::tempdir().unwrap();
    let store = RocksStore::open(dir.path()).unwrap();
    put(&store, &[(Table::Meta, b"head", b"7")]);
    assert!(RocksStore::open(dir.path()).is_err());
    drop(store);
    let again = RocksStore::open(dir.path()).unwrap();
    assert_eq!(again.get(Table::Meta, b"head").unwrap().unwrap(), b"7");
}

#[test]
fn scans_on_from_a_key() {
    on_both(|store| {
        put(store, &[(Table::State, b"a", b"1"), (Table::State, b"b", b"2"), (Table::State, b"c", b"3")]);
        let keys = |from: &[u8], limit| -> Vec<Vec<u8>> {
            let found = store.scan_from(Table::State, from, limit).unwrap();
            assert_eq!(found, store.view().scan_from(Table::State, from, limit).unwrap());
            found.into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(keys(b"", 2), [b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(keys(b"b", 9), [b"b".to_vec(), b"c".to_vec()]);
        assert_eq!(keys(b"a\0", 1), [b"b".to_vec()]);
        assert!(keys(b"d", 9).is_empty());
    });
}

#[test]
fn a_reader_sees_a_running_nodes_blocks_and_takes_no_lock() {
    let (dir, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = RocksStore::open(dir.path()).unwrap();
    put(&store, &[(Table::Meta, b"head", b"7"), (Table::State, b"a", b"1")]);
    let mut batch = Batch::default();
    batch.put(Table::State, *b"b", *b"2");
    store.load(batch).unwrap();
    store.flush().unwrap();
    let reader = RocksReader::open(dir.path(), scratch.path()).unwrap();
    put(&store, &[(Table::Meta, b"head", b"8")]);
    assert_eq!(reader.get(Table::Meta, b"head").unwrap().unwrap(), b"7");
    assert_eq!(reader.scan_from(Table::State, b"", 9).unwrap().len(), 2);
    drop(store);
    assert_eq!(reader.get(Table::Meta, b"head").unwrap().unwrap(), b"7");
    let again = RocksStore::open(dir.path()).unwrap();
    assert_eq!(again.get(Table::Meta, b"head").unwrap().unwrap(), b"8");
}

#[test]
fn runs_are_read_one_after_the_other() {
    on_both(|store| {
        put(store, &[(Table::Leaves, b"a", b"1"), (Table::Leaves, b"b", b"2"), (Table::Leaves, b"d", b"3")]);
        let run = |from: &'static [u8], limit| Run { from, limit };
        let runs = [run(b"", 2), run(b"b", 0), run(b"b", 1), run(b"c", 9), run(b"e", 9), run(b"a\0", 9)];
        let mut found = Vec::new();
        let mut take = |number: usize, key: &[u8], value: &[u8]| {
            assert_eq!(store.get(Table::Leaves, key).unwrap().unwrap(), value);
            found.push((number, key.to_vec()));
        };
        store.runs(Table::Leaves, &runs, &mut take).unwrap();
        let expected = [(0, b"a"), (0, b"b"), (2, b"b"), (3, b"d"), (5, b"b"), (5, b"d")];
        assert_eq!(found, expected.map(|(number, key)| (number, key.to_vec())));
        let view = store.view();
        put(store, &[(Table::Leaves, b"c", b"x")]);
        let mut keys = 0;
        view.runs(Table::Leaves, &[run(b"", 9)], &mut |_, _, _| keys += 1).unwrap();
        assert_eq!(keys, 3);
    });
}

#[test]
fn a_folder_of_an_earlier_version_is_refused_and_left_alone() {
    let (dir, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    let tables = ["state", "tree", "stale", "meta"];
    drop(rocksdb::DB::open_cf(&options, dir.path(), tables).unwrap());
    let refused = RocksStore::open(dir.path()).err().unwrap();
    assert_eq!((&refused, refused.code()), (&StoreError::OldFormat, "LEDGER_OLD_FORMAT"));
    assert_eq!(RocksReader::open(dir.path(), scratch.path()).err(), Some(StoreError::OldFormat));
    assert!(rocksdb::DB::open_cf(&options, dir.path(), tables).is_ok());
}
