//! The leaves of the state tree as they lie on a disk that damaged them: before a ledger is opened, or under a running one.

use std::{collections::BTreeMap, sync::LazyLock};

use dure_chain::sparse as hashes;
use dure_score::{Hash32, ids::sha256, state::Changes};
use ledger_node::{
    state::tree::{StateTree, root_on_disk},
    store::{Batch, MemoryStore, Read as _, Store as _, StoreError, Table},
};

use crate::bytes::{byte, part};

/// Entries of the state: enough for several subtrees of the size that is read at once.
const ENTRIES: usize = 300;
/// The block after which it is.
const HEIGHT: u64 = 5;
/// Rows by key.
type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// The state before any damage.
struct Good {
    store: MemoryStore,
    rows: Rows,
    root: Hash32,
}

static GOOD: LazyLock<Good> = LazyLock::new(|| {
    let changes: Changes = (0..ENTRIES).map(|n| (key(n), Some(value(n)))).collect();
    let tree = StateTree::empty(0);
    let prepared = tree.prepare(&MemoryStore::default(), HEIGHT, &changes).expect("a new tree");
    let (store, mut batch) = (MemoryStore::default(), Batch::default());
    prepared.put_rows(&mut batch);
    store.write(batch).expect("a store in memory");
    let rows = store.scan_from(Table::Leaves, &[], usize::MAX).expect("its rows").into_iter().collect();
    Good { store, rows, root: prepared.root() }
});

fn key(n: usize) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

fn value(n: usize) -> Vec<u8> {
    format!("value {n}").into_bytes()
}

/// When it is damaged, then what is done to which rows.
pub fn damaged(data: &[u8]) {
    let Some((when, harm)) = byte(data) else { return };
    let rows = harmed(harm);
    let (store, mut batch) = (MemoryStore::default(), Batch::default());
    rows.iter().for_each(|(key, value)| batch.put(Table::Leaves, key, value));
    store.write(batch).expect("a store in memory");
    if when % 2 == 0 { before_opening(&store, &rows) } else { under_a_running_ledger(&store) }
}

/// Each harm: what (one byte), which row (two), and what that needs.
fn harmed(harm: &[u8]) -> Rows {
    let mut rows = GOOD.rows.clone();
    let mut rest = harm;
    while let Some(([what, high, low], after)) = rest.split_first_chunk::<3>() {
        let number = usize::from(u16::from_be_bytes([*high, *low])).checked_rem(rows.len()).unwrap_or(0);
        let Some((key, value)) = rows.iter().nth(number).map(|(key, value)| (key.clone(), value.clone()))
        else {
            break;
        };
        rest = match what % 6 {
            0 => {
                rows.remove(&key);
                after
            }
            1 => {
                let Some((bit, after)) = byte(after) else { break };
                rows.remove(&key);
                rows.insert(flipped(&key, bit), value);
                after
            }
            2 => {
                let Some((bit, after)) = byte(after) else { break };
                rows.insert(key, flipped(&value, bit));
                after
            }
            // Its place taken twice: as it is, and one bit beside.
            3 => {
                let Some((bit, after)) = byte(after) else { break };
                rows.insert(flipped(&key, bit), value);
                after
            }
            4 => {
                let Some((length, after)) = byte(after) else { break };
                rows.insert(key, value.into_iter().take(usize::from(length)).collect());
                after
            }
            _ => {
                let Some((key, after)) = part(after) else { break };
                let Some((value, after)) = part(after) else { break };
                rows.insert(key.to_vec(), value.to_vec());
                after
            }
        };
    }
    rows
}

fn flipped(bytes: &[u8], bit: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(byte) = bytes.get_mut(usize::from(bit) / 8) {
        *byte ^= 0x80 >> (bit % 8);
    }
    bytes
}

/// A ledger is opened over exactly what was written, and over nothing else.
fn before_opening(store: &MemoryStore, rows: &Rows) {
    match StateTree::open(store, HEIGHT, GOOD.root, 0) {
        Ok(_) => assert!(*rows == GOOD.rows, "damage is not seen"),
        Err(error) => {
            assert!(*rows != GOOD.rows, "good rows are refused: {error}");
            assert!(matches!(error, StoreError::Corrupt(_)) && !error.to_string().is_empty());
        }
    }
    let leaves: Option<Vec<([u8; 32], [u8; 32])>> = rows
        .iter()
        .map(|(key, value)| Some((key.as_slice().try_into().ok()?, value.as_slice().try_into().ok()?)))
        .collect();
    match (root_on_disk(store), leaves) {
        (Ok((root, count)), Some(leaves)) => {
            assert_eq!(root, Hash32::new(naive_root(&leaves, 0)), "another root than the rules say");
            assert_eq!(count, leaves.len() as u64);
            drop(StateTree::open(store, HEIGHT, root, 0).expect("its own root"));
        }
        (Err(StoreError::Corrupt(_)), None) => {}
        (found, _) => panic!("{found:?}"),
    }
}

/// The published rules, as plainly as they can be followed.
fn naive_root(leaves: &[([u8; 32], [u8; 32])], depth: usize) -> [u8; 32] {
    match leaves {
        [] => hashes::EMPTY,
        [(key, value)] => hashes::leaf(key, value),
        _ => {
            let (right, left): (Vec<_>, Vec<_>) = leaves.iter().partition(|(key, _)| hashes::bit(key, depth));
            hashes::node(&naive_root(&left, depth + 1), &naive_root(&right, depth + 1))
        }
    }
}

/// A tree that was opened in good order shows what was written or says that it cannot: in proofs and in the next block's root.
fn under_a_running_ledger(store: &MemoryStore) {
    let tree = StateTree::open(&GOOD.store, HEIGHT, GOOD.root, 0).expect("good rows");
    for number in (0..ENTRIES + 20).step_by(20) {
        let key = key(number);
        match tree.path(store, HEIGHT, HEIGHT, &key) {
            Ok(path) => {
                let path = path.expect("the newest version");
                let leaf = path.leaf.as_ref().map(|(key, value)| (key, value));
                let root = hashes::climb(leaf, &sha256(&[&key]), path.siblings.iter().map(Hash32::as_bytes));
                assert_eq!(root.map(Hash32::new), Some(GOOD.root), "a proof of another state");
                let proven = (number < ENTRIES).then(|| sha256(&[&value(number)]));
                assert_eq!(path.value_of(&key), proven);
            }
            Err(error) => assert!(matches!(error, StoreError::Corrupt(_))),
        }
    }
    let changes: Changes =
        (0..ENTRIES).step_by(7).map(|n| (key(n), (n % 2 == 0).then(|| value(n + 1)))).collect();
    let honest = tree.prepare(&GOOD.store, HEIGHT + 1, &changes).expect("good rows").root();
    match tree.prepare(store, HEIGHT + 1, &changes) {
        Ok(prepared) => assert_eq!(prepared.root(), honest, "a wrong root after the next block"),
        Err(error) => assert!(matches!(error, StoreError::Corrupt(_))),
    }
}

/// One harm of each kind, at both times, and none.
pub fn seeds() -> Vec<Vec<u8>> {
    let new_row = [5, 0, 9, 0, 2, 1, 2, 0, 3, 4, 5, 6];
    let kinds: [&[u8]; 7] = [
        &[],
        &[0, 0, 7],
        &[1, 0, 50, 9],
        &[2, 1, 3, 40],
        &[3, 0, 20, 2, 0, 0, 21],
        &[4, 0, 90, 31],
        &new_row,
    ];
    (0..2u8).flat_map(|when| kinds.map(|kind| [&[when], kind].concat())).collect()
}

/// A row one bit beside another one, in the place of one that is lost: a subtree was hashed without end.
#[test]
fn rows_that_slid_into_another_subtree_are_told() {
    for number in 0..ENTRIES as u16 {
        let [high, low] = number.to_be_bytes();
        let [next_high, next_low] = (number + 1).to_be_bytes();
        for bit in 0..5 {
            damaged(&[1, 3, high, low, bit, 0, next_high, next_low]);
        }
    }
}
