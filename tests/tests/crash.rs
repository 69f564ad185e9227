//! Validators die in the middle of payments and come back: what was acknowledged is there, once, everywhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use dure_score::{Amount, Call, OrderId, SignedTx, call::TokenPay};
use dure_tests::network;

const PAYMENTS: usize = 60;
const EACH: u64 = 100;
const PAID_IN: u64 = 50_000;

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_payments_survive_kills_of_every_validator() {
    let mut network = network::start().await;
    let (mina, phone) = network.citizen("mina@sebyeol.example", PAID_IN).await;
    let merchant = network.deployment.members.merchant("M000105").unwrap();
    let mut acknowledged: Vec<SignedTx> = Vec::new();
    for number in 0..PAYMENTS {
        // One validator after the other is killed; each comes back before the next goes.
        match number % 15 {
            5 => network.cluster.nodes[number / 15].kill().unwrap(),
            10 => network.cluster.nodes[number / 15].restart().unwrap(),
            _ => {}
        }
        let order = OrderId::new(&format!("S-CRASH-{number}")).unwrap();
        let call = Call::TokenPay(TokenPay { merchant, order, amount: Amount::new(EACH), cashback: None });
        let signed = phone.sign(call).await.unwrap();
        let receipt = network.client.submit_and_wait(&signed, Duration::from_secs(90)).await.unwrap();
        assert!(receipt.is_applied(), "{receipt:?}");
        acknowledged.push(signed);
    }
    network.assert_agreement().await;
    let spent = EACH * u64::try_from(PAYMENTS).unwrap();
    for index in 0..4 {
        let node = network.node(index);
        for signed in &acknowledged {
            let receipt = node.receipt(&signed.id()).await.unwrap();
            assert!(receipt.is_some_and(|receipt| receipt.is_applied()), "node {index} lost {}", signed.id());
        }
        assert_eq!(node.account(&mina).await.unwrap().unwrap().balance.get(), PAID_IN - spent);
        assert_eq!(node.account(&merchant).await.unwrap().unwrap().balance.get(), spent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_lost_power_goes_on_where_it_was() {
    let mut network = network::start().await;
    let (mina, phone) = network.citizen("joon@sebyeol.example", PAID_IN).await;
    let merchant = network.deployment.members.merchant("M000105").unwrap();
    let pay = |name: &str| {
        let order = OrderId::new(name).unwrap();
        Call::TokenPay(TokenPay { merchant, order, amount: Amount::new(EACH), cashback: None })
    };
    phone.send(pay("S-BEFORE")).await.unwrap();
    let before = network.client.status().await.unwrap().height;
    for node in &mut network.cluster.nodes {
        node.kill().unwrap();
    }
    for node in &mut network.cluster.nodes {
        node.restart().unwrap();
    }
    let after = network.assert_agreement().await;
    assert!(after >= before, "height {after} after {before}");
    phone.send(pay("S-AFTER")).await.unwrap();
    network.assert_agreement().await;
    assert_eq!(network.client.account(&mina).await.unwrap().unwrap().balance.get(), PAID_IN - 2 * EACH);
}
