//! The authenticated state: a Jellyfish Merkle tree over SHA-256 whose root every block commits to.
//!
//! A leaf is SHA-256 of a state key with SHA-256 of the value; version = height. Values live in the state table
//! alone. Replaced nodes stay for [`KEPT_VERSIONS`] blocks, so that proofs of recent heights can be made.

use dure_score::{Hash32, state::Changes};
use jmt::{
    JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher, Version,
    storage::{LeafNode, Node, NodeKey, TreeReader},
};
use sha2::{Digest as _, Sha256};

use crate::store::{Batch, Read, StoreError, Table};

/// Blocks after which a replaced node is deleted.
pub const KEPT_VERSIONS: u64 = 1_000;

/// Most replaced nodes of one version: a full block replaces far fewer.
const MAX_STALE: usize = 1_000_000;

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
        anyhow::bail!("the tree holds no values")
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("the tree is never restored from a stream")
    }
}

/// Applies the changes of block `version` (0: genesis) to the tree as stored in `read`; puts the new nodes and the deletion of
/// long replaced ones into `batch`. Returns the new root.
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
        batch.put(Table::Stale, key, Vec::new());
    }
    prune(read, version, batch)?;
    Ok(Hash32::new(root.0))
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
    #![allow(clippy::unwrap_used)]
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
        let mut hasher = Sha256::new();
        hasher.update(b"JMT::LeafNode");
        hasher.update(Sha256::digest(b"key"));
        hasher.update(Sha256::digest(b"value"));
        assert_eq!(*root.as_bytes(), <[u8; 32]>::from(hasher.finalize()));
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
