//! Clients that get in each other's way, four validators that die: what the clients were told is explained by one order, and the
//! ledger's own order is such a one. Histories are short here, so that an order can be looked for without the ledger's help.
#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use dure::process::NODES;
use dure_tests::{
    chaos::{
        bank::Bank,
        follow::Follower,
        judge::Judge,
        load::{Load, Style},
        order::real_time,
        people::Town,
        plan::Plan,
        run::{settle, strike},
        search::some_order,
    },
    network,
};

const BURSTS: u64 = 8;
const SEED: u64 = 4;
/// Requests of each of the eleven clients in a burst: the search is for short histories.
const REQUESTS: u64 = 8;
/// Devices of citizens: two of them have a second one.
const PHONES: usize = 8;
/// Coin of each citizen, won: so little that transfers decide which payments succeed.
const COIN: u64 = 900;

fn style(burst: u64) -> Style {
    Style {
        seed: SEED * 1_000 + burst,
        requests: Some(REQUESTS),
        pause: Duration::from_millis(40),
        most: 400,
        conflict: 0.5,
        validity: Duration::from_secs(5),
        // Short, so that requests are left open while too many are dead.
        patience: Duration::from_millis(700),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_explains_what_concurrent_clients_were_told_while_validators_die() {
    let mut network = network::start().await;
    let town = Arc::new(Town::settle(&network, PHONES, COIN).await.unwrap());
    let nodes: Vec<_> = (0..NODES).map(|node| network.node(node)).collect();
    let urls = network.deployment.ports.node_urls();
    let mut ledger = Follower::new(Arc::clone(&town), nodes);
    let mut judge = Judge::default();
    let mut overlapping = 0;
    for burst in 0..BURSTS {
        // Orders of earlier bursts are not asked for again.
        let before = Bank::new(ledger.bank().balances().clone());
        let load = Load::start(&town, &urls, style(burst));
        let plan = Plan::of(SEED, burst);
        strike(&mut network, &plan).await.unwrap();
        let desk = load.finish().await.unwrap();
        let history = desk.take();
        assert!(history.entries.len() > 40, "burst {burst} made {} requests", history.entries.len());
        judge.hear(history.clone(), &ledger).unwrap();
        settle(&mut network, &desk, &mut ledger, &mut judge).await.unwrap();
        let entries = &history.entries;
        real_time(entries, |id| ledger.placed.get(id).map(|placed| placed.place)).unwrap();
        some_order(&before, entries, ledger.bank().balances())
            .unwrap_or_else(|fault| panic!("burst {burst} of seed {SEED}: {fault}\n{entries:#?}"));
        let pairs = entries.windows(2).filter(|pair| pair[1].invoked < pair[0].responded);
        overlapping += pairs.count();
    }
    let everybody: Vec<_> = (0..NODES).map(|node| (node, network.node(node))).collect();
    judge.finish(&everybody, &ledger).await.unwrap();
    let counts = judge.counts;
    eprintln!("{counts:?}, {overlapping} requests met another");
    assert!(overlapping > 100, "the clients did not meet");
    assert!(counts.applied > 100 && counts.refused > 50 && counts.seen > 100, "{counts:?}");
}
