//! Seeds of what nodes exchange and keep.

use dure_chain::list::root as items_root;
use dure_consensus::{Block, BlockHeader};
use dure_proof::{FinalityProof, TransactionProof};
use dure_score::{ChainId, Hash32, SignedTx, codec, key::Key};
use ledger_node::{
    history::archive::{
        BackupManifest, SnapshotManifest,
        backup::Segment,
        frame::{self, Kind},
        segment::{self, StoredBlock},
        snapshot::FORMAT,
    },
    store::record::{AppHeader, BlockRecord, Head, Joined, TxPosition},
    sync::follow::wire::SyncBlock,
};
use minicbor::bytes::ByteVec;

use crate::{
    bytes::framed,
    node::{RECORDS, app_header, origin},
    proofs::{self, genesis, prover},
    score,
};

fn transactions(count: u64) -> Vec<SignedTx> {
    let of = |nonce: u64| {
        let mut town = score::town();
        town.leave_out("mina", nonce);
        let mut transaction = town.transaction("mina", score::pay("cafe", &format!("n-{nonce}"), 10));
        transaction.chain = ChainId::new("test-1").expect("a name");
        transaction.sign(&score::key("mina"))
    };
    (0..count).map(of).collect()
}

fn block(parent: &BlockHeader, items: u64) -> Block {
    let items: Vec<_> = transactions(items).iter().map(|tx| tx.wire().to_vec().into()).collect();
    let header = BlockHeader {
        height: parent.height + 1,
        parent: parent.digest(),
        time_ms: score::START + parent.height + 1,
        proposer: genesis().validators[0].as_bytes().to_owned(),
        items_root: items_root(&items),
        app: app_header(),
        epoch: 0,
        view: parent.view + 1,
        parent_view: parent.view,
    };
    Block { header, items }
}

fn chain() -> Vec<Block> {
    let first = block(origin(), 2);
    let second = block(&first.header, 0);
    let third = block(&second.header, 1);
    vec![first, second, third]
}

fn certificate(block: &Block) -> Vec<u8> {
    let keys = prover::set(&[1, 2, 3, 4]);
    prover::certificate(&genesis().network(), &keys, &[0, 2, 3], &block.header.encode())
}

pub fn blocks() -> Vec<Vec<u8>> {
    let mut seeds = vec![origin().encode()];
    chain().iter().for_each(|block| seeds.extend([block.header.encode(), block.encode()]));
    seeds
}

pub fn certificates() -> Vec<Vec<u8>> {
    let (network, keys) = (prover::pinned().network(), prover::set(&[1, 2, 3, 4]));
    let header = prover::header(42, 1, 41, Hash32::new([5; 32]));
    let of = |signers: &&[usize]| {
        [framed(&header), prover::certificate(&network, &keys, signers, &header)].concat()
    };
    [&[0, 1, 3][..], &[1, 2, 3], &[0, 1, 2, 3], &[0, 1]].iter().map(of).collect()
}

/// Every proof of the vectors, in JSON and in CBOR.
pub fn proofs() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut seeds = Vec::new();
    for later in [false, true] {
        let world = prover::world(later);
        let transactions: [TransactionProof; 2] = [world.transaction(40, 2), world.transaction(7, 0)];
        let absent = [true, false].map(|beside| world.account(&world.absent(beside)));
        let both =
            |value: &TransactionProof| (serde_json::to_vec(value).expect("JSON"), codec::encode(value));
        seeds.extend(transactions.iter().map(both));
        for account in [world.account("mina")].iter().chain(&absent) {
            seeds.push((serde_json::to_vec(account).expect("JSON"), codec::encode(account)));
        }
        for record in [world.payment(40, 2), world.deposit()] {
            seeds.push((serde_json::to_vec(&record).expect("JSON"), codec::encode(&record)));
        }
        seeds.push((serde_json::to_vec(&world.finality).expect("JSON"), codec::encode(&world.finality)));
    }
    seeds
}

pub fn finality() -> Vec<Vec<u8>> {
    [false, true].iter().map(|later| codec::encode(&proofs::finality(*later))).collect()
}

fn stored(block: &Block) -> StoredBlock {
    StoredBlock {
        header: block.header.encode().into(),
        items: block.items.iter().map(|item| item.to_vec().into()).collect(),
        certificate: Some(certificate(block).into()),
        receipts: vec![prover::receipt(1, 0).to_bytes().into()],
    }
}

fn sent(block: &Block, certified: bool) -> SyncBlock {
    SyncBlock {
        header: block.header.encode().into(),
        items: block.items.iter().map(|item| item.to_vec().into()).collect(),
        certificate: certified.then(|| certificate(block).into()),
    }
}

fn backup_manifest() -> BackupManifest {
    BackupManifest {
        format: 1,
        genesis: codec::encode(genesis()).into(),
        base: 0,
        snapshot: None,
        head: 9,
        digest: Hash32::default(),
        state_root: Hash32::default(),
        segments: vec![
            Segment { first: 1, last: 4, hash: Hash32::new([1; 32]) },
            Segment { first: 5, last: 9, hash: Hash32::new([2; 32]) },
        ],
        handovers: codec::decode::<FinalityProof>(&finality()[1]).expect("a proof").handovers,
    }
}

/// A snapshot's manifest, whose proof holds.
fn snapshot_manifest() -> SnapshotManifest {
    let root = Hash32::new([5; 32]);
    let first = BlockHeader::decode(&prover::header(41, 4, 40, root)).expect("a header");
    let claim = AppHeader { executed: 41, state_root: root };
    let proof = BlockHeader { height: 42, parent: first.digest(), app: claim.encode(), ..first.clone() };
    let keys = prover::set(&[1, 2, 3, 4]);
    let certificate = prover::certificate(&genesis().network(), &keys, &[0, 1, 2], &proof.encode());
    SnapshotManifest {
        format: FORMAT,
        chain: genesis().chain.clone(),
        genesis_hash: genesis().hash(),
        height: 41,
        digest: Hash32::new(first.digest()),
        state_root: root,
        headers: vec![first.encode().into()],
        finality: FinalityProof {
            chain: genesis().chain.clone(),
            genesis_hash: genesis().hash(),
            handovers: vec![],
            header: proof.encode().into(),
            certificate: certificate.into(),
        },
        entries: 3,
        chunks: vec![Hash32::new([6; 32])],
    }
}

pub fn archive() -> Vec<Vec<u8>> {
    let mut content = Vec::new();
    (5..).zip(&chain()).for_each(|(height, block)| segment::append(&mut content, height, &stored(block)));
    let entries: Vec<(ByteVec, ByteVec)> =
        vec![(Key::Channel.to_bytes().into(), vec![1].into()), (vec![b'H'; 17].into(), vec![].into())];
    let manifest = codec::encode(&snapshot_manifest());
    vec![
        [&[0], frame::seal(Kind::Chunk, b"x").0.as_slice()].concat(),
        [&[0], frame::seal(Kind::Segment, &content).0.as_slice()].concat(),
        [&[1], manifest.as_slice()].concat(),
        [&[2], codec::encode(&entries).as_slice()].concat(),
        [&[3, 2], content.as_slice()].concat(),
        [&[4], codec::encode(&backup_manifest()).as_slice()].concat(),
    ]
}

pub fn records() -> Vec<Vec<u8>> {
    let (blocks, zero) = (chain(), Hash32::default());
    let record = BlockRecord::new(&blocks[0].header, (zero, zero), Some(certificate(&blocks[0])));
    let items: Vec<ByteVec> = blocks[0].items.iter().map(|item| item.to_vec().into()).collect();
    let world = prover::world(true);
    let values = [
        codec::encode(&Head { height: 7, digest: zero, time_ms: 9, state_root: zero }),
        codec::encode(&record),
        codec::encode(&TxPosition { height: 7, index: 3 }),
        codec::encode(&Joined { height: 7, time_ms: 3 }),
        app_header(),
        codec::encode(&items),
        codec::encode(&stored(&blocks[0])),
        codec::encode(&sent(&blocks[0], true)),
        codec::encode(&vec![sent(&blocks[0], false), sent(&blocks[1], true)]),
        codec::encode(&backup_manifest()),
        codec::encode(&snapshot_manifest()),
        codec::encode(&world.transaction(40, 1)),
        codec::encode(&world.account("mina")),
        codec::encode(&world.finality),
        codec::encode(&world.finality.handovers[0]),
    ];
    assert_eq!(values.len(), RECORDS.len());
    (0u8..).zip(values).map(|(number, value)| [&[number], value.as_slice()].concat()).collect()
}

pub fn sync() -> Vec<Vec<u8>> {
    let blocks = chain();
    let of = |certified: [bool; 3]| {
        codec::encode(&blocks.iter().zip(certified).map(|(block, yes)| sent(block, yes)).collect::<Vec<_>>())
    };
    vec![of([true; 3]), of([false, true, false]), of([false; 3])]
}

pub fn verdicts() -> Vec<Vec<u8>> {
    let of = |count: u64| {
        let block = block(origin(), count);
        let items = block.items.iter().flat_map(|item| framed(item));
        framed(&block.header.encode()).into_iter().chain(items).collect()
    };
    [0, 1, 3].map(of).to_vec()
}
