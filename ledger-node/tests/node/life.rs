//! A coin is born, the node restarts, and everything is where it was.

use dure_ledger_client::TxState;
use dure_score::{Amount, Bid, CampaignId, Hash32, TxId, ids::DepositRef};
use ledger_node::{Node, NodeError};

use crate::support::{Place, applied, chain, charge, genesis, register};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn submit_final_query_restart_same_roots() {
    let place = Place::new();
    let (node, client) = place.start().await;
    assert_eq!(client.genesis().await.unwrap(), genesis());

    let person = Bid::new([9; 16]);
    applied(&client, &register(1, 9)).await;
    let tx = charge(1, 9, 10_000, "DEP-1");
    let receipt = applied(&client, &tx).await;
    assert_eq!(client.receipt(&tx.id()).await.unwrap().unwrap(), receipt);

    let account = client.account(&person).await.unwrap().unwrap();
    assert_eq!(account.balance, Amount::new(10_000));
    assert_eq!(account.lots.len(), 1);
    let deposit = client.deposit(&DepositRef::new("DEP-1").unwrap()).await.unwrap().unwrap();
    assert_eq!(deposit.tx, tx.id());
    let supply = client.supply().await.unwrap();
    assert_eq!((supply[0].campaign, supply[0].supply.charged), (CampaignId::COIN, Amount::new(10_000)));
    assert_eq!(client.campaigns().await.unwrap()[0].supply, supply[0].supply);
    let bank = dure_score::CertId::new(*tx.transaction().signer.as_bytes());
    assert_eq!(client.certificate(&bank).await.unwrap().unwrap().highest_nonce, 1);

    let block = client.block(receipt.height).await.unwrap().unwrap();
    assert_eq!(block.transactions[receipt.index as usize], tx);
    assert_eq!(client.block_by_hash(&block.digest).await.unwrap().unwrap(), block);
    assert_eq!(client.blocks(receipt.height, receipt.height).await.unwrap(), std::slice::from_ref(&block));

    node.stop().await;
    let (node, client) = place.start().await;
    assert_eq!(client.status().await.unwrap().chain, chain());
    assert_eq!(client.block(receipt.height).await.unwrap().unwrap(), block);
    assert_eq!(client.account(&person).await.unwrap().unwrap().balance, Amount::new(10_000));
    applied(&client, &charge(2, 9, 500, "DEP-2")).await;
    assert_eq!(client.account(&person).await.unwrap().unwrap().balance, Amount::new(10_500));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_none() {
    let place = Place::new();
    let (node, client) = place.start().await;
    assert!(client.account(&Bid::new([77; 16])).await.unwrap().is_none());
    assert!(client.payment(&TxId::new([77; 32])).await.unwrap().is_none());
    assert!(client.block(1_000_000).await.unwrap().is_none());
    assert!(client.block_by_hash(&Hash32::new([1; 32])).await.unwrap().is_none());
    assert!(client.campaign(CampaignId(7)).await.unwrap().is_none());
    let head_time_ms = client.status().await.unwrap().time_ms;
    let state = client.transaction(&TxId::new([77; 32])).await.unwrap();
    assert!(matches!(state, TxState::Unknown { head_time_ms: found } if found >= head_time_ms));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_of_another_ledger_and_an_open_key_file_are_refused() {
    let place = Place::new();
    let (node, _) = place.start().await;
    node.stop().await;

    let mut other = genesis();
    other.time_ms += 1;
    std::fs::write(&place.config.genesis, serde_json::to_vec(&other).unwrap()).unwrap();
    let refused = Node::start(&place.config).await.err().unwrap();
    assert_eq!(refused.code(), "LEDGER_OTHER_GENESIS");

    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(place.path().join("key1"), open).unwrap();
    assert!(matches!(Node::start(&place.config).await.err().unwrap(), NodeError::File { .. }));
}
