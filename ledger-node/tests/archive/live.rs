//! A running node is copied, audited, restored; its snapshots are fetched over HTTP and imported.

use std::{path::Path, sync::Arc, time::Duration};

use crate::files::{check, files};
use dure_score::Hash32;
use ledger_node::{
    history::{
        archive::{
            ArchiveError, ChunkSource, FolderSource, SnapshotManifest, backup, import::origin,
            import_snapshot, keeper,
        },
        ledger::Ledger,
    },
    operations::restore,
    store::{MemoryStore, RocksStore},
};

#[path = "../node/support.rs"]
mod support;

use support::{Place, applied, charge, genesis, register, url};

/// Three people, charged; among it a deposit that is refused the second time.
async fn live_a_little(client: &dure_ledger_client::LedgerClient, from: u64) {
    for person in 0..3u64 {
        let nonce = from + person;
        applied(client, &register(nonce, 10 + nonce as u8)).await;
        applied(client, &charge(2 * nonce, 10 + nonce as u8, 10_000, &format!("DEP-{nonce}"))).await;
        let again = charge(2 * nonce + 1, 10 + nonce as u8, 10_000, &format!("DEP-{nonce}"));
        let refused = client.submit_and_wait(&again, support::WAIT).await.unwrap();
        assert!(!refused.is_applied());
    }
}

fn copy(node: &Path, to: &Path) -> ledger_node::history::archive::BackupManifest {
    backup(node, to, &mut |_, _| {}).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_node_is_copied_and_its_copy_becomes_a_ledger() {
    let place = Place::new();
    let dir = place.path().join("copies");
    let (node, client) = place.start().await;
    live_a_little(&client, 1).await;
    let (first, second) = (dir.join("first"), dir.join("second"));
    let manifest = copy(&place.config.data_dir, &first);
    let report = check(&first).unwrap();
    assert_eq!((report.head, report.transactions, report.payments), (manifest.head, 9, 0));
    assert_eq!(report.supply[0].existing.get(), 30_000);
    assert_eq!(report.genesis_hash, genesis().hash());
    live_a_little(&client, 4).await;
    node.stop().await;
    let later = copy(&place.config.data_dir, &second);
    assert!(later.head > manifest.head);
    assert_eq!(check(&second).unwrap().transactions, 18);
    let full = backup(&place.config.data_dir, &second, &mut |_, _| {});
    assert!(matches!(full, Err(ArchiveError::NotEmpty(_))));

    let restored = dir.join("restored");
    restore(&second, &restored, Some(&genesis().hash()), &mut |_| {}).unwrap();
    assert_eq!(files(&restored), [restored.join("ledger")], "no consensus journal, no keys");
    let open = |folder: &Path| {
        let store = Arc::new(RocksStore::open(&folder.join("ledger")).unwrap());
        Ledger::open(store, genesis(), &origin(&genesis())).unwrap()
    };
    let (ours, theirs) = (open(&restored), open(&place.config.data_dir));
    for height in 0..=later.head {
        assert_eq!(ours.record(height).unwrap(), theirs.record(height).unwrap(), "block {height}");
        assert_eq!(ours.items(height).unwrap(), theirs.items(height).unwrap(), "block {height}");
        let receipts = ours.receipts(height).unwrap();
        assert_eq!(receipts, theirs.receipts(height).unwrap(), "block {height}");
        for receipt in receipts {
            assert_eq!(ours.locate(&receipt.tx).unwrap(), theirs.locate(&receipt.tx).unwrap());
        }
    }
    assert_eq!(ours.head().height, later.head);
    assert_eq!(ours.head().state_root, theirs.record(later.head).unwrap().unwrap().state_root);
    drop((ours, theirs));
    // A copy of the copy is the same copy.
    let third = dir.join("third");
    assert_eq!(copy(&restored, &third), later);
    let twice = restore(&second, &restored, None, &mut |_| {});
    assert!(matches!(twice, Err(ArchiveError::NotEmpty(_))));
    let other = restore(&second, &dir.join("other"), Some(&Hash32::new([1; 32])), &mut |_| {});
    assert!(matches!(other, Err(ArchiveError::OtherGenesis)));
}

/// Snapshots of a node over HTTP.
struct Http(String);

impl Http {
    fn get(&self, path: &str) -> Vec<u8> {
        let url = format!("{}/v1/snapshots{path}", self.0);
        let fetch = async {
            reqwest::get(url).await.unwrap().error_for_status().unwrap().bytes().await.unwrap().to_vec()
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(fetch))
    }
    fn heights(&self) -> Vec<u64> {
        let list: Vec<serde_json::Value> = serde_json::from_slice(&self.get("")).unwrap();
        list.iter().map(|one| one["height"].as_u64().unwrap()).collect()
    }
}

impl ChunkSource for Http {
    fn manifest(&mut self, _: Option<u64>) -> Result<(u64, Vec<u8>), ArchiveError> {
        let height = *self.heights().last().unwrap();
        Ok((height, self.get(&format!("/{height}/manifest"))))
    }
    fn chunk(&mut self, height: u64, index: u32) -> Result<Vec<u8>, ArchiveError> {
        Ok(self.get(&format!("/{height}/chunks/{index}")))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_are_written_served_and_imported() {
    let mut place = Place::new();
    place.config.snapshot_every = 4;
    let (node, client) = place.start().await;
    live_a_little(&client, 1).await;
    let mut source = Http(url(&node));
    let deadline = std::time::Instant::now() + support::WAIT;
    while source.heights().len() < 2 || source.heights()[1] < 12 {
        assert!(std::time::Instant::now() < deadline, "{:?}", source.heights());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(source.heights().len() <= 3, "old ones go");

    let (store, staging) = (Arc::new(MemoryStore::default()), tempfile::tempdir().unwrap());
    let height = import_snapshot(&*store, &genesis(), staging.path(), &mut source, &mut |_, _| true).unwrap();
    let ledger = Ledger::open(store, genesis(), &origin(&genesis())).unwrap();
    let theirs = node.ledger().record(height).unwrap().unwrap();
    assert_eq!((ledger.head().height, ledger.head().digest), (height, theirs.digest));
    assert_eq!(ledger.head().state_root, theirs.state_root);
    assert_eq!(ledger.record(height).unwrap().unwrap().receipts_root, theirs.receipts_root);
    let missing = reqwest::get(format!("{}/v1/snapshots/1/chunks/0", url(&node))).await.unwrap();
    assert_eq!(missing.status().as_u16(), 404);
    node.stop().await;

    // What is on disk is the same, and a forged file on the way in is refused by name of its block.
    let folder = place.config.data_dir.join("snapshots");
    let newest = *keeper::list(&folder).unwrap().last().unwrap();
    let (at, bytes) = FolderSource::new(&keeper::place(&folder, newest)).manifest(None).unwrap();
    assert_eq!(SnapshotManifest::open(&bytes, at).unwrap().0.height, newest);
}

/// A node that keeps few blocks is copied from its snapshot on, and the copy proves itself from there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pruned_node_is_copied_from_a_snapshot() {
    let mut place = Place::new();
    (place.config.snapshot_every, place.config.keep_blocks) = (8, 24);
    let (node, client) = place.start().await;
    live_a_little(&client, 1).await;
    let deadline = std::time::Instant::now() + 3 * support::WAIT;
    while node.ledger().pruned().unwrap() == 0 {
        assert!(std::time::Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    live_a_little(&client, 4).await;
    node.stop().await;
    let dir = place.path();
    let (copied, restored) = (dir.join("copy"), dir.join("restored"));
    let manifest = copy(&place.config.data_dir, &copied);
    assert!(manifest.base > 0 && manifest.snapshot.is_some());
    let report = check(&copied).unwrap();
    assert_eq!((report.base, report.supply[0].existing.get()), (manifest.base, 60_000));
    // Every file counts: one flipped byte in each, the snapshot's included.
    for file in files(&copied) {
        let good = std::fs::read(&file).unwrap();
        for at in (0..good.len()).step_by(good.len() / 50 + 1) {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            std::fs::write(&file, bad).unwrap();
            let error = check(&copied).unwrap_err();
            assert!(error.block().is_some_and(|block| block >= manifest.base), "{}: {error}", file.display());
        }
        std::fs::write(&file, good).unwrap();
    }
    restore(&copied, &restored, None, &mut |_| {}).unwrap();
    let again = dir.join("again");
    assert_eq!(copy(&restored, &again), manifest);
    check(&again).unwrap();
}
