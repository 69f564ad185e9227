//! People who pay, at a steady rate, whatever else happens.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use dure_score::{OrderId, Receipt};
use ledger_node::history::ledger::now_ms;
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval};

use super::address;
use crate::chaos::{bank::Act, people::Town};

/// Payments a second of all together: what a small town pays at noon, and far below what the nodes bear.
const RATE: u32 = 40;
/// Their addresses: so many, from the tenth on. Each asks well within its budget.
const ADDRESSES: u8 = 6;
/// How long one may take at most until it counts as lost.
const PATIENCE: Duration = Duration::from_secs(25);

/// The payers.
pub struct Honest {
    town: Arc<Town>,
    nodes: Vec<SocketAddr>,
    clients: Vec<reqwest::Client>,
    phones: usize,
    next: AtomicU64,
}

/// How it went for a while.
#[derive(Debug, Default)]
pub struct Span {
    /// From handing in to final, in order.
    pub took: Vec<Duration>,
    /// What went wrong: none of it should.
    pub failed: Vec<String>,
}

impl Span {
    /// Ninety-nine of a hundred payments took at most so long.
    pub fn p99(&self) -> Duration {
        self.took[(self.took.len() * 99).div_ceil(100) - 1]
    }

    /// Half of the payments took at most so long.
    pub fn p50(&self) -> Duration {
        self.took[self.took.len() / 2]
    }
}

impl Honest {
    /// The first `phones` devices of `town`, which pay its first shop.
    pub fn new(town: &Arc<Town>, nodes: &[SocketAddr], phones: usize) -> Self {
        let client = |number| {
            let from = address(10 + number);
            reqwest::Client::builder().local_address(Some(from.into())).timeout(PATIENCE).build().unwrap()
        };
        let clients = (0..ADDRESSES).map(client).collect();
        Self { town: Arc::clone(town), nodes: nodes.to_vec(), clients, phones, next: AtomicU64::new(0) }
    }

    /// How many have been handed in so far.
    pub fn count(&self) -> u64 {
        self.next.load(Ordering::SeqCst)
    }

    /// Pays for `span`, one won each time, and waits until every payment is answered.
    pub async fn pay(self: &Arc<Self>, span: Duration) -> Span {
        let mut tick = interval(Duration::from_secs(1) / RATE);
        // Late is late: what was missed is made up for, as crowds do.
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let until = Instant::now() + span;
        let mut payments = Vec::new();
        while Instant::now() < until {
            tick.tick().await;
            let payers = Arc::clone(self);
            payments.push(tokio::spawn(async move { payers.pay_once().await }));
        }
        let mut result = Span::default();
        for payment in payments {
            match payment.await.unwrap() {
                Ok(took) => result.took.push(took),
                Err(reason) => result.failed.push(reason),
            }
        }
        result.took.sort();
        result
    }

    async fn pay_once(&self) -> Result<Duration, String> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let of = |count: usize| number as usize % count;
        let device = &self.town.devices[of(self.phones)];
        let order = OrderId::new(&format!("HONEST-{number}")).unwrap();
        let act = Act::Pay { payer: device.owner, shop: self.town.shops[0], order, amount: 1 };
        let signed = device.sign(&self.town.chain, &act, now_ms() + 120_000);
        let target = format!(
            "http://{}/v1/transactions?wait=final&timeout_ms=20000",
            self.nodes[of(self.nodes.len())]
        );
        let request = self.clients[of(self.clients.len())].post(target);
        let request = request.header("content-type", "application/cbor").body(signed.wire().to_vec());
        let begun = Instant::now();
        let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
        let status = answer.status().as_u16();
        let state: Value = answer.json().await.map_err(|error| format!("{status}: {error:?}"))?;
        let receipt = serde_json::from_value::<Receipt>(state["receipt"].clone());
        if status == 200 && receipt.is_ok_and(|receipt| receipt.is_applied()) {
            Ok(begun.elapsed())
        } else {
            Err(format!("{status}: {state}"))
        }
    }
}
