//! What a node reads of its disk, of copies, and of other nodes.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use dure_chain::epoch::epoch_of;
use dure_chain::list::root as items_root;
use dure_consensus::{Application as _, Block, BlockHeader, Verdict, genesis_header};
use dure_score::{SignedTx, codec};
use ledger_node::{
    consensus::{application::NodeApplication, epoch_validators::EpochValidators},
    history::{
        archive::{
            BackupManifest, SnapshotManifest,
            backup::backup_name,
            frame::{self, Kind},
            read_manifest, segment, snapshot,
        },
        ledger::Ledger,
    },
    ingress::{pool::Pool, signatures::Signatures},
    store::{
        Batch, MemoryStore, Store as _, Table,
        record::{self, AppHeader, BlockRecord, Head, Joined, TxPosition, rows},
    },
    sync::follow::{check, wire::SyncBlock},
};
use minicbor::bytes::ByteVec;

use crate::{
    bytes::{byte, part},
    files::Scratch,
    forms::{Form, canonical},
    proofs::{genesis, prover},
};

const KINDS: [Kind; 4] = [Kind::Backup, Kind::Segment, Kind::Snapshot, Kind::Chunk];

/// What a copy consists of, by number; all but the first are sealed in a good frame first.
pub fn archive(data: &[u8]) {
    let Some((what, content)) = byte(data) else { return };
    match what % 5 {
        0 => frames(content),
        1 => {
            let height = codec::decode(content).map_or(0, |manifest: SnapshotManifest| manifest.height);
            let (file, hash) = frame::seal(Kind::Snapshot, content);
            if let Ok((manifest, found)) = SnapshotManifest::open(&file, height) {
                assert_eq!((hash, manifest.seal().0), (found, file));
                if let Ok((header, _)) = manifest.verify(genesis()) {
                    assert_eq!(header.digest(), *manifest.digest.as_bytes());
                }
            }
        }
        2 => {
            let (file, hash) = frame::seal(Kind::Chunk, content);
            if let Ok(entries) = snapshot::open_chunk(&file, 7, 0, &hash) {
                let (again, hash) = snapshot::seal_chunk(&entries);
                assert_eq!(snapshot::open_chunk(&again, 7, 0, &hash).expect("its own form"), entries);
            }
        }
        3 => segments(content),
        _ => backups(content),
    }
}

fn frames(content: &[u8]) {
    for kind in KINDS {
        if let Ok((inside, hash)) = frame::open(kind, content) {
            assert_eq!(frame::seal(kind, inside), (content.to_vec(), hash));
        }
    }
    let at = segment::locate_damage(content, 5, 9);
    assert!((5..=9).contains(&at));
}

fn segments(content: &[u8]) {
    let Some((count, content)) = byte(content) else { return };
    let last = 5 + u64::from(count % 8);
    if let Ok(blocks) = segment::read(content, 5, last) {
        let mut again = Vec::new();
        (5..).zip(&blocks).for_each(|(height, block)| segment::append(&mut again, height, block));
        assert_eq!(segment::read(&again, 5, last).expect("its own form"), blocks);
        assert_eq!(again.len(), content.len());
    }
}

fn backups(content: &[u8]) {
    static FOLDER: LazyLock<Scratch> = LazyLock::new(Scratch::new);
    let head = codec::decode(content).map_or(0, |manifest: BackupManifest| manifest.head);
    let path = FOLDER.write(&backup_name(head), &frame::seal(Kind::Backup, content).0);
    if let Ok(manifest) = read_manifest(FOLDER.path()) {
        assert_eq!(codec::encode(&manifest), content);
        let named: HashSet<String> = manifest.file_names(None).into_iter().collect();
        assert_eq!(named.len(), manifest.segments.len(), "two segments of one name");
        drop(manifest.genesis());
    }
    std::fs::remove_file(path).expect("it was written");
}

/// What a node stores or is sent in CBOR.
pub const RECORDS: &[Form] = &[
    ("Head", canonical::<Head>),
    ("BlockRecord", canonical::<BlockRecord>),
    ("TxPosition", canonical::<TxPosition>),
    ("Joined", canonical::<Joined>),
    ("AppHeader", canonical::<AppHeader>),
    ("items", canonical::<Vec<ByteVec>>),
    ("StoredBlock", canonical::<segment::StoredBlock>),
    ("SyncBlock", canonical::<SyncBlock>),
    ("an answer", canonical::<Vec<SyncBlock>>),
    ("BackupManifest", canonical::<BackupManifest>),
    ("SnapshotManifest", canonical::<SnapshotManifest>),
    ("TransactionProof", canonical::<dure_proof::TransactionProof>),
    ("AccountProof", canonical::<dure_proof::AccountProof>),
    ("FinalityProof", canonical::<dure_proof::FinalityProof>),
    ("Handover", canonical::<dure_proof::Handover>),
];

/// Bytes in the place of a block's first row: what is read of it is no more than there is.
fn row(bytes: &[u8]) {
    const HEIGHT: u64 = 1;
    let store = MemoryStore::default();
    let mut batch = Batch::default();
    batch.put(Table::Blocks, [HEIGHT.to_be_bytes().as_slice(), &[0; 4]].concat(), bytes);
    store.write(batch).expect("a store in memory");
    if let Ok(items) = rows::items(&store, HEIGHT) {
        assert!(items.iter().map(Bytes::len).sum::<usize>() <= bytes.len());
        let entries = rows::entries(&store, HEIGHT);
        assert!(entries.is_err() || entries.is_ok_and(|entries| entries.len() == items.len()));
    }
    drop(rows::entry(&store, TxPosition { height: HEIGHT, index: 1 }));
}

/// Number of a record, its bytes.
pub fn records(data: &[u8]) {
    let Some((number, bytes)) = byte(data) else { return };
    if let Some((_, check)) = RECORDS.get(usize::from(number)) {
        check(bytes);
    }
    if let Ok(record) = record::read::<BlockRecord>("record", bytes) {
        drop(record.header());
        assert!(record.certificate().is_none_or(|certificate| certificate.len() <= bytes.len()));
    }
    row(bytes);
    if let Some(header) = AppHeader::decode(bytes) {
        assert_eq!(header.encode(), bytes);
    }
}

/// A small ledger in memory, and the header of its block 0.
struct Place0 {
    ledger: Arc<Ledger>,
    origin: BlockHeader,
}

static LEDGER: LazyLock<Place0> = LazyLock::new(|| {
    let keys: Vec<[u8; 32]> = genesis().validators.iter().map(|key| *key.as_bytes()).collect();
    let origin = genesis_header(genesis().network().as_bytes(), &keys);
    let ledger =
        Ledger::open(Arc::new(MemoryStore::default()), genesis().clone(), &origin).expect("a new ledger");
    Place0 { ledger: Arc::new(ledger), origin }
});

/// A peer's answer: blocks that this node takes are those that the validators signed.
pub fn sync(data: &[u8]) {
    synced(data);
}

/// [`sync`], and how many blocks were taken.
pub fn synced(data: &[u8]) -> usize {
    let Ok(answer) = minicbor::decode::<Vec<SyncBlock>>(data) else { return 0 };
    let validators = [(0, prover_keys()), (1, prover_keys())];
    let network = genesis().network();
    let known = check::Known {
        network: network.as_bytes(),
        height: 0,
        digest: LEDGER.origin.digest(),
        epoch_of: &|height| epoch_of(height, genesis().epoch_blocks),
        validators: &validators,
    };
    let Ok(blocks) = check::certain(&known, answer) else { return 0 };
    let mut parent = LEDGER.origin.digest();
    for (height, block) in (1..).zip(&blocks) {
        assert_eq!((block.block.header.height, block.block.header.parent), (height, parent));
        assert_eq!(items_root(&block.block.items), block.block.header.items_root);
        parent = block.digest;
    }
    let certified = blocks.last().is_none_or(|last| last.certificate.is_some());
    assert!(certified, "blocks without a certificate are believed");
    blocks.len()
}

fn prover_keys() -> Vec<[u8; 32]> {
    prover::set(&[1, 2, 3, 4]).iter().map(|key| *key.public_key().as_bytes()).collect()
}

/// The digest of block 0, the parent of whatever [`sync`] and [`verdict`] are given.
pub fn origin() -> &'static BlockHeader {
    &LEDGER.origin
}

/// The application header that a good block 1 carries.
pub fn app_header() -> Vec<u8> {
    AppHeader { executed: 0, state_root: LEDGER.ledger.head().state_root }.encode()
}

/// A header and items, each with its length: a block that this validator would vote for holds good transactions only,
/// none twice, and claims the state that is ours.
pub fn verdict(data: &[u8]) {
    accepted(data);
}

/// [`verdict`], and whether the block was voted for.
pub fn accepted(data: &[u8]) -> bool {
    let Some((header, mut rest)) = part(data) else { return false };
    let Ok(mut header) = BlockHeader::decode(header) else { return false };
    let mut items = Vec::new();
    while let Some((item, after)) = part(rest) {
        items.push(Bytes::copy_from_slice(item));
        rest = after;
    }
    header.items_root = items_root(&items);
    let chain = genesis().chain.clone();
    let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain.clone())));
    let judge = NodeApplication::new(LEDGER.ledger.clone(), pool, signatures, EpochValidators::new(&[]));
    let block = Block { header, items };
    if judge.verify(&block, &[]) != Verdict::Accept {
        return false;
    }
    let claim = AppHeader::decode(&block.header.app).expect("an accepted block names a state");
    assert_eq!((claim.executed, claim.state_root), (0, LEDGER.ledger.head().state_root));
    let mut ids = HashSet::new();
    for item in &block.items {
        let signed = SignedTx::from_wire(item).expect("an accepted block holds transactions");
        assert!(ids.insert(signed.id()), "a transaction twice");
        assert!(signed.verify(&chain).is_ok(), "a bad signature");
    }
    true
}
