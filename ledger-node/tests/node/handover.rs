//! Proofs across changes of the validators: a ledger driven block by block, with certificates made here, some
//! of them missing.

use std::{collections::BTreeMap, sync::Arc};

use dure_chain::{epoch::epoch_of, list::root as items_root};
use dure_consensus::{Block, BlockHeader, Finalized, genesis_header};
use dure_proof::{FinalityProof, Pinned, ProofError, TransactionProof};
use dure_score::{
    Bid, Call, Genesis, Receipt, SignedTx,
    call::{GovernancePropose, ProposedCall, ValidatorsUpdate},
    codec,
    genesis::GenesisInstitution,
    ids::{Title, sha256},
    record::{Duties, Institution, ValidatorSeat},
    signature::SigningKey,
};
use ledger_node::{
    history::{
        ledger::Ledger,
        proofs::{self, NoProof},
    },
    store::{MemoryStore, RocksStore, Store, record::AppHeader},
};

use crate::support::{chain, charge, genesis, register, transaction};

const EPOCH_BLOCKS: u64 = 8;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn operator() -> SigningKey {
    key(4)
}

fn four() -> Genesis {
    let duties = Duties { operator: true, ..Duties::default() };
    let record =
        Institution { name: Title::new("operator").unwrap(), duties, quorum: 1, open_proposals: Vec::new() };
    let mut genesis = genesis();
    genesis.institutions.push(GenesisInstitution {
        bid: Bid::new([4; 16]),
        record,
        officers: vec![operator().public_key()],
    });
    genesis.validators = [21, 22, 23, 24].map(|seed| key(seed).public_key()).to_vec();
    genesis.epoch_blocks = EPOCH_BLOCKS;
    genesis
}

fn change(nonce: u64, seeds: &[u8]) -> SignedTx {
    let seat = |seed: &u8| ValidatorSeat { public_key: key(*seed).public_key(), address: None };
    let update = ValidatorsUpdate { validators: seeds.iter().map(seat).collect() };
    let call = GovernancePropose { proposed: ProposedCall::ValidatorsUpdate(update) };
    transaction(&operator(), nonce, Call::GovernancePropose(call)).sign(&operator())
}

/// By the published layout: all of the set but the last sign.
fn certificate(seeds: &[u8], header: &BlockHeader) -> Vec<u8> {
    let mut keys: Vec<SigningKey> = seeds.iter().map(|seed| key(*seed)).collect();
    keys.sort_by_key(|key| *key.public_key().as_bytes());
    let small = |number: u64| u8::try_from(number).ok().filter(|byte| *byte < 128).unwrap();
    let mut proposal = vec![small(header.epoch), small(header.view), small(header.parent_view)];
    proposal.extend(header.digest());
    let namespace = format!("dure/consensus/v1/{}_FINALIZE", four().network());
    let message = [&[namespace.len() as u8], namespace.as_bytes(), &proposal].concat();
    let signers = keys.len() - 1;
    let mut out = proposal;
    out.extend((keys.len() as u64).to_be_bytes());
    out.extend([(1u8 << signers) - 1, signers as u8]);
    keys[..signers].iter().for_each(|key| out.extend(key.sign(&message).as_bytes()));
    out
}

/// A chain of four validators whose sets, by first epoch, are known to the test.
struct Chain {
    ledger: Ledger,
    parent: BlockHeader,
    sets: BTreeMap<u64, Vec<u8>>,
    receipts: Vec<Receipt>,
}

impl Chain {
    fn new() -> Self {
        Self::over(Arc::new(MemoryStore::default()))
    }

    fn over(store: Arc<dyn Store>) -> Self {
        let genesis = four();
        let keys: Vec<_> = genesis.validators.iter().map(|key| *key.as_bytes()).collect();
        let origin = genesis_header(genesis.network().as_bytes(), &keys);
        let ledger = Ledger::open(store, genesis, &origin).unwrap();
        Self { ledger, parent: origin, sets: [(0, vec![21, 22, 23, 24])].into(), receipts: Vec::new() }
    }

    /// The next block; its header names the state `lag` blocks before its parent's.
    fn step(&mut self, txs: &[SignedTx], lag: u64, certified: bool) {
        let height = self.parent.height + 1;
        let executed = (height - 1).saturating_sub(lag);
        let app =
            AppHeader { executed, state_root: self.ledger.record(executed).unwrap().unwrap().state_root };
        let items: Vec<bytes::Bytes> = txs.iter().map(|tx| tx.wire().to_vec().into()).collect();
        let header = BlockHeader {
            height,
            parent: self.parent.digest(),
            time_ms: crate::support::now_ms() + height,
            proposer: *key(21).public_key().as_bytes(),
            items_root: items_root(&items),
            app: app.encode(),
            epoch: epoch_of(height, EPOCH_BLOCKS),
            view: height,
            parent_view: height - 1,
        };
        let (_, set) = self.sets.range(..=header.epoch).next_back().unwrap();
        let certificate = certified.then(|| certificate(set, &header));
        let digest = header.digest();
        let finalized =
            Finalized { digest, block: Arc::new(Block { header: header.clone(), items }), certificate };
        let verified: Vec<_> = txs.iter().map(|tx| Arc::new(tx.clone().verify(&chain()).unwrap())).collect();
        let executed = self.ledger.apply(&finalized, &verified).unwrap();
        self.receipts.extend(executed.receipts);
        self.parent = header;
    }

    /// Every receipt that can be proven by now is, the client believes it, and how many can not.
    fn unproven(&self) -> usize {
        let pinned = Pinned::new(self.ledger.genesis());
        let mut missing = 0;
        for receipt in &self.receipts {
            match proofs::transaction(&self.ledger, &receipt.tx) {
                Ok(made) => {
                    let read: TransactionProof =
                        serde_json::from_value(serde_json::to_value(&made).unwrap()).unwrap();
                    // The two forms of the node and of the client are one.
                    assert_eq!(codec::encode(&read), codec::encode(&made));
                    assert_eq!(
                        dure_proof::verify_transaction(&pinned, &receipt.tx, &read).unwrap(),
                        *receipt
                    );
                }
                Err(NoProof::NotYet) => missing += 1,
                Err(error) => panic!("{error}"),
            }
        }
        missing
    }
}

/// Three sets, one block in three without a certificate, headers that lag up to two blocks.
#[test]
fn every_receipt_is_proven_through_every_change_of_validators() {
    let mut chain = Chain::new();
    let mut nonces = (0, 0);
    for height in 1..=8 * EPOCH_BLOCKS {
        let digest = sha256(&[&height.to_be_bytes()]);
        let mut txs = Vec::new();
        for _ in 0..digest[0] % 4 {
            nonces.0 += 1;
            txs.push(register(nonces.0, 100 + (nonces.0 % 90) as u8));
        }
        if digest[1].is_multiple_of(2) {
            nonces.1 += 1;
            txs.push(charge(nonces.1, 101, 500, &format!("DEP-{}", nonces.1)));
        }
        let epoch = epoch_of(height, EPOCH_BLOCKS);
        for (at, nonce, seeds) in
            [(EPOCH_BLOCKS + 3, 1, vec![22, 23, 24, 25]), (4 * EPOCH_BLOCKS + 6, 2, vec![23, 24, 25, 26])]
        {
            if height == at {
                txs.push(change(nonce, &seeds));
                chain.sets.insert(epoch + 2, seeds);
            }
        }
        // The last block of an epoch always has its certificate: the next epoch starts from it.
        let last = epoch_of(height + 1, EPOCH_BLOCKS) != epoch;
        chain.step(&txs, u64::from(digest[2] % 3), last || !digest[3].is_multiple_of(3));
        if height.is_multiple_of(5) || last {
            chain.unproven();
        }
    }
    for _ in 0..4 {
        chain.step(&[], 0, true);
    }
    assert_eq!(chain.unproven(), 0);
    assert!(chain.receipts.iter().all(|receipt| receipt.is_applied() || receipt.refusal().is_some()));
    let proven = proofs::finality(&chain.ledger, 0).unwrap().unwrap();
    assert_eq!(proven.proof.handovers.iter().map(|one| one.from_epoch).collect::<Vec<_>>(), [3, 6]);

    // Without the handovers nobody who knows the genesis alone is convinced, nor by the wrong order of them.
    let pinned = Pinned::new(chain.ledger.genesis());
    let of = |change: &dyn Fn(&mut FinalityProof)| {
        let mut spoilt = proven.proof.clone();
        change(&mut spoilt);
        let read = FinalityProof::decode(&codec::encode(&spoilt)).unwrap();
        dure_proof::verify_finality(&pinned, &read).map(|state| state.state_root)
    };
    assert_eq!(of(&|_| ()), Ok(proven.state_root));
    assert!(matches!(of(&|proof| proof.handovers.clear()), Err(ProofError::BadSignature(_))));
    assert!(of(&|proof| proof.handovers.reverse()).is_err());
    assert!(of(&|proof| drop(proof.handovers.remove(0))).is_err());
}

#[test]
fn the_state_of_one_height_is_proven_if_a_header_names_it() {
    let mut chain = Chain::new();
    chain.step(&[register(1, 100)], 0, true);
    chain.step(&[], 0, true);
    chain.step(&[], 1, true);
    chain.step(&[], 0, false);
    let height_of =
        |executed| proofs::finality_of(&chain.ledger, executed).unwrap().map(|state| state.header_height);
    // Block 2 and 3 both name the state after block 1; block 4 names that after 3, but nobody's signatures
    // are at hand.
    assert_eq!([0, 1, 2, 3, 4].map(height_of), [Some(1), Some(2), None, None, None]);
    assert_eq!(proofs::finality(&chain.ledger, 1).unwrap().unwrap().header_height, 3);
    assert!(proofs::finality(&chain.ledger, 2).unwrap().is_none());
}

/// A verifier of certificates that contains the engine, and one that does not, agree.
#[test]
fn both_verifiers_of_certificates_agree() {
    let mut chain = Chain::new();
    chain.step(&[], 0, true);
    let record = chain.ledger.record(1).unwrap().unwrap();
    let keys: Vec<_> = four().validators;
    let raw: Vec<_> = keys.iter().map(|key| *key.as_bytes()).collect();
    let good = record.certificate().unwrap();
    let name = four().network();
    let judge = |certificate: &[u8]| {
        let engine =
            dure_consensus::verify_certificate(name.as_bytes(), &raw, &record.header().unwrap(), certificate);
        let ours = dure_proof::verify_certificate(&name, &keys, record.header_bytes(), certificate).is_ok();
        assert_eq!(engine, ours);
        ours
    };
    assert!(judge(good));
    for at in 0..good.len() {
        let mut changed = good.to_vec();
        changed[at] ^= 1 << (at % 8);
        assert!(!judge(&changed), "byte {at}");
    }
}

#[test]
fn receipts_of_a_full_block_on_disk_are_proven() {
    let dir = tempfile::tempdir().unwrap();
    let mut chain = Chain::over(Arc::new(RocksStore::open(dir.path()).unwrap()));
    let txs: Vec<_> = (1..=1_000u64).map(|nonce| charge(nonce, 9, 10, &format!("DEP-{nonce}"))).collect();
    chain.step(&txs, 0, true);
    chain.step(&[], 0, true);
    let pinned = Pinned::new(chain.ledger.genesis());
    assert_eq!(chain.receipts.len(), 1_000);
    // Both ends, and a few in between.
    for receipt in chain.receipts.iter().step_by(111) {
        let proof = proofs::transaction(&chain.ledger, &receipt.tx).unwrap();
        let text = serde_json::to_string(&proof).unwrap();
        let read = serde_json::from_str(&text).unwrap();
        assert_eq!(dure_proof::verify_transaction(&pinned, &receipt.tx, &read).as_ref(), Ok(receipt));
    }
}
