//! What admission turns away, and that it leaves no trace.

use dure_ledger_client::{Admission, ClientError};
use dure_score::{
    Bid, Call, PublicKey, Refusal, Signature, SignedTx, call::MemberRegister, codec, record::MemberClass,
    signature::SigningKey,
};

use crate::support::{Place, applied, charge, now_ms, register, registrar, transaction};

fn refusal(result: Result<Admission, ClientError>) -> Refusal {
    match result {
        Err(ClientError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn someone() -> Call {
    Call::MemberRegister(MemberRegister { bid: Bid::new([50; 16]), class: MemberClass::Citizen })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_answered_with_the_first_receipt_and_its_nonce_is_refused() {
    let place = Place::new();
    let (node, client) = place.start().await;
    let tx = register(1, 9);
    let receipt = applied(&client, &tx).await;
    // The very same bytes: the same receipt, nothing happens again.
    assert_eq!(client.submit(&tx).await.unwrap(), Admission::Final(Box::new(receipt)));
    // Another transaction under the used nonce.
    assert_eq!(refusal(client.submit(&register(1, 10)).await), Refusal::Replay);
    assert!(client.account(&Bid::new([10; 16])).await.unwrap().is_none());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hopeless_transactions_are_refused_at_the_door() {
    let place = Place::new();
    let (node, client) = place.start().await;
    let key = registrar();

    let stranger = SigningKey::from_seed([99; 32]);
    let unknown = transaction(&stranger, 1, someone()).sign(&stranger);
    assert_eq!(refusal(client.submit(&unknown).await), Refusal::UnknownCertificate);

    let mut late = transaction(&key, 1, someone());
    late.valid_until = 1_700_000_000_000 - 1;
    assert!(matches!(refusal(client.submit(&late.sign(&key)).await), Refusal::Expired { .. }));

    let mut early = transaction(&key, 1, someone());
    early.valid_until = now_ms() + 3_600_000;
    assert!(matches!(refusal(client.submit(&early.sign(&key)).await), Refusal::ValidTooLong { .. }));

    let mut elsewhere = transaction(&key, 1, someone());
    elsewhere.chain = dure_score::ChainId::new("other-1").unwrap();
    elsewhere.signer = key.public_key().certificate_id(&elsewhere.chain);
    assert_eq!(refusal(client.submit(&elsewhere.sign(&key)).await), Refusal::WrongChain);

    let body = codec::encode(&transaction(&key, 1, someone()));
    let forged = SignedTx::from_parts(&body, key.public_key(), Signature::new([7; 64])).unwrap();
    assert_eq!(refusal(client.submit(&forged).await), Refusal::BadSignature);
    let body = codec::encode(&transaction(&key, 1, someone()));
    let others = SignedTx::from_parts(&body, PublicKey::new([5; 32]), Signature::new([7; 64])).unwrap();
    assert_eq!(refusal(client.submit(&others).await), Refusal::BadSignature);

    assert_eq!(client.status().await.unwrap().mempool, 0);
    assert!(client.account(&Bid::new([50; 16])).await.unwrap().is_none());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_by_the_call_has_a_final_receipt_and_dry_run_foretells_it() {
    let place = Place::new();
    let (node, client) = place.start().await;
    applied(&client, &register(1, 9)).await;
    applied(&client, &charge(1, 9, 1_000, "DEP-1")).await;
    let again = charge(2, 9, 1_000, "DEP-1");
    let foretold = client.dry_run(again.transaction()).await.unwrap();
    assert_eq!(foretold.refusal(), Some(&Refusal::DepositUsed));
    let receipt = client.submit_and_wait(&again, crate::support::WAIT).await.unwrap();
    assert_eq!(receipt.refusal(), Some(&Refusal::DepositUsed));
    let balance = client.account(&Bid::new([9; 16])).await.unwrap().unwrap().balance;
    assert_eq!(balance.get(), 1_000);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_all_become_final_once() {
    let place = Place::new();
    let (node, client) = place.start().await;
    applied(&client, &register(1, 9)).await;
    let txs: Vec<_> = (1..=100).map(|n| charge(n, 9, 10, &format!("DEP-{n}"))).collect();
    for tx in &txs {
        client.submit(tx).await.unwrap();
    }
    for tx in &txs {
        applied(&client, tx).await;
    }
    let balance = client.account(&Bid::new([9; 16])).await.unwrap().unwrap().balance;
    assert_eq!(balance.get(), 1_000);
    node.stop().await;
}
