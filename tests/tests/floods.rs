//! Floods cost the flooder, not the others: beside each kind of flood, honest payments through four validators are all final, and
//! ninety-nine of a hundred within twice the time that they take when it is quiet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use dure_tests::{
    chaos::people::Town,
    floods::{
        address, back_doors, doors,
        harm::{Flood, Harm, Met, Villain},
        honest::Honest,
        metrics::counted,
        wire::{Wire, get},
    },
    network,
};

/// How long the honest are watched while it is quiet, and beside each flood.
const SPAN: Duration = Duration::from_secs(4);
/// A flood of requests has begun when so many of them were refused: until then it uses what everybody may use for a moment.
const REFUSED: u64 = 500;
/// How long that may take on a busy machine.
const BEGINNING: Duration = Duration::from_secs(20);
/// Other floods have begun after this time.
const MOMENT: Duration = Duration::from_secs(1);
/// What a quiet payment is taken to need at least: below it the machine's own noise would be judged, which has six busy
/// processes on two cores.
const NOISE: Duration = Duration::from_millis(250);
/// Coin of each citizen, won: none of the honest runs out.
const COIN: u64 = 1_000_000;
/// Devices of citizens. The honest have all but the last two.
const PHONES: usize = 24;

/// What a flooder meets with, as the nodes count it.
async fn costs(nodes: &[SocketAddr], harm: Harm) -> f64 {
    let budget = "dure_access_refused_total{code=\"RATE_LIMITED\"}";
    let signer = "dure_mempool_admissions_total{outcome=\"SIGNER_BUSY\"}";
    let names: &[&str] = match harm {
        Harm::Member => &[signer],
        Harm::Address | Harm::Garbage => &[budget],
        // Its address has a budget, and its certificate has one.
        Harm::Refused => &[budget, signer],
        Harm::SlowReaders => &["dure_stream_refused_total"],
        Harm::SlowWriters => &["dure_http_connections_refused_total"],
        // Validators that nobody knows are no peers: there is nobody to count.
        Harm::BackDoors => &[],
    };
    let mut sum = 0.0;
    for name in names {
        sum += counted(nodes, name).await;
    }
    sum
}

/// The flooder felt it, too.
fn assert_paid_for(harm: Harm, met: &Met, counted: f64) {
    let refused = met.answers.get(&429).copied().unwrap_or_default();
    match harm {
        Harm::Member | Harm::Address | Harm::Garbage | Harm::Refused => {
            assert!(refused > 500, "{harm:?}: {met:?}");
            // Answers that were still on their way when the flood ended are counted, and not met.
            assert!(counted >= refused as f64, "{harm:?}: {counted} counted, {met:?}");
        }
        Harm::SlowReaders => assert_eq!(counted, f64::from(4 * (64 - 8)), "{met:?}"),
        Harm::SlowWriters => assert!(counted >= 4.0 * 32.0 && met.closed >= 4 * 32, "{counted} {met:?}"),
        Harm::BackDoors => assert!(met.closed > 0 && met.answers.is_empty(), "{met:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_cost_the_flooder_and_honest_payments_go_on() {
    let mut network = network::start().await;
    let nodes = doors(&network.deployment);
    let town = Arc::new(Town::settle(&network, PHONES, COIN).await.unwrap());
    let villain = Arc::new(Villain {
        town: Arc::clone(&town),
        nodes: nodes.clone(),
        back: back_doors(&network.deployment),
        payer: PHONES - 1,
        poor: PHONES - 2,
    });
    let honest = Arc::new(Honest::new(&town, &nodes, PHONES - 2));

    let quiet = honest.pay(SPAN).await;
    assert_eq!(quiet.failed, Vec::<String>::new());
    let bound = 2 * quiet.p99().max(NOISE);
    eprintln!("quiet: p50 {:?}, p99 {:?}; bound {bound:?}", quiet.p50(), quiet.p99());

    for harm in Harm::ALL {
        let before = costs(&nodes, harm).await;
        let flood = Flood::start(&villain, harm);
        flood.begun(REFUSED, if harm.is_answered() { BEGINNING } else { MOMENT }).await;
        let beside = honest.pay(SPAN).await;
        // The institution's own services get in beside whatever floods.
        let mut service = Wire::open(address(1), nodes[0]).await.unwrap();
        service.send(&get("/v1/stream")).await.unwrap();
        assert_eq!(service.status().await.unwrap(), 200, "{harm:?}");
        let met = flood.stop().await;
        let counted = costs(&nodes, harm).await - before;
        eprintln!("{harm:?}: p50 {:?}, p99 {:?}; {met:?}, counted {counted}", beside.p50(), beside.p99());
        assert_eq!(beside.failed, Vec::<String>::new(), "{harm:?}");
        assert!(beside.p99() <= bound, "{harm:?}: {:?} beside, quiet {:?}", beside.p99(), quiet.p99());
        assert_paid_for(harm, &met, counted);
    }

    // Nothing was lost and nothing happened twice; every validator lives and says the same.
    network.assert_agreement().await;
    network.cluster.check_alive().unwrap();
    let shop = network.client.account(&town.shops[0]).await.unwrap().unwrap();
    assert_eq!(shop.balance.get(), honest.count());
}
