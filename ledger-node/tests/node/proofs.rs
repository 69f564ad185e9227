//! What a node proves over HTTP, the client believes, from the genesis alone.

use std::time::{Duration, Instant};

use dure_ledger_client::{ClientError, LedgerClient};
use dure_proof::{
    AccountProof, Pinned, ProofError, ProvenAccount, TransactionProof, verify_account, verify_deposit,
    verify_transaction,
};
use dure_score::{Bid, Receipt, SignedTx, TxId, ids::DepositRef};

use crate::support::{Place, WAIT, applied, charge, genesis, register};

/// The proof, as soon as there is one.
async fn proof_of(client: &LedgerClient, id: &TxId) -> TransactionProof {
    let deadline = Instant::now() + WAIT;
    loop {
        match client.transaction_proof(id).await {
            Ok(proof) => return proof.expect("the transaction is final"),
            Err(error) => {
                assert!(error.is_transient(), "{error}");
                assert!(Instant::now() < deadline, "never provable");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

async fn account_at(client: &LedgerClient, bid: Bid, height: u64) -> (AccountProof, ProvenAccount) {
    let deadline = Instant::now() + WAIT;
    let pinned = Pinned::new(&genesis());
    loop {
        if let Ok(proof) = client.account_proof(&bid).await {
            let account = verify_account(&pinned, &bid, &proof).unwrap();
            if account.height >= height {
                return (proof, account);
            }
        }
        assert!(Instant::now() < deadline, "never provable");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_and_an_account_are_proven_and_absence_too() {
    let place = Place::new();
    let (node, client) = place.start().await;
    let pinned = Pinned::new(&client.genesis().await.unwrap());
    applied(&client, &register(1, 9)).await;
    let tx = charge(1, 9, 10_000, "DEP-1");
    let receipt = applied(&client, &tx).await;

    let proof = proof_of(&client, &tx.id()).await;
    assert_eq!(verify_transaction(&pinned, &tx.id(), &proof).unwrap(), receipt);
    let (_, account) = account_at(&client, Bid::new([9; 16]), receipt.height).await;
    assert_eq!(account.holdings.unwrap().total().to_string(), "10000");
    let (_, nobody) = account_at(&client, Bid::new([77; 16]), receipt.height).await;
    assert_eq!(nobody.holdings, None);

    let reference = DepositRef::new("DEP-1").unwrap();
    let deposit = client.deposit_proof(&reference).await.unwrap().unwrap();
    let deposit = verify_deposit(&pinned, &reference, &deposit).unwrap().record;
    assert_eq!(
        (deposit.to, deposit.amount.to_string(), deposit.tx),
        (Bid::new([9; 16]), "10000".to_owned(), tx.id())
    );
    let other = DepositRef::new("DEP-2").unwrap();
    assert_eq!(client.deposit_proof(&other).await.unwrap(), None);
    assert_eq!(client.payment_proof(&tx.id()).await.unwrap(), None);

    // Another genesis under the same name, or another subject, is not convinced.
    let mut other = genesis();
    other.time_ms += 1;
    let error = verify_transaction(&Pinned::new(&other), &tx.id(), &proof).unwrap_err();
    assert_eq!(error, ProofError::OtherGenesis);
    let error = verify_transaction(&pinned, &TxId::new([1; 32]), &proof).unwrap_err();
    assert_eq!(error, ProofError::OtherSubject);
    assert_eq!(client.transaction_proof(&TxId::new([1; 32])).await.unwrap(), None);

    // What was provable before stays so for a node that has just started.
    node.stop().await;
    let (node, client) = place.start().await;
    let again = proof_of(&client, &tx.id()).await;
    assert_eq!(verify_transaction(&pinned, &tx.id(), &again).unwrap(), receipt);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_no_proof_before_a_signed_header_covers_the_block() {
    let mut place = Place::new();
    // No further block comes by itself, so nothing ever signs the state after the first.
    place.config.heartbeat_ms = 3_600_000;
    let (node, client) = place.start().await;
    let tx = register(1, 9);
    applied(&client, &tx).await;
    let error = client.transaction_proof(&tx.id()).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Http { status: 503, code, .. } if code == "NOT_YET_PROVABLE"),
        "{error}"
    );
    assert!(error.is_transient());
    applied(&client, &register(2, 8)).await;
    let pinned = Pinned::new(&genesis());
    verify_transaction(&pinned, &tx.id(), &proof_of(&client, &tx.id()).await).unwrap();
    node.stop().await;
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A history of good and refused transactions, in blocks of all sizes.
fn history(seed: u64, length: usize) -> Vec<SignedTx> {
    let mut dice = Dice(seed);
    let (mut registrations, mut charges) = (0, 0);
    let mut next = |_| {
        let person = dice.throw(12) as u8 + 10;
        if dice.throw(3) == 0 {
            registrations += 1;
            register(registrations, person)
        } else {
            charges += 1;
            charge(charges, person, dice.throw(100_000), &format!("DEP-{}", dice.throw(60)))
        }
    };
    (0..length).map(&mut next).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_receipt_of_any_history_is_proven() {
    let place = Place::new();
    let (node, client) = place.start().await;
    let pinned = Pinned::new(&genesis());
    let mut receipts: Vec<Receipt> = Vec::new();
    for part in history(7, 160).chunks(23) {
        let sent = part.iter().map(|tx| client.submit_and_wait(tx, WAIT));
        for outcome in futures::future::join_all(sent).await {
            match outcome {
                Ok(receipt) => receipts.push(receipt),
                // Turned away at admission: it is in no block, and has no receipt to prove.
                Err(ClientError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(receipts.len() > 40, "{} receipts", receipts.len());
    let mut times = Vec::new();
    for receipt in &receipts {
        let proof = proof_of(&client, &receipt.tx).await;
        assert_eq!(verify_transaction(&pinned, &receipt.tx, &proof).unwrap(), *receipt);
        let start = Instant::now();
        client.transaction_proof(&receipt.tx).await.unwrap();
        times.push(start.elapsed());
    }
    times.sort();
    println!("a proof over HTTP: median {:?}, worst {:?}", times[times.len() / 2], times[times.len() - 1]);
    let last = receipts.iter().map(|receipt| receipt.height).max().unwrap();
    for person in 10..22 {
        let bid = Bid::new([person; 16]);
        let (_, proven) = account_at(&client, bid, last).await;
        let served = client.account(&bid).await.unwrap().map(|account| account.lots).unwrap_or_default();
        assert_eq!(proven.holdings.unwrap_or_default().lots, served);
    }
    node.stop().await;
}
