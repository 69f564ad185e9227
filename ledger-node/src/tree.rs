//! The authenticated state: a Jellyfish Merkle tree over SHA-256 whose root every block commits to.
//!
//! A leaf is SHA-256 of a state key with SHA-256 of the value; version = height. Values live in the state table
//! alone. Replaced nodes stay for [`KEPT_VERSIONS`] blocks, so that proofs of recent heights can be made.

use dure_score::{Hash32, ids::sha256, state::Changes};
use jmt::{
    JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher, Version,
    storage::{LeafNode, NibblePath, Node, NodeKey, TreeReader},
};
use sha2::{Digest as _, Sha256};

use crate::store::{Batch, Read, StoreError, Table};

/// Blocks after which a replaced node is deleted.
pub const KEPT_VERSIONS: u64 = 1_000;

/// Most replaced nodes of one version: a full block replaces far fewer.
const MAX_STALE: usize = 1_000_000;

/// What stands for an empty subtree.
const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// A leaf's hash is that of this, SHA-256 of the key, and SHA-256 of the value.
const LEAF_DOMAIN: &[u8] = b"JMT::LeafNode";

/// An inner node's hash is that of this and the hashes of its two children.
const NODE_DOMAIN: &[u8] = b"JMT::IntrnalNode";

/// SHA-256 as the tree wants it.
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

struct Nodes<'a>(&'a dyn Read);

impl TreeReader for Nodes<'_> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        let bytes = self.0.get(Table::Tree, &node_key(key)?)?;
        Ok(bytes.map(|bytes| borsh::from_slice(&bytes)).transpose()?)
    }

    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        // Asked for by a proof alone, which carries the value's hash.
        Ok(Some(OwnedValue::new()))
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("the tree is never restored from a stream")
    }
}

/// Applies the changes of block `version` (0: genesis) to the tree as stored in `read`; puts the new nodes
/// and the deletion of long replaced ones into `batch`. Returns the new root.
pub fn update(
    read: &dyn Read,
    version: u64,
    changes: &Changes,
    batch: &mut Batch,
) -> Result<Hash32, StoreError> {
    let nodes = Nodes(read);
    let tree = JellyfishMerkleTree::<_, Hasher>::new(&nodes);
    let leaves =
        changes.iter().map(|(key, value)| (KeyHash(<Hasher as SimpleHasher>::hash(key)), value.clone()));
    let (root, changed) = tree.put_value_set(leaves, version).map_err(corrupt)?;
    for (key, node) in changed.node_batch.nodes() {
        batch.put(Table::Tree, node_key(key).map_err(corrupt)?, borsh::to_vec(node).map_err(corrupt)?);
    }
    for stale in &changed.stale_node_index_batch {
        let mut key = stale.stale_since_version.to_be_bytes().to_vec();
        key.extend(node_key(&stale.node_key).map_err(corrupt)?);
        batch.put(Table::Stale, key, b"");
    }
    // A block that changes nothing copies the root and calls nothing stale: else an idle chain would grow for ever.
    if changed.stale_node_index_batch.is_empty()
        && let Some(before) = version.checked_sub(1)
    {
        let mut key = version.to_be_bytes().to_vec();
        key.extend(node_key(&root_key(before)).map_err(corrupt)?);
        batch.put(Table::Stale, key, b"");
    }
    prune(read, version, batch)?;
    Ok(Hash32::new(root.0))
}

/// The way from a key's place up to the root of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The leaf at that place, as SHA-256 of its key and of its value; another key's, or none, if the key is
    /// absent.
    pub leaf: Option<([u8; 32], [u8; 32])>,
    /// Hashes beside the way, lowest first.
    pub siblings: Vec<Hash32>,
}

impl Path {
    /// SHA-256 of the value under `key`; `None` if the key is absent.
    pub fn value_of(&self, key: &[u8]) -> Option<[u8; 32]> {
        self.leaf.filter(|(leaf, _)| *leaf == sha256(&[key])).map(|(_, value)| value)
    }
}

/// The way from `key` to the root of `version`. `None` if that version is not here: not applied yet, or deleted.
pub fn path(read: &dyn Read, version: u64, key: &[u8]) -> Result<Option<Path>, StoreError> {
    let nodes = Nodes(read);
    // The root is the first node of a version that goes.
    if nodes.get_node_option(&root_key(version)).map_err(corrupt)?.is_none() {
        return Ok(None);
    }
    let tree = JellyfishMerkleTree::<_, Hasher>::new(&nodes);
    let (_, proof) = tree.get_with_proof(KeyHash(sha256(&[key])), version).map_err(corrupt)?;
    // The library shows its siblings only in this encoding.
    let bytes = borsh::to_vec(&proof).map_err(corrupt)?;
    let (leaf, siblings): (_, Vec<Sibling>) = borsh::from_slice(&bytes).map_err(corrupt)?;
    Ok(Some(Path { leaf, siblings: siblings.into_iter().map(|Sibling(hash)| Hash32::new(hash)).collect() }))
}

/// The hash of a node beside a path, whatever kind of node it is.
struct Sibling([u8; 32]);

impl borsh::BorshDeserialize for Sibling {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        let kind = u8::deserialize_reader(reader)?;
        if kind == 0 {
            return Ok(Self(EMPTY));
        }
        let (first, second) = <([u8; 32], [u8; 32])>::deserialize_reader(reader)?;
        let domain = if kind == 1 { NODE_DOMAIN } else { LEAF_DOMAIN };
        Ok(Self(sha256(&[domain, &first, &second])))
    }
}

fn root_key(version: u64) -> NodeKey {
    NodeKey::new(version, NibblePath::from_iter(std::iter::empty()))
}

/// Deletes what became stale exactly [`KEPT_VERSIONS`] ago: each block removes as much as one block once left.
fn prune(read: &dyn Read, version: u64, batch: &mut Batch) -> Result<(), StoreError> {
    let Some(old) = version.checked_sub(KEPT_VERSIONS) else { return Ok(()) };
    for (key, _) in read.scan(Table::Stale, &old.to_be_bytes(), MAX_STALE)? {
        if let Some(node) = key.get(8..) {
            batch.delete(Table::Tree, node);
        }
        batch.delete(Table::Stale, key);
    }
    Ok(())
}

/// Version first, big-endian: nodes of a block lie together on disk.
fn node_key(key: &NodeKey) -> anyhow::Result<Vec<u8>> {
    let mut bytes = key.version().to_be_bytes().to_vec();
    borsh::to_writer(&mut bytes, key.nibble_path())?;
    Ok(bytes)
}

fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("state tree: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::as_conversions)]
    use super::*;
    use crate::store::{MemoryStore, Store as _};

    fn step(store: &MemoryStore, version: u64, entries: &[(&str, Option<&str>)]) -> Hash32 {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let changes = entries.iter().map(|(key, value)| (bytes(key), value.map(bytes))).collect();
        let mut batch = Batch::default();
        let root = update(store, version, &changes, &mut batch).unwrap();
        store.write(batch).unwrap();
        root
    }

    #[test]
    fn the_root_says_the_content_and_not_its_history() {
        let (one, two) = (MemoryStore::default(), MemoryStore::default());
        step(&one, 0, &[("a", Some("1")), ("b", Some("2"))]);
        let left = step(&one, 1, &[("c", Some("3")), ("a", None)]);
        step(&two, 0, &[("c", Some("9"))]);
        step(&two, 1, &[("b", Some("2"))]);
        let right = step(&two, 2, &[("c", Some("3")), ("never there", None)]);
        assert_eq!(left, right);
        assert_ne!(left, step(&one, 2, &[("c", Some("4"))]));
    }

    #[test]
    fn one_leaf_hashes_as_published() {
        // JMT::LeafNode ‖ key hash ‖ value hash.
        let root = step(&MemoryStore::default(), 0, &[("key", Some("value"))]);
        let leaf = sha256(&[b"JMT::LeafNode", &sha256(&[b"key"]), &sha256(&[b"value"])]);
        assert_eq!(*root.as_bytes(), leaf);
    }

    fn bit(key: &[u8; 32], at: usize) -> bool {
        key.get(at / 8).unwrap() >> (7 - at % 8) & 1 == 1
    }

    /// As the published format says, and as verifiers do it.
    fn climb(path: &Path, key: &[u8; 32]) -> [u8; 32] {
        let leaf = path.leaf.map_or(EMPTY, |(key, value)| sha256(&[LEAF_DOMAIN, &key, &value]));
        path.siblings.iter().enumerate().fold(leaf, |hash, (at, sibling)| {
            let right = bit(key, path.siblings.len() - 1 - at);
            let sibling = sibling.as_bytes();
            let (left, right) = if right { (sibling, &hash) } else { (&hash, sibling) };
            sha256(&[NODE_DOMAIN, left, right])
        })
    }

    #[test]
    fn paths_of_present_and_absent_keys_lead_to_the_root_of_their_version() {
        let store = MemoryStore::default();
        let names: Vec<String> = (0..200).map(|name| format!("key {name}")).collect();
        let mut roots = vec![step(&store, 0, &[("first", Some("0"))])];
        for (version, name) in (1..).zip(&names) {
            roots.push(step(&store, version, &[(name, Some("x")), ("first", Some(name))]));
        }
        for version in [0usize, 1, 7, 200] {
            for (at, name) in names.iter().enumerate() {
                let path = path(&store, version as u64, name.as_bytes()).unwrap().unwrap();
                let present = path.value_of(name.as_bytes()) == Some(sha256(&[b"x"]));
                assert_eq!(present, at < version, "{name} in version {version}");
                let root = roots.get(version).unwrap();
                assert_eq!(climb(&path, &sha256(&[name.as_bytes()])), *root.as_bytes());
            }
        }
        assert!(path(&store, 201, b"first").unwrap().is_none());
    }

    #[test]
    fn an_idle_chain_does_not_grow() {
        let store = MemoryStore::default();
        step(&store, 0, &[("a", Some("1")), ("b", Some("2"))]);
        let root = step(&store, 1, &[]);
        let count = |table| store.scan(table, b"", usize::MAX).unwrap().len();
        for version in 2..=KEPT_VERSIONS + 1 {
            step(&store, version, &[]);
        }
        let full = (count(Table::Tree), count(Table::Stale));
        for version in KEPT_VERSIONS + 2..KEPT_VERSIONS + 50 {
            assert_eq!(step(&store, version, &[]), root);
        }
        assert_eq!((count(Table::Tree), count(Table::Stale)), full);
        assert!(path(&store, 40, b"a").unwrap().is_none());
        assert!(path(&store, 60, b"a").unwrap().is_some());
    }

    #[test]
    fn replaced_nodes_go_after_a_while_and_the_tree_goes_on() {
        let store = MemoryStore::default();
        let count = |store: &MemoryStore| store.scan(Table::Tree, b"", usize::MAX).unwrap().len();
        for version in 0..=KEPT_VERSIONS {
            step(&store, version, &[("a", Some(&version.to_string())), ("b", Some("x"))]);
        }
        let full = count(&store);
        for version in 1..=50 {
            step(&store, KEPT_VERSIONS + version, &[("a", Some(&version.to_string()))]);
        }
        assert!(count(&store) <= full + 4, "{} nodes, then {}", full, count(&store));
        let fresh = MemoryStore::default();
        let root = step(&store, KEPT_VERSIONS + 51, &[("a", Some("same"))]);
        assert_eq!(step(&fresh, 0, &[("a", Some("same")), ("b", Some("x"))]), root);
    }
}
