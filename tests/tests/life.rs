//! The life of nodes, while payments go on: one joins from a snapshot, is voted in, an old one is voted out, one loses its votes and
//! must not vote again; and at the end the ledger is copied, proven and put back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use dure::{setup::Deployment, signatory::Signatory};
use dure_ledger_client::LedgerClient;
use dure_score::{
    Amount, Bid, Call, Effect, OrderId, PublicKey, SignedTx,
    call::{GovernanceApprove, GovernancePropose, ProposedCall, TokenPay, ValidatorsUpdate},
    record::ValidatorSeat,
};
use dure_tests::{
    network::{self, Network},
    newcomer::Newcomer,
    program::{last_line, program},
};
use tokio::task::JoinHandle;

/// Blocks of an epoch: a few seconds of them.
const EPOCH_BLOCKS: u64 = 30;
const SNAPSHOT_EVERY: &str = "20";
const HEARTBEAT_MS: &str = "150";
const PAID_IN: u64 = 50_000;
const EACH: u64 = 1;
/// Two epochs, catching up, and a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn prepare(deployment: &Deployment) {
    let path = deployment.layout.genesis();
    let mut genesis: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    genesis["epoch_blocks"] = EPOCH_BLOCKS.into();
    fs::write(&path, serde_json::to_vec(&genesis).unwrap()).unwrap();
    for number in 1..=4 {
        network::configure(deployment, number, "snapshot_every", SNAPSHOT_EVERY);
        network::configure(deployment, number, "heartbeat_ms", HEARTBEAT_MS);
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Payments that never pause.
struct Payments {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<SignedTx>>,
}

impl Payments {
    fn start(client: LedgerClient, phone: Signatory, merchant: Bid) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let task = tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            while !stopped.load(Ordering::SeqCst) {
                let signed = pay(&phone, merchant, acknowledged.len()).await;
                let receipt = client.submit_and_wait(&signed, PATIENCE).await.unwrap();
                assert!(receipt.is_applied(), "{receipt:?}");
                acknowledged.push(signed);
            }
            acknowledged
        });
        Self { stop, task }
    }

    async fn stop(self) -> Vec<SignedTx> {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

async fn pay(phone: &Signatory, merchant: Bid, number: usize) -> SignedTx {
    let order = OrderId::new(&format!("S-LIFE-{number}")).unwrap();
    let call = TokenPay { merchant, order, amount: Amount::new(EACH), cashback: None };
    phone.sign(Call::TokenPay(call)).await.unwrap()
}

/// Two officers of the operator change the validators. The epoch from which the new set is in force.
async fn change(network: &Network, validators: Vec<ValidatorSeat>) -> u64 {
    let officer = |name| network.deployment.key(name, &network.client).unwrap();
    let proposed = ProposedCall::ValidatorsUpdate(ValidatorsUpdate { validators });
    let call = Call::GovernancePropose(GovernancePropose { proposed });
    let proposal = officer("city-hall-1").send(call).await.unwrap().tx;
    let approval = GovernanceApprove { proposal };
    let receipt = officer("city-hall-2").send(Call::GovernanceApprove(approval)).await.unwrap();
    let changed = receipt.effects.iter().find_map(|effect| match effect {
        Effect::ValidatorsChanged { from_epoch, .. } => Some(*from_epoch),
        _ => None,
    });
    changed.unwrap_or_else(|| panic!("{receipt:?}"))
}

fn configured(key: &PublicKey) -> ValidatorSeat {
    ValidatorSeat { public_key: *key, address: None }
}

/// Whether a node is in that epoch or later, and votes (or not).
async fn votes(client: &LedgerClient, epoch: u64, expected: bool) -> bool {
    client.status().await.is_ok_and(|status| status.epoch >= epoch && status.validator == expected)
}

/// Whether one of the last blocks was proposed by that key.
async fn proposes(client: &LedgerClient, key: &PublicKey) -> bool {
    let Ok(status) = client.status().await else { return false };
    let from = status.height.saturating_sub(20).max(1);
    client
        .blocks(from, status.height)
        .await
        .is_ok_and(|blocks| blocks.iter().any(|block| block.proposer == *key))
}

/// Asserts that all the nodes have one block and one state at a common height, at or above every node's present one.
async fn agree(nodes: &[LedgerClient]) {
    let mut height = 0;
    for node in nodes {
        height = height.max(node.status().await.unwrap().height);
    }
    let mut digests = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        until(&format!("node {index} of the list reaches block {height}"), async || {
            node.status().await.is_ok_and(|status| status.height >= height)
        })
        .await;
        let block = node.block(height).await.unwrap().unwrap();
        digests.push((block.digest, block.state_root));
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_come_and_go_while_payments_go_on() {
    let mut network = network::start_prepared(prepare).await;
    let (mina, phone) = network.citizen("mina@sebyeol.example", PAID_IN).await;
    let merchant = network.deployment.members.merchant("M000105").unwrap();
    let payments = Payments::start(network.client.clone(), phone, merchant);
    let (joon, joons) = network.citizen("joon@sebyeol.example", PAID_IN).await;
    let old = network.deployment.validators.clone();

    // A fifth node joins from a snapshot. It has no vote, and takes payments all the same.
    let snapshots = network.deployment.layout.node(0).join("snapshots");
    until("a snapshot", async || fs::read_dir(&snapshots).is_ok_and(|mut found| found.next().is_some()))
        .await;
    let newcomer = Newcomer::start(&network);
    until("the newcomer follows", async || votes(&newcomer.client, 0, false).await).await;
    let status = newcomer.client.status().await.unwrap();
    assert!(status.pruned_height > 0, "it joined from a snapshot");
    let mut nodes: Vec<LedgerClient> = (0..4).map(|index| network.node(index)).collect();
    nodes.push(newcomer.client.clone());
    agree(&nodes).await;
    let signed = pay(&joons, merchant, 1_000_000).await;
    let receipt = newcomer.client.submit_and_wait(&signed, PATIENCE).await.unwrap();
    assert!(receipt.is_applied());

    // It is voted in.
    let mut seats: Vec<ValidatorSeat> = old.iter().map(configured).collect();
    seats.push(newcomer.seat());
    let from = change(&network, seats.clone()).await;
    until("the newcomer votes", async || votes(&newcomer.client, from, true).await).await;
    until("the newcomer proposes", async || proposes(&nodes[1], &newcomer.key).await).await;

    // The first one is voted out, and goes on as an observer that takes payments.
    seats.remove(0);
    let from = change(&network, seats).await;
    until("the first is out", async || votes(&nodes[0], from, false).await).await;
    agree(&nodes).await;
    let signed = pay(&joons, merchant, 1_000_001).await;
    assert!(nodes[0].submit_and_wait(&signed, PATIENCE).await.unwrap().is_applied());

    // Without the newcomer's vote there is no quorum now.
    network.cluster.nodes[1].kill().unwrap();
    let signed = pay(&joons, merchant, 1_000_002).await;
    assert!(nodes[2].submit_and_wait(&signed, PATIENCE).await.unwrap().is_applied());
    network.cluster.nodes[1].restart().unwrap();
    until("the second is back", async || votes(&nodes[1], from, true).await).await;

    // The third loses its directory: it could vote twice, so it refuses to vote; as an observer it comes back.
    network.cluster.nodes[2].kill().unwrap();
    let folder = network.deployment.layout.node(2);
    fs::remove_dir_all(&folder).unwrap();
    network.cluster.nodes[2].restart().unwrap();
    let mut refusal = String::new();
    until("the wiped validator ends", async || match network.cluster.nodes[2].check_alive() {
        Ok(()) => false,
        Err(error) => {
            refusal = error.to_string();
            true
        }
    })
    .await;
    assert!(refusal.contains("wiped_journal") && refusal.contains("observer"), "{refusal}");
    network::configure(&network.deployment, 3, "role", "\"observer\"");
    network.cluster.nodes[2].restart().unwrap();
    until("the wiped one follows", async || nodes[2].status().await.is_ok()).await;
    agree(&nodes).await;

    // Nothing that was acknowledged is missing anywhere that keeps it.
    let acknowledged = payments.stop().await;
    agree(&nodes).await;
    let spent = EACH * u64::try_from(acknowledged.len()).unwrap();
    for node in &nodes {
        assert_eq!(node.account(&mina).await.unwrap().unwrap().balance.get(), PAID_IN - spent);
        assert_eq!(node.account(&joon).await.unwrap().unwrap().balance.get(), PAID_IN - 3 * EACH);
    }
    for signed in &acknowledged {
        let receipt = nodes[3].receipt(&signed.id()).await.unwrap();
        assert!(receipt.is_some_and(|receipt| receipt.is_applied()), "lost {}", signed.id());
    }
    copy_prove_restore(&network, 3);
}

/// A copy of a running node is made, proven from the genesis, and put back.
fn copy_prove_restore(network: &Network, index: usize) {
    let layout = &network.deployment.layout;
    let (copy, back) = (layout.root().join("copy"), layout.root().join("back"));
    let run = |arguments: &[&str], folders: &[(&str, &std::path::Path)]| {
        let mut command = program("dure");
        command.args(arguments);
        for (name, folder) in folders {
            command.arg(name).arg(folder);
        }
        command
    };
    let (node, genesis) = (layout.node(index), layout.genesis());
    let made = run(&["backup"], &[("--node", &node), ("--to", &copy)]).status().unwrap();
    assert!(made.success(), "backup of a running node");
    let mut audit = program("dure");
    audit.args(["audit", "--json", "--genesis"]).arg(&genesis).arg(&copy);
    let report = last_line(&mut audit);
    assert_eq!(report["ok"], true, "{report}");
    assert!(report["blocks"].as_u64().is_some_and(|blocks| blocks > EPOCH_BLOCKS), "{report}");
    let restored =
        run(&["restore"], &[("--from", &copy), ("--node", &back), ("--genesis", &genesis)]).status();
    assert!(restored.unwrap().success(), "restore");
    assert!(back.join("ledger").is_dir());
}
