//! Importing a snapshot: right, killed anywhere, and forged.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use dure_ledger_bench::write_crowd;
use dure_score::{Bid, Genesis, Hash32, holdings::Holdings, key::Key};
use ledger_node::{
    history::{
        archive::{
            ArchiveError, ChunkSource, FolderSource, SnapshotManifest,
            import::origin,
            import_snapshot,
            snapshot::{Entry, chunk_name, manifest_name, open_chunk, seal_chunk},
        },
        ledger::Ledger,
    },
    store::{Batch, MemoryStore, Read, Store, StoreError, Table},
};
use tempfile::TempDir;

/// Enough for several chunks.
const ACCOUNTS: u32 = 20_000;

struct Crowd {
    dir: TempDir,
    genesis: Genesis,
}

impl Crowd {
    fn new(accounts: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let genesis = write_crowd(dir.path(), accounts).unwrap();
        Self { dir, genesis }
    }

    fn manifest(&self) -> SnapshotManifest {
        SnapshotManifest::open(&fs::read(self.dir.path().join(manifest_name(1))).unwrap(), 1).unwrap().0
    }

    fn import(&self, store: &dyn Store, staging: &Path) -> Result<u64, ArchiveError> {
        let mut source = FolderSource::new(self.dir.path());
        import_snapshot(store, &self.genesis, staging, &mut source, &mut |_, _| true)
    }

    /// Changes the entries of chunk 0 and all hashes with them.
    fn forge(&self, change: impl FnOnce(&mut Vec<Entry>)) {
        let mut manifest = self.manifest();
        let path = self.dir.path().join(chunk_name(1, 0));
        let mut entries = open_chunk(&fs::read(&path).unwrap(), 1, 0, &manifest.chunks[0]).unwrap();
        change(&mut entries);
        let (file, hash) = seal_chunk(&entries);
        fs::write(path, file).unwrap();
        manifest.chunks[0] = hash;
        self.write(&manifest);
    }

    fn write(&self, manifest: &SnapshotManifest) {
        fs::write(self.dir.path().join(manifest_name(1)), manifest.seal().0).unwrap();
    }
}

fn everything(store: &dyn Store) -> Vec<Vec<(Vec<u8>, Vec<u8>)>> {
    Table::ALL.iter().map(|table| store.scan(*table, &[], usize::MAX).unwrap()).collect()
}

fn is_empty(store: &dyn Store) -> bool {
    everything(store).iter().all(Vec::is_empty)
}

#[test]
fn an_imported_ledger_has_the_state_and_goes_on() {
    let crowd = Crowd::new(ACCOUNTS);
    let manifest = crowd.manifest();
    assert!(manifest.chunks.len() > 1, "{} chunks", manifest.chunks.len());
    let (store, staging) = (Arc::new(MemoryStore::default()), tempfile::tempdir().unwrap());
    assert_eq!(crowd.import(&*store, staging.path()).unwrap(), 1);
    let again = crowd.import(&*store, staging.path()).unwrap_err();
    assert_eq!(again.code(), "ARCHIVE_LEDGER_NOT_EMPTY");

    let ledger = Ledger::open(store, crowd.genesis.clone(), &origin(&crowd.genesis)).unwrap();
    let head = ledger.head();
    assert_eq!((head.height, head.digest, head.state_root), (1, manifest.digest, manifest.state_root));
    assert_eq!((ledger.pruned().unwrap(), ledger.joined().unwrap().unwrap().height), (1, 1));
    let (view, _) = ledger.view().unwrap();
    let mut bid = [b'C'; 16];
    bid[..4].copy_from_slice(&41u32.to_be_bytes());
    let holdings = view.get(Table::State, &Key::Holdings(&Bid::new(bid)).to_bytes()).unwrap().unwrap();
    let holdings: Holdings = minicbor::decode(&holdings).unwrap();
    assert_eq!(holdings.lots[0].amount.get(), 42);
}

/// Counts what is fetched.
struct Counting(FolderSource, usize);

impl ChunkSource for Counting {
    fn manifest(&mut self, wanted: Option<u64>) -> Result<(u64, Vec<u8>), ArchiveError> {
        self.0.manifest(wanted)
    }
    fn chunk(&mut self, height: u64, index: u32) -> Result<Vec<u8>, ArchiveError> {
        self.1 += 1;
        self.0.chunk(height, index)
    }
}

#[test]
fn a_stopped_import_fetches_no_chunk_twice() {
    let crowd = Crowd::new(ACCOUNTS);
    let all = crowd.manifest().chunks.len();
    let (store, staging) = (MemoryStore::default(), tempfile::tempdir().unwrap());
    let mut source = Counting(FolderSource::new(crowd.dir.path()), 0);
    for stop_after in 1..all as u32 {
        let stopped = import_snapshot(&store, &crowd.genesis, staging.path(), &mut source, &mut |here, _| {
            here < stop_after
        });
        assert_eq!(stopped.unwrap_err().code(), "ARCHIVE_STOPPED");
        assert!(is_empty(&store));
    }
    // A chunk that was torn on this disk is fetched again.
    fs::write(staging.path().join(chunk_name(1, 0)), b"torn").unwrap();
    import_snapshot(&store, &crowd.genesis, staging.path(), &mut source, &mut |_, _| true).unwrap();
    assert_eq!(source.1, all + 1);
}

/// A store whose power goes after so many writes.
struct Failing(Arc<MemoryStore>, AtomicUsize);

impl Failing {
    fn step(&self) -> Result<(), StoreError> {
        let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| StoreError::Engine("power cut".to_owned()))
    }
}

impl Read for Failing {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(table, key)
    }
    fn scan(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        self.0.scan(table, prefix, limit)
    }
    fn scan_from(
        &self,
        table: Table,
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        self.0.scan_from(table, from, limit)
    }
}

impl Store for Failing {
    fn view(&self) -> Box<dyn Read + Sync + '_> {
        self.0.view()
    }
    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        self.step()?;
        self.0.write(batch)
    }
    fn load(&self, batch: Batch) -> Result<(), StoreError> {
        self.step()?;
        self.0.load(batch)
    }
    fn flush(&self) -> Result<(), StoreError> {
        self.step()?;
        self.0.flush()
    }
}

#[test]
fn killed_at_any_write_the_store_is_empty_or_whole() {
    let crowd = Crowd::new(200);
    let whole = MemoryStore::default();
    crowd.import(&whole, tempfile::tempdir().unwrap().path()).unwrap();
    let whole = everything(&whole);
    let fresh = MemoryStore::default();
    drop(Ledger::open(Arc::new(fresh), crowd.genesis.clone(), &origin(&crowd.genesis)).unwrap());

    for kill_after in 0.. {
        let (store, staging) = (Arc::new(MemoryStore::default()), tempfile::tempdir().unwrap());
        let failing = Failing(Arc::clone(&store), AtomicUsize::new(kill_after));
        if crowd.import(&failing, staging.path()).is_ok() {
            assert!(kill_after >= 4, "the import writes more than {kill_after} times");
            assert_eq!(everything(&*store), whole);
            return;
        }
        // Either it goes on …
        let copy = Arc::new(MemoryStore::default());
        let mut batch = Batch::default();
        for (table, entries) in Table::ALL.iter().zip(everything(&*store)) {
            entries.into_iter().for_each(|(key, value)| batch.put(*table, key, value));
        }
        copy.write(batch).unwrap();
        crowd.import(&*store, staging.path()).unwrap();
        assert_eq!(everything(&*store), whole, "killed after {kill_after} writes");
        // … or the node starts from genesis, with nothing left of the attempt.
        let opened =
            Ledger::open(Arc::clone(&copy) as Arc<dyn Store>, crowd.genesis.clone(), &origin(&crowd.genesis));
        assert_eq!(opened.unwrap().head().height, 0);
        let genesis_only = Arc::new(MemoryStore::default());
        Ledger::open(
            Arc::clone(&genesis_only) as Arc<dyn Store>,
            crowd.genesis.clone(),
            &origin(&crowd.genesis),
        )
        .unwrap();
        assert_eq!(everything(&*copy), everything(&*genesis_only), "killed after {kill_after} writes");
    }
}

#[test]
fn forged_snapshots_are_refused_and_leave_nothing() {
    let refused = |change: &dyn Fn(&mut Crowd)| {
        let mut crowd = Crowd::new(50);
        change(&mut crowd);
        let (store, dir) = (MemoryStore::default(), tempfile::tempdir().unwrap());
        let error = crowd.import(&store, &dir.path().join("staging")).unwrap_err();
        assert!(is_empty(&store), "{error}");
        error.code()
    };
    let forge = |change: fn(&mut Vec<Entry>)| refused(&|crowd| crowd.forge(change));
    let with = |change: fn(&mut SnapshotManifest)| {
        refused(&|crowd| {
            let mut manifest = crowd.manifest();
            change(&mut manifest);
            crowd.write(&manifest);
        })
    };
    assert_eq!(forge(|entries| entries[7].1 = vec![1].into()), "COPY_STATE_ROOT");
    assert_eq!(forge(|entries| drop(entries.pop())), "COPY_ENTRIES");
    assert_eq!(forge(|entries| entries.push((vec![255].into(), vec![1].into()))), "COPY_ENTRIES");
    assert_eq!(forge(|entries| entries.swap(1, 2)), "COPY_ENTRIES");
    assert_eq!(with(|manifest| manifest.state_root = Hash32::new([1; 32])), "COPY_CLAIM");
    assert_eq!(with(|manifest| manifest.digest = Hash32::new([1; 32])), "COPY_LINK");
    assert_eq!(with(|manifest| manifest.headers.clear()), "COPY_MALFORMED");
    assert_eq!(with(|manifest| manifest.headers[0] = manifest.finality.header.clone()), "COPY_LINK");
    assert_eq!(with(|manifest| manifest.format = 2), "COPY_MALFORMED");
    assert_eq!(with(|manifest| manifest.genesis_hash = Hash32::new([1; 32])), "ARCHIVE_OTHER_GENESIS");
    let unsigned = |manifest: &mut SnapshotManifest| {
        let mut certificate = manifest.finality.certificate.as_bytes().to_vec();
        *certificate.last_mut().unwrap() ^= 1;
        manifest.finality.certificate = certificate.into();
    };
    assert_eq!(with(unsigned), "COPY_CERTIFICATE");
    assert_eq!(refused(&|crowd| crowd.genesis.time_ms += 1), "ARCHIVE_OTHER_GENESIS");
    assert_eq!(
        refused(&|crowd| fs::write(crowd.dir.path().join(chunk_name(1, 0)), b"x").unwrap()),
        "COPY_DAMAGED"
    );
    assert_eq!(
        refused(&|crowd| fs::remove_file(crowd.dir.path().join(chunk_name(1, 0))).unwrap()),
        "COPY_MISSING"
    );
    assert_eq!(
        refused(&|crowd| fs::remove_file(crowd.dir.path().join(manifest_name(1))).unwrap()),
        "ARCHIVE_SOURCE"
    );
}

#[test]
fn every_flipped_byte_of_a_snapshot_is_found() {
    let crowd = Crowd::new(5);
    for name in [manifest_name(1), chunk_name(1, 0)] {
        let path = crowd.dir.path().join(&name);
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, bad).unwrap();
            let (store, dir) = (MemoryStore::default(), tempfile::tempdir().unwrap());
            let error =
                crowd.import(&store, &dir.path().join("staging")).expect_err(&format!("{name}, byte {at}"));
            assert_eq!(
                (error.code(), error.block()),
                ("COPY_DAMAGED", Some(1)),
                "{name}, byte {at}: {error}"
            );
            assert!(is_empty(&store));
        }
        fs::write(&path, good).unwrap();
    }
}
