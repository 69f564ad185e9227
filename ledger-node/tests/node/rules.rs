//! What a validator accepts and refuses of another's block, without any network.

use std::sync::Arc;

use bytes::Bytes;
use dure_chain::list::root as items_root;
use dure_consensus::{Application, Block, BlockHeader, Finalized, Verdict, genesis_header};
use dure_score::{
    Amount, Bid, Call, CampaignId, Hash32, SignedTx,
    call::{GrantItem, TokenGrant},
    codec,
    ids::sha256,
    limits::MAX_VALIDITY_MS,
};
use ledger_node::{
    consensus::{application::NodeApplication, epoch_validators::EpochValidators},
    history::ledger::Ledger,
    ingress::{
        pool::{MAX_PROPOSED, MAX_PROPOSED_BYTES, Pool},
        signatures::Signatures,
    },
    store::{
        Batch, MemoryStore, RocksStore, Store, Table,
        record::{AppHeader, JOINED, Joined, TxPosition},
    },
};

use crate::support::{bank, chain, charge, genesis, register, transaction};

struct Bench {
    ledger: Arc<Ledger>,
    pool: Arc<Pool>,
    signatures: Arc<Signatures>,
    application: NodeApplication,
    tip: BlockHeader,
}

impl Bench {
    fn new(store: Arc<dyn Store>) -> Self {
        let keys: Vec<[u8; 32]> = genesis().validators.iter().map(|key| *key.as_bytes()).collect();
        let tip = genesis_header(genesis().network().as_bytes(), &keys);
        let ledger = Arc::new(Ledger::open(store, genesis(), &tip).unwrap());
        let (pool, signatures) = (Arc::new(Pool::default()), Arc::new(Signatures::new(chain())));
        let application = NodeApplication::new(
            Arc::clone(&ledger),
            Arc::clone(&pool),
            Arc::clone(&signatures),
            EpochValidators::default(),
        );
        Self { ledger, pool, signatures, application, tip }
    }

    fn app(&self) -> AppHeader {
        let head = self.ledger.head();
        AppHeader { executed: head.height, state_root: head.state_root }
    }

    fn block_on(parent: &BlockHeader, app: Vec<u8>, items: Vec<Bytes>) -> Arc<Block> {
        let header = BlockHeader {
            height: parent.height + 1,
            parent: parent.digest(),
            time_ms: crate::support::now_ms().max(parent.time_ms + 1),
            items_root: items_root(&items),
            app,
            view: parent.view + 1,
            parent_view: parent.view,
            ..parent.clone()
        };
        Arc::new(Block { header, items })
    }

    fn block(&self, txs: &[&SignedTx]) -> Arc<Block> {
        Self::block_on(&self.tip, self.app().encode(), items(txs))
    }

    fn finalize(&mut self, block: &Arc<Block>) {
        assert_eq!(self.application.verify(block, &[]), Verdict::Accept);
        let digest = block.header.digest();
        let certificate = Some(vec![1, 2, 3]);
        self.application.finalized(Finalized { block: Arc::clone(block), digest, certificate }).unwrap();
        self.tip = block.header.clone();
    }
}

fn items(txs: &[&SignedTx]) -> Vec<Bytes> {
    txs.iter().map(|tx| Bytes::copy_from_slice(tx.wire())).collect()
}

#[test]
fn both_stores_come_to_the_same_roots_and_keep_the_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let mut disk = Bench::new(Arc::new(RocksStore::open(dir.path()).unwrap()));
    let mut memory = Bench::new(Arc::new(MemoryStore::default()));
    assert_eq!(disk.ledger.head(), memory.ledger.head());
    let blocks = [vec![register(1, 9), register(2, 10)], vec![], vec![charge(1, 9, 100, "D1")]];
    for txs in &blocks {
        let block = disk.block(&txs.iter().collect::<Vec<_>>());
        disk.finalize(&block);
        memory.finalize(&block);
        assert_eq!(disk.ledger.head(), memory.ledger.head());
    }
    let record = disk.ledger.record(1).unwrap().unwrap();
    assert_eq!(record.certificate(), Some(&[1, 2, 3][..]));
    assert_eq!(record, memory.ledger.record(1).unwrap().unwrap());
    let receipts = disk.ledger.receipts(1).unwrap();
    assert_eq!(receipts.len(), 2);
    assert_eq!(
        record.receipts_root,
        dure_proof::receipts_root(&receipts.iter().map(dure_score::Receipt::to_bytes).collect::<Vec<_>>())
    );
}

#[test]
fn a_transaction_is_on_the_chain_once() {
    let mut bench = Bench::new(Arc::new(MemoryStore::default()));
    let (one, two) = (register(1, 9), register(2, 10));
    assert_eq!(bench.application.verify(&bench.block(&[&one, &two, &one]), &[]), Verdict::Reject);
    let parent = bench.block(&[&one]);
    let child = Bench::block_on(&parent.header, bench.app().encode(), items(&[&one]));
    assert_eq!(bench.application.verify(&child, &[Arc::clone(&parent)]), Verdict::Reject);
    let child = Bench::block_on(&parent.header, bench.app().encode(), items(&[&two]));
    assert_eq!(bench.application.verify(&child, &[Arc::clone(&parent)]), Verdict::Accept);
    bench.finalize(&parent);
    let again = bench.block(&[&one]);
    assert_eq!(bench.application.verify(&again, &[]), Verdict::Reject);
    // Even if a quorum of faulty validators forced it in, the first receipt stays the answer.
    let digest = again.header.digest();
    bench.application.finalized(Finalized { block: again, digest, certificate: None }).unwrap();
    let place = bench.ledger.locate(&one.id()).unwrap().unwrap();
    assert_eq!((place.height, place.index), (1, 0));
    assert!(bench.ledger.receipt(&one.id()).unwrap().unwrap().is_applied());
    let twice = Bench::block_on(&parent.header, bench.app().encode(), items(&[&two, &two]));
    let header = BlockHeader { height: 3, ..twice.header.clone() };
    let digest = header.digest();
    let twice = Arc::new(Block { header, items: twice.items.clone() });
    bench.application.finalized(Finalized { block: twice, digest, certificate: None }).unwrap();
    let places = bench.ledger.locate_many(&[one.id(), two.id(), charge(1, 9, 1, "none").id()]).unwrap();
    assert_eq!(places, [Some(place), Some(TxPosition { height: 3, index: 0 }), None]);
    let refusals: Vec<bool> = bench.ledger.receipts(3).unwrap().iter().map(|it| it.is_applied()).collect();
    assert_eq!(refusals, [true, false]);
}

#[test]
fn the_state_claimed_must_be_ours() {
    let mut bench = Bench::new(Arc::new(MemoryStore::default()));
    let first = bench.block(&[&register(1, 9)]);
    bench.finalize(&first);
    let ours = bench.app();
    let verdict =
        |app: AppHeader| bench.application.verify(&Bench::block_on(&bench.tip, app.encode(), vec![]), &[]);
    assert_eq!(verdict(ours), Verdict::Accept);
    assert_eq!(verdict(AppHeader { state_root: Hash32::new([1; 32]), ..ours }), Verdict::Reject);
    assert_eq!(verdict(AppHeader { executed: 2, ..ours }), Verdict::Reject);
    let genesis_root = bench.ledger.record(0).unwrap().unwrap().state_root;
    assert_eq!(verdict(AppHeader { executed: 0, state_root: genesis_root }), Verdict::Accept);
    let garbage = Bench::block_on(&bench.tip, vec![0xff], vec![]);
    assert_eq!(bench.application.verify(&garbage, &[]), Verdict::Reject);

    // A proposer that has executed an ancestor which we have not.
    let parent = bench.block(&[&register(2, 10)]);
    let ahead = AppHeader { executed: 2, state_root: Hash32::new([9; 32]) };
    let child = Bench::block_on(&parent.header, ahead.encode(), vec![]);
    assert_eq!(bench.application.verify(&child, std::slice::from_ref(&parent)), Verdict::NotYet);
    // And none may claim less than its parent did.
    let second = bench.block(&[]);
    bench.finalize(&second);
    let back = AppHeader { executed: 0, state_root: genesis_root };
    let child = Bench::block_on(&bench.tip, back.encode(), vec![]);
    assert_eq!(bench.application.verify(&child, &[]), Verdict::Reject);
}

#[test]
fn bad_transactions_spoil_a_block() {
    let bench = Bench::new(Arc::new(MemoryStore::default()));
    let good = register(1, 9);
    let mut flipped = good.wire().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let spoiled: [Vec<u8>; 4] = [flipped, vec![], vec![0xff; 20], vec![0; 20_000]];
    for bad in spoiled {
        let items = vec![Bytes::copy_from_slice(good.wire()), Bytes::from(bad)];
        let block = Bench::block_on(&bench.tip, bench.app().encode(), items);
        assert_eq!(bench.application.verify(&block, &[]), Verdict::Reject);
    }
}

/// A grant to a hundred: some kilobytes.
fn grant(nonce: u64) -> SignedTx {
    let to = (0..100).map(|n| GrantItem { to: Bid::new([n; 16]), amount: Amount::new(1) }).collect();
    let grant = Hash32::new(sha256(&[&nonce.to_be_bytes()]));
    let call = Call::TokenGrant(TokenGrant { campaign: CampaignId::COIN, grant, to });
    transaction(&bank(), nonce, call).sign(&bank())
}

#[test]
fn an_oversized_block_is_not_voted_for() {
    let bench = Bench::new(Arc::new(MemoryStore::default()));
    let many: Vec<SignedTx> = (1..=MAX_PROPOSED as u64 + 1).map(|nonce| register(nonce, 9)).collect();
    let verdict =
        |txs: &[SignedTx]| bench.application.verify(&bench.block(&txs.iter().collect::<Vec<_>>()), &[]);
    assert_eq!(verdict(&many[1..]), Verdict::Accept, "as many as a block may hold");
    assert_eq!(verdict(&many), Verdict::Reject, "one more");

    let each = grant(1).wire().len();
    let most = MAX_PROPOSED_BYTES / each;
    assert!(most < MAX_PROPOSED, "bytes are the bound here");
    let large: Vec<SignedTx> = (1..=most as u64 + 1).map(grant).collect();
    let bytes = |txs: &[SignedTx]| txs.iter().map(|tx| tx.wire().len()).sum::<usize>();
    let fits = large.len() - (1..).find(|out| bytes(&large[*out..]) <= MAX_PROPOSED_BYTES).unwrap();
    assert_eq!(verdict(&large[large.len() - fits..]), Verdict::Accept, "as many bytes as a block may hold");
    assert_eq!(verdict(&large[large.len() - fits - 1..]), Verdict::Reject, "one transaction more");
}

#[test]
fn one_bad_signature_among_thousands_costs_the_block_every_vote() {
    let bench = Bench::new(Arc::new(MemoryStore::default()));
    let good: Vec<SignedTx> = (1..=2_000).map(|nonce| register(nonce, 9)).collect();
    let whole = bench.block(&good.iter().collect::<Vec<_>>());
    for place in [0, 999, 1_999] {
        let mut items = whole.items.clone();
        let mut spoiled = items[place].to_vec();
        *spoiled.last_mut().unwrap() ^= 1;
        items[place] = Bytes::from(spoiled);
        let block = Bench::block_on(&bench.tip, bench.app().encode(), items);
        assert_eq!(bench.application.verify(&block, &[]), Verdict::Reject, "at {place}");
    }
    assert_eq!(bench.application.verify(&whole, &[]), Verdict::Accept);
}

#[test]
fn a_transaction_out_of_its_time_spoils_a_block() {
    let bench = Bench::new(Arc::new(MemoryStore::default()));
    let tx = register(1, 9);
    let end = tx.transaction().valid_until;
    let verdict = |time_ms| {
        let mut block = Arc::unwrap_or_clone(bench.block(&[&tx]));
        block.header.time_ms = time_ms;
        bench.application.verify(&block, &[])
    };
    assert_eq!(verdict(end), Verdict::Accept);
    assert_eq!(verdict(end + 1), Verdict::Reject);
    assert_eq!(verdict(end - MAX_VALIDITY_MS), Verdict::Accept);
    assert_eq!(verdict(end - MAX_VALIDITY_MS - 1), Verdict::Reject);
}

#[test]
fn a_ledger_from_a_snapshot_knows_repetitions_by_index_or_by_time() {
    let store = Arc::new(MemoryStore::default());
    let bench = Bench::new(Arc::clone(&store) as Arc<dyn Store>);
    assert!(bench.ledger.knows_repetitions(0).unwrap(), "it has every block");
    let joined = Joined { height: 7, time_ms: 1_000 };
    let mut batch = Batch::default();
    batch.put(Table::Meta, JOINED, codec::encode(&joined));
    store.write(batch).unwrap();
    let known = |now_ms| bench.ledger.knows_repetitions(now_ms).unwrap();
    assert!(!known(1_000 + MAX_VALIDITY_MS) && known(1_000 + MAX_VALIDITY_MS + 10_000));
    let tx = register(1, 9);
    let earlier = [(tx.id(), TxPosition { height: 0, index: 3 })];
    bench.ledger.index_earlier(&earlier, false).unwrap();
    assert!(!known(1_000));
    bench.ledger.index_earlier(&[], true).unwrap();
    assert!(known(1_000));
    assert_eq!(bench.application.verify(&bench.block(&[&tx]), &[]), Verdict::Reject);
}

#[test]
fn a_proposal_leaves_out_what_its_ancestors_hold() {
    let mut bench = Bench::new(Arc::new(MemoryStore::default()));
    let (one, two) = (register(1, 9), register(2, 10));
    for tx in [&one, &two] {
        let verified = bench.signatures.verify((*tx).clone()).unwrap();
        bench.pool.insert(&verified);
    }
    let parent = bench.block(&[&one]);
    let now = crate::support::now_ms();
    let content = bench.application.propose(&parent.header, &[Arc::clone(&parent)], now);
    assert_eq!(content.items, items(&[&two]));
    let child = Bench::block_on(&parent.header, content.app, content.items);
    assert_eq!(bench.application.verify(&child, &[Arc::clone(&parent)]), Verdict::Accept);
    bench.finalize(&parent);
    assert_eq!(bench.pool.len(), 1);
    assert_eq!(bench.application.propose(&bench.tip, &[], now).items, items(&[&two]));
    // Nothing of it once it has expired.
    assert!(bench.application.propose(&bench.tip, &[], now + 120_000).items.is_empty());
}
