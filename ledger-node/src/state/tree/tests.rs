//! The tree held against another implementation of its published rules, and against itself after restarts and failures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]

use dure_chain::sparse;
use std::collections::{BTreeMap, BTreeSet};

use dure_score::{Hash32, ids::sha256, state::Changes};
use jmt::{
    JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher, Version,
    storage::{LeafNode, Node, NodeKey, TreeReader},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sha2::{Digest as _, Sha256};

use super::{Path, StateTree, arena::Node as OwnNode, branch::Most};
use crate::store::{Batch, MemoryStore, Read as _, Store as _, StoreError, Table};

struct Hasher(Sha256);

impl SimpleHasher for Hasher {
    fn new() -> Self {
        Self(Sha256::new())
    }
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn finalize(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The other implementation, which keeps every version.
#[derive(Default)]
struct Other(BTreeMap<NodeKey, Node>);

impl TreeReader for Other {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        Ok(self.0.get(key).cloned())
    }
    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(Some(OwnedValue::new()))
    }
    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        Ok(None)
    }
}

/// The hash of a node beside a path: the library shows its siblings only in this encoding.
struct Sibling([u8; 32]);

impl borsh::BorshDeserialize for Sibling {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        let kind = u8::deserialize_reader(reader)?;
        if kind == 0 {
            return Ok(Self(sparse::EMPTY));
        }
        let (first, second) = <([u8; 32], [u8; 32])>::deserialize_reader(reader)?;
        Ok(Self(if kind == 1 { sparse::node(&first, &second) } else { sparse::leaf(&first, &second) }))
    }
}

impl Other {
    fn update(&mut self, version: u64, changes: &Changes) -> Hash32 {
        let leaves = changes.iter().map(|(key, value)| (KeyHash(sha256(&[key])), value.map(<[u8]>::to_vec)));
        let (root, changed) =
            JellyfishMerkleTree::<_, Hasher>::new(self).put_value_set(leaves, version).unwrap();
        self.0.extend(changed.node_batch.nodes().iter().map(|(key, node)| (key.clone(), node.clone())));
        Hash32::new(root.0)
    }

    fn path(&self, version: u64, key: &[u8]) -> Path {
        let tree = JellyfishMerkleTree::<_, Hasher>::new(self);
        let (_, proof) = tree.get_with_proof(KeyHash(sha256(&[key])), version).unwrap();
        let (leaf, siblings): (_, Vec<Sibling>) = borsh::from_slice(&borsh::to_vec(&proof).unwrap()).unwrap();
        Path { leaf, siblings: siblings.into_iter().map(|Sibling(hash)| Hash32::new(hash)).collect() }
    }
}

/// A tree over its store.
struct Ours {
    store: MemoryStore,
    tree: StateTree,
    head: Option<(u64, Hash32)>,
    cache: usize,
}

impl Ours {
    fn new(cache: usize) -> Self {
        Self { store: MemoryStore::default(), tree: StateTree::empty(cache), head: None, cache }
    }

    fn block(&mut self, changes: &Changes, most: Most) -> Hash32 {
        let height = self.head.map_or(0, |(height, _)| height + 1);
        // Alone, or divided among some threads.
        let shares = 1 + usize::try_from(height % 4).unwrap();
        let prepared = self.tree.prepare_by(&*self.store.view(), height, changes, (most, shares)).unwrap();
        let root = prepared.root();
        let mut batch = Batch::default();
        prepared.put_rows(&mut batch);
        self.store.write(batch).unwrap();
        self.tree.commit(prepared).unwrap();
        self.head = Some((height, root));
        root
    }

    fn restart(&mut self, most: Most) {
        let (height, root) = self.head.unwrap();
        self.tree = StateTree::open_by(&self.store, height, root, self.cache, most).unwrap();
    }

    fn path(&self, height: u64, key: &[u8]) -> Result<Option<Path>, StoreError> {
        self.tree.path(&self.store, self.head.unwrap().0, height, key)
    }
}

fn entries(pairs: &[(&str, Option<&str>)]) -> Changes {
    let bytes = |text: &str| text.as_bytes().to_vec();
    pairs.iter().map(|(key, value)| (bytes(key), value.map(bytes))).collect()
}

/// Keys whose hashes begin with the same ten bits, and others.
fn names() -> Vec<Vec<u8>> {
    let all = || (0..120_000u32).map(|name| name.to_be_bytes().to_vec());
    let near =
        all().filter(|name| u16::from_be_bytes([sha256(&[name])[0], sha256(&[name])[1]]) >> 6 == 0x155);
    near.chain(all().take(250)).collect()
}

/// Changes that let the tree grow and shrink by turns, now and then to nothing.
fn changes(random: &mut StdRng, names: &[Vec<u8>], present: &mut BTreeSet<Vec<u8>>) -> Changes {
    let put = if random.random_bool(0.5) { 0.9 } else { 0.2 };
    let mut changes: Vec<(Vec<u8>, Option<Vec<u8>>)> = (0..random.random_range(0..60))
        .map(|_| {
            let name = names[random.random_range(0..names.len())].clone();
            (name, random.random_bool(put).then(|| random.random::<[u8; 5]>().to_vec()))
        })
        .collect();
    if random.random_bool(0.02) {
        changes.extend(present.iter().map(|name| (name.clone(), None)));
    }
    let changes: Changes = changes.into_iter().collect();
    for (name, value) in changes.iter() {
        if value.is_some() {
            present.insert(name.to_vec())
        } else {
            present.remove(name)
        };
    }
    changes
}

/// Sizes of buckets as in trees of all sizes; smaller ones, too, so that few keys make deep trees.
const SIZES: [Most; 5] = [|_| 1, |_| 2, |_| 8, |_| 16, |_| 24];

/// Random histories: roots and the proofs of all versions that are kept are those of the other implementation, whatever the cache
/// holds, however buckets are cut and work is divided, through restarts, and after blocks that were prepared and never written.
#[test]
fn roots_and_proofs_are_those_of_another_implementation() {
    let names = names();
    for (seed, cache) in (0..8).zip([0, 700, 3_000, 10_000, 1 << 20].into_iter().cycle()) {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut ours, mut other, mut present) = (Ours::new(cache), Other::default(), BTreeSet::new());
        let mut provable = 0;
        for height in 0..150u64 {
            let most = SIZES[random.random_range(0..SIZES.len())];
            if random.random_bool(0.1) {
                let unwritten = changes(&mut random, &names, &mut present.clone());
                drop(ours.tree.prepare_by(&ours.store, height, &unwritten, (most, 2)).unwrap());
            }
            let changes = changes(&mut random, &names, &mut present);
            assert_eq!(
                ours.block(&changes, most),
                other.update(height, &changes),
                "seed {seed}, block {height}"
            );
            assert_eq!(ours.tree.size().leaves, present.len() as u64);
            assert!(ours.tree.size().cached <= cache);
            if random.random_bool(0.05) {
                ours.restart(most);
                provable = height;
            }
            let oldest = provable.max(height.saturating_sub(super::history::MOST_VERSIONS as u64 - 1));
            for _ in 0..12 {
                let name = &names[random.random_range(0..names.len())];
                let version = random.random_range(oldest..=height);
                let path = ours.path(version, name).unwrap().unwrap();
                assert_eq!(path, other.path(version, name), "seed {seed}, {version} of {height}");
            }
            assert_eq!(ours.path(height + 1, b"key"), Ok(None));
            assert_eq!(oldest.checked_sub(1).map_or(Ok(None), |gone| ours.path(gone, b"key")), Ok(None));
        }
    }
}

#[test]
fn one_leaf_hashes_as_published() {
    // JMT::LeafNode ‖ key hash ‖ value hash.
    let root = Ours::new(0).block(&entries(&[("key", Some("value"))]), super::branch::most);
    let leaf = sha256(&[b"JMT::LeafNode", &sha256(&[b"key"]), &sha256(&[b"value"])]);
    assert_eq!(*root.as_bytes(), leaf);
    assert_eq!(Ours::new(0).block(&Changes::default(), super::branch::most), Hash32::new(sparse::EMPTY));
}

/// Whoever looks at the ledger as of a block finds the proofs of that moment, also while the next blocks are written.
#[test]
fn a_view_that_stays_behind_proves_what_it_shows() {
    let mut ours = Ours::new(1_000);
    let name = |number: u64| format!("key {number}");
    let block = |number: u64| {
        let value = number.to_string();
        let fresh: Vec<String> = (0..30).map(|other| name(number * 30 + other)).collect();
        let mut pairs: Vec<_> = fresh.iter().map(|fresh| (fresh.as_str(), Some(value.as_str()))).collect();
        pairs.push(("hot", Some(value.as_str())));
        entries(&pairs)
    };
    for number in 0..5 {
        ours.block(&block(number), super::branch::most);
    }
    let old = MemoryStore::default();
    let mut batch = Batch::default();
    for (key, value) in ours.store.scan(Table::Leaves, b"", usize::MAX).unwrap() {
        batch.put(Table::Leaves, key, value);
    }
    old.write(batch).unwrap();
    let value = |number: u64| Some(sha256(&[number.to_string().as_bytes()]));
    // Block 5 can be seen before it is committed; its list is there already.
    let prepared = ours.tree.prepare(&ours.store, 5, &block(5)).unwrap();
    let mut batch = Batch::default();
    prepared.put_rows(&mut batch);
    ours.store.write(batch).unwrap();
    assert_eq!(ours.tree.path(&ours.store, 5, 3, b"hot").unwrap().unwrap().value_of(b"hot"), value(3));
    assert_eq!(ours.tree.path(&old, 4, 3, b"hot").unwrap().unwrap().value_of(b"hot"), value(3));
    ours.tree.commit(prepared).unwrap();
    ours.head = ours.head.map(|(_, root)| (5, root));
    ours.block(&block(6), super::branch::most);
    for version in 0..=4 {
        let path = ours.tree.path(&old, 4, version, b"hot").unwrap().unwrap();
        assert_eq!(path.value_of(b"hot"), value(version));
        assert_eq!(path, ours.path(version, b"hot").unwrap().unwrap());
    }
}

#[test]
fn a_block_that_does_not_follow_is_refused() {
    let mut ours = Ours::new(0);
    ours.block(&entries(&[("a", Some("1"))]), super::branch::most);
    assert!(matches!(ours.tree.prepare(&ours.store, 2, &Changes::default()), Err(StoreError::Corrupt(_))));
    let stale = ours.tree.prepare(&ours.store, 1, &Changes::default()).unwrap();
    ours.block(&Changes::default(), super::branch::most);
    assert!(matches!(ours.tree.commit(stale), Err(StoreError::Corrupt(_))));
}

/// One flipped, lost or added bit of any leaf is found when the ledger is opened, and when a running node reads the leaf.
#[test]
fn damaged_leaves_are_found() {
    let most: Most = |_| 3;
    let names: Vec<String> = (0..40).map(|name| name.to_string()).collect();
    let mut whole = Ours::new(0);
    let all: Vec<_> = names.iter().map(|name| (name.as_str(), Some("x"))).collect();
    whole.block(&entries(&all), most);
    let rows = whole.store.scan(Table::Leaves, b"", usize::MAX).unwrap();
    for name in &names {
        let key = sha256(&[name.as_bytes()]);
        let mut flipped = rows.iter().find(|(row, _)| *row == key).unwrap().1.clone();
        flipped[7] ^= 4;
        for damage in [Some(flipped), None, Some(vec![1, 2, 3])] {
            let mut batch = Batch::default();
            match damage {
                Some(value) => batch.put(Table::Leaves, key, value),
                None => batch.delete(Table::Leaves, key),
            }
            whole.store.write(batch).unwrap();
            let (height, root) = whole.head.unwrap();
            let opened = StateTree::open_by(&whole.store, height, root, 1 << 20, most);
            assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{name}");
            let update = whole.tree.prepare_by(&whole.store, 1, &entries(&[(name, Some("y"))]), (most, 2));
            assert!(matches!(update, Err(StoreError::Corrupt(_))), "{name}");
            assert!(matches!(whole.path(0, name.as_bytes()), Err(StoreError::Corrupt(_))), "{name}");
        }
        let mut batch = Batch::default();
        rows.iter().for_each(|(key, value)| batch.put(Table::Leaves, key.as_slice(), value.as_slice()));
        whole.store.write(batch).unwrap();
    }
    whole.restart(most);
}

/// Versions go, and with them all that they alone used: a ledger that changes for ever takes no more memory.
#[test]
fn old_versions_leave_nothing() {
    let mut ours = Ours::new(1 << 20);
    let names: Vec<String> = (0..500).map(|name| name.to_string()).collect();
    let mut sizes = BTreeSet::new();
    for round in 0..600u64 {
        let value = round.to_string();
        let pairs = names
            .iter()
            .skip(round as usize % 10)
            .step_by(10)
            .map(|name| (name.as_str(), Some(value.as_str())));
        ours.block(&entries(&pairs.collect::<Vec<_>>()), super::branch::most);
        if round >= 300 && round % 10 == 0 {
            sizes.insert(ours.tree.size().nodes);
        }
    }
    assert_eq!(sizes.len(), 1, "{sizes:?}");
    let before = ours.tree.size();
    for _ in 0..200 {
        ours.block(&Changes::default(), super::branch::most);
    }
    let after = ours.tree.size();
    assert!(after.nodes < before.nodes / 2, "{before:?}, then {after:?}");
    ours.restart(super::branch::most);
    assert_eq!(ours.tree.size().nodes, after.nodes);
}

#[test]
fn a_node_takes_forty_bytes() {
    assert_eq!(size_of::<OwnNode>(), 40);
}

/// A block that is worth several threads: it is really divided, down to the depth at which subtrees are handed out.
#[test]
fn a_large_block_is_divided_and_has_the_root_of_one_that_is_not() {
    let record =
        |number: u32, value: u32| (number.to_be_bytes().to_vec(), Some(value.to_be_bytes().to_vec()));
    let first: Changes = (0..4_000).map(|number| record(number, 0)).collect();
    let second: Changes = (2_000..6_000).map(|number| record(number, 1)).collect();
    let most: Most = |_| 4;
    let mut roots = BTreeSet::new();
    for shares in [1, 2, 3, 4] {
        let (store, tree) = (MemoryStore::default(), StateTree::empty(1 << 16));
        for (height, changes) in [(0, &first), (1, &second)] {
            let prepared = tree.prepare_by(&store, height, changes, (most, shares)).unwrap();
            let mut batch = Batch::default();
            prepared.put_rows(&mut batch);
            store.write(batch).unwrap();
            if height == 1 {
                assert!(roots.insert(prepared.root()) == (shares == 1), "{shares} shares");
            }
            tree.commit(prepared).unwrap();
        }
        let inner = tree.0.read();
        let mut changes: Vec<_> = second.iter().map(|(key, _)| (sha256(&[key]), None)).collect();
        changes.sort_unstable();
        let parts =
            super::division::parts(&inner.stored, inner.history.newest().unwrap().root.0, &changes, shares);
        assert_eq!(parts.unwrap().len(), if shares == 1 { 1 } else { 64 });
    }
    assert_eq!(super::division::shares(100), 1, "a small block is not worth a thread");
}
