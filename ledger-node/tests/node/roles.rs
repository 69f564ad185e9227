//! Who votes: four validators and a fifth node, a change of the set by the operator, a validator that lost its disk.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    time::{Duration, Instant},
};

use dure_chain::epoch::epoch_of;
use dure_ledger_client::LedgerClient;
use dure_score::{
    Bid, Call, Genesis, SignedTx,
    call::{GovernancePropose, ProposedCall, ValidatorsUpdate},
    genesis::GenesisInstitution,
    ids::{Address, Title},
    record::{Duties, Institution, ValidatorSeat},
    signature::SigningKey,
};
use ledger_node::{
    Node, NodeConfig, NodeError,
    config::{NodeRole, OrdererKind, ValidatorAddress},
    consensus::keys::note_fresh,
};
use tempfile::TempDir;

use crate::support::{applied, genesis, register, transaction, write_key};

/// Few, so that borders come every other second.
const EPOCH_BLOCKS: u64 = 16;
const LIMIT: Duration = Duration::from_secs(90);
const OPERATOR: u8 = 4;
/// Seeds of the nodes' keys; the first four are validators from the start.
const NODES: [u8; 5] = [21, 22, 23, 24, 25];

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn four() -> Genesis {
    let duties = Duties { operator: true, ..Duties::default() };
    let record =
        Institution { name: Title::new("operator").unwrap(), duties, quorum: 1, open_proposals: Vec::new() };
    let mut genesis = genesis();
    genesis.institutions.push(GenesisInstitution {
        bid: Bid::new([OPERATOR; 16]),
        record,
        officers: vec![key(OPERATOR).public_key()],
    });
    genesis.validators = NODES[..4].iter().map(|seed| key(*seed).public_key()).collect();
    genesis.epoch_blocks = EPOCH_BLOCKS;
    genesis
}

struct City {
    dir: TempDir,
    http: Vec<SocketAddr>,
    p2p: Vec<SocketAddr>,
}

impl City {
    fn new() -> Self {
        // Held together until all are known, so that no port is chosen twice.
        let sockets: Vec<TcpListener> = (0..10).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let mut http: Vec<SocketAddr> = sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
        let p2p = http.split_off(5);
        let city = Self { dir: tempfile::tempdir().unwrap(), http, p2p };
        fs::write(city.genesis(), serde_json::to_vec(&four()).unwrap()).unwrap();
        for (index, seed) in NODES[..4].iter().enumerate() {
            note_fresh(&city.data(index), &key(*seed).public_key()).unwrap();
        }
        city
    }

    fn genesis(&self) -> PathBuf {
        self.dir.path().join("genesis.json")
    }

    fn data(&self, index: usize) -> PathBuf {
        self.dir.path().join(format!("node{index}"))
    }

    /// Nobody's configuration says where the fifth node is: the ledger will.
    fn config(&self, index: usize) -> NodeConfig {
        let seats = NODES[..4].iter().zip(&self.p2p);
        let others = self.http.iter().filter(|address| **address != self.http[index]);
        NodeConfig {
            http_listen: self.http[index],
            p2p_listen: self.p2p[index],
            http_workers: 1,
            consensus_threads: 1,
            heartbeat_ms: 100,
            min_free_bytes: 0,
            peers: others.map(|address| format!("http://{address}")).collect(),
            validators: seats
                .map(|(seed, address)| ValidatorAddress {
                    public_key: key(*seed).public_key(),
                    address: *address,
                })
                .collect(),
            ..NodeConfig::new(
                self.genesis(),
                write_key(self.dir.path(), NODES[index]),
                self.data(index),
                OrdererKind::Bft,
            )
        }
    }

    async fn start(&self, index: usize) -> Node {
        Node::start(&self.config(index)).await.unwrap()
    }

    fn client(&self, index: usize) -> LedgerClient {
        LedgerClient::new(vec![format!("http://{}", self.http[index])])
    }

    /// The operator's order to replace the first validator by the fifth node.
    fn change(&self) -> SignedTx {
        let seat = |index: usize| ValidatorSeat {
            public_key: key(NODES[index]).public_key(),
            address: (index == 4).then(|| Address::new(&self.p2p[index].to_string()).unwrap()),
        };
        let update = ValidatorsUpdate { validators: (1..5).map(seat).collect() };
        let call = GovernancePropose { proposed: ProposedCall::ValidatorsUpdate(update) };
        transaction(&key(OPERATOR), 1, Call::GovernancePropose(call)).sign(&key(OPERATOR))
    }
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "not within {LIMIT:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the node with that seed proposed one of the last `count` blocks.
fn proposes(node: &Node, seed: u8, count: u64) -> bool {
    let head = node.ledger().head().height;
    let proposer = |height| node.ledger().record(height).unwrap().unwrap().header().unwrap().proposer;
    (head.saturating_sub(count)..=head).any(|height| proposer(height) == *key(seed).public_key().as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_node_joins_another_leaves_and_a_wiped_one_waits() {
    let city = City::new();
    let mut nodes = Vec::new();
    for index in 0..5 {
        nodes.push(city.start(index).await);
    }
    let receipt = applied(&city.client(0), &city.change()).await;
    let from = epoch_of(receipt.height, EPOCH_BLOCKS) + 2;
    eventually("the fifth node follows", || nodes[4].ledger().head().height >= receipt.height).await;
    let border = from * EPOCH_BLOCKS;
    eventually("the new epoch", || {
        nodes.iter().all(|node| node.ledger().head().height > border + EPOCH_BLOCKS)
    })
    .await;
    eventually("the fifth node proposes", || proposes(&nodes[1], NODES[4], 8)).await;
    assert!(!proposes(&nodes[1], NODES[0], 8), "the first one does not any more");
    assert!(nodes.iter().all(|node| node.failure().is_none()));
    // Who has no vote still takes payments, and has every block.
    applied(&city.client(0), &register(1, 9)).await;
    applied(&city.client(4), &register(2, 10)).await;

    a_wiped_validator_refuses(&city, &mut nodes).await;
    for node in nodes {
        node.stop().await;
    }
}

/// The fourth node loses its disk: it must not vote, may observe, and votes again from an epoch whose beginning it saw.
async fn a_wiped_validator_refuses(city: &City, nodes: &mut Vec<Node>) {
    nodes.remove(3).stop().await;
    fs::remove_dir_all(city.data(3)).unwrap();
    let refused = Node::start(&city.config(3)).await.map(|_| ()).unwrap_err();
    assert!(matches!(refused, NodeError::Consensus(_)));
    assert_eq!(refused.code(), "wiped_journal");

    let observer = NodeConfig { role: NodeRole::Observer, ..city.config(3) };
    let node = Node::start(&observer).await.unwrap();
    let height = nodes[0].ledger().head().height;
    eventually("it catches up", || node.ledger().head().height >= height).await;
    let head = node.ledger().head();
    let theirs = nodes[0].ledger().record(head.height).unwrap();
    assert!(theirs.is_none_or(|theirs| theirs.state_root == head.state_root));
    node.stop().await;

    nodes.insert(3, city.start(3).await);
    eventually("it votes again", || proposes(&nodes[1], NODES[3], 8)).await;
    assert!(nodes.iter().all(|node| node.failure().is_none()));
}
