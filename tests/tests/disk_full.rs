//! A validator's disk fills up: it says so and takes no more, it stops in order when nothing can be written any more, and it goes
//! on when there is space. Nothing that was acknowledged is lost or happens twice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::time::Duration;

use dure::signatory::Signatory;
use dure_ledger_client::{ClientError, LedgerClient};
use dure_score::{Amount, Bid, Call, OrderId, SignedTx, call::TokenPay};
use dure_tests::{
    mounts::{self, Ballast, free_bytes},
    network,
};

const MIB: u64 = 1024 * 1024;
const DISK_MIB: u64 = 384;
const LEAST: u64 = 64 * MIB;
const EACH: u64 = 1;
const PAID_IN: u64 = 50_000;
/// The validator with the small disk.
const SMALL: usize = 3;

struct Payer {
    phone: Signatory,
    merchant: Bid,
    /// A client of the small node only.
    small: LedgerClient,
    acknowledged: Vec<SignedTx>,
}

impl Payer {
    async fn sign(&self) -> SignedTx {
        let number = rand::random::<u32>();
        let order = OrderId::new(&format!("S-FULL-{number}")).unwrap();
        let call = TokenPay { merchant: self.merchant, order, amount: Amount::new(EACH), cashback: None };
        self.phone.sign(Call::TokenPay(call)).await.unwrap()
    }

    /// Pays once through `client` and expects success.
    async fn pay(&mut self, client: &LedgerClient) {
        let signed = self.sign().await;
        let receipt = client.submit_and_wait(&signed, Duration::from_secs(60)).await.unwrap();
        assert!(receipt.is_applied(), "{receipt:?}");
        self.acknowledged.push(signed);
    }

    /// Pays through the small node until it takes a payment (`full` false) or says that its disk is full (`full` true).
    async fn until(&mut self, full: bool) {
        // Thirty seconds: the disk is looked at twice a second.
        for _ in 0..150 {
            let signed = self.sign().await;
            match self.small.submit(&signed).await {
                Err(ClientError::Http { status: 503, code, .. }) if code == "DISK_FULL" => {
                    if full {
                        return;
                    }
                }
                Ok(_) => {
                    self.small.submit_and_wait(&signed, Duration::from_secs(60)).await.unwrap();
                    self.acknowledged.push(signed);
                    if !full {
                        return;
                    }
                }
                Err(error) => panic!("{error}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("disk full: {full} was not to be seen");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_admission_then_the_node_and_loses_nothing() {
    if !mounts::own("a_full_disk_stops_admission_then_the_node_and_loses_nothing") {
        return;
    }
    let mut network = network::start_prepared(|deployment| {
        mounts::small_disk(&deployment.layout.node(SMALL), DISK_MIB);
        network::configure(deployment, SMALL + 1, "min_free_bytes", &LEAST.to_string());
    })
    .await;
    let disk = network.deployment.layout.node(SMALL);
    assert!(free_bytes(&disk) > 2 * LEAST, "{} free", free_bytes(&disk));
    let (mina, phone) = network.citizen("mina@sebyeol.example", PAID_IN).await;
    let merchant = network.deployment.members.merchant("M000105").unwrap();
    let small = network.node(SMALL);
    let others = LedgerClient::new(network.deployment.ports.node_urls()[..SMALL].to_vec());
    let mut payer = Payer { phone, merchant, small: small.clone(), acknowledged: Vec::new() };
    payer.pay(&small).await;

    // Little space: it says so, the others go on, and it follows them.
    let ballast = Ballast::leaving(&disk, LEAST / 2);
    payer.until(true).await;
    for _ in 0..5 {
        payer.pay(&others).await;
    }
    network.assert_agreement().await;
    drop(ballast);
    payer.until(false).await;

    // No space at all: it ends by itself and says why.
    let ballast = Ballast::leaving(&disk, 0);
    let mut ended = None;
    // Two minutes: the store writes into space that it has reserved for a while.
    for _ in 0..600 {
        ballast.take_all();
        payer.pay(&others).await;
        if let Err(error) = network.cluster.nodes[SMALL].check_alive() {
            ended = Some(error.to_string());
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let ended = ended.unwrap();
    assert!(ended.contains("exit status: 75") && ended.contains("NODE_DISK_FULL"), "{ended}");

    // Space again: it comes back and has everything, once.
    drop(ballast);
    network.cluster.nodes[SMALL].restart().unwrap();
    network.assert_agreement().await;
    payer.until(false).await;
    network.assert_agreement().await;
    for signed in &payer.acknowledged {
        let receipt = small.receipt(&signed.id()).await.unwrap();
        assert!(receipt.is_some_and(|receipt| receipt.is_applied()), "lost {}", signed.id());
    }
    let spent = EACH * u64::try_from(payer.acknowledged.len()).unwrap();
    assert_eq!(small.account(&mina).await.unwrap().unwrap().balance.get(), PAID_IN - spent);
    assert_eq!(small.account(&merchant).await.unwrap().unwrap().balance.get(), spent);
}
