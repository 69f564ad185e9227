//! What a transaction costs from its HTTP request to the pool: CPU time of a node that observes (it proposes and applies
//! nothing), while clients on keep-alive connections hand it payments of many signers.
//!
//! `cargo run -p ledger-node --example door [transactions] [connections]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use dure_score::{
    Amount, Bid, Call, ChainId, Genesis, Hash32, Transaction,
    call::TokenTransfer,
    genesis::GenesisInstitution,
    ids::{Code, Title},
    record::{CampaignTerms, Duties, Institution},
    signature::SigningKey,
};
use ledger_node::{
    NodeConfig,
    config::{LogFormat, NodeRole, OrdererKind},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const HOUSES: u8 = 40;
const OFFICERS: u8 = 50;

fn chain() -> ChainId {
    ChainId::new("door-1").unwrap()
}

fn key(house: u8, officer: u8) -> SigningKey {
    let mut seed = [7; 32];
    (seed[0], seed[1]) = (house, officer);
    SigningKey::from_seed(seed)
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

fn genesis() -> Genesis {
    let coin = CampaignTerms {
        name: Title::new("coin").unwrap(),
        funder: Bid::new([0; 16]),
        ceiling: Amount::ZERO,
        charge_bonus_bps: 0,
        monthly_charge_cap: Amount::ZERO,
        validity_ms: 5 * 365 * 86_400_000,
        categories: Vec::new(),
        regions: Vec::new(),
        merchants: Vec::new(),
        large_merchants: true,
        transferable: true,
        starts_at: 0,
        ends_at: 9_007_199_254_740_991,
        cashback_bps: 0,
        monthly_cashback_cap: Amount::ZERO,
        holding_cap: Amount::ZERO,
        person_cap: Amount::ZERO,
        reusable: false,
        reuse_bps: 0,
        cash_out_bps: u16::MAX,
    };
    let house = |house: u8| GenesisInstitution {
        bid: Bid::new([house; 16]),
        record: Institution {
            name: Title::new(&format!("house {house}")).unwrap(),
            duties: Duties { bank: true, registrar: true, ..Duties::default() },
            quorum: 1,
            open_proposals: Vec::new(),
        },
        officers: (0..OFFICERS).map(|officer| key(house, officer).public_key()).collect(),
    };
    Genesis {
        chain: chain(),
        time_ms: now_ms(),
        currency: Code::new("KRW").unwrap(),
        digits: 0,
        utc_offset_minutes: 540,
        coin,
        institutions: (0..HOUSES).map(house).collect(),
        validators: vec![SigningKey::from_seed([1; 32]).public_key()],
        epoch_blocks: 1_000,
    }
}

fn payments(count: usize) -> Vec<Vec<u8>> {
    let keys: Vec<(SigningKey, u8)> = (0..HOUSES)
        .flat_map(|house| (0..OFFICERS).map(move |officer| (key(house, officer), house)))
        .collect();
    let one = |n: usize| {
        let (key, house) = &keys[n % keys.len()];
        let call = TokenTransfer {
            to: Bid::new([house.wrapping_add(1); 16]),
            amount: Amount::new(1_000),
            memo: Hash32::default(),
        };
        let transaction = Transaction {
            chain: chain(),
            signer: key.public_key().certificate_id(&chain()),
            nonce: (n / keys.len()) as u64 + 1,
            valid_until: now_ms() + 500_000,
            call: Call::TokenTransfer(call),
        };
        let wire = transaction.sign(key).wire().to_vec();
        let head = format!(
            "POST /v1/transactions HTTP/1.1\r\nhost: n\r\ncontent-type: application/cbor\r\ncontent-length: {}\r\n\r\n",
            wire.len()
        );
        [head.into_bytes(), wire].concat()
    };
    (0..count).map(one).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn node(dir: &str) {
    let dir = std::path::Path::new(dir);
    let config = NodeConfig {
        http_listen: "127.0.0.1:7191".parse().unwrap(),
        http_workers: 1,
        log_format: LogFormat::Text,
        log_filter: "warn".to_owned(),
        min_free_bytes: 0,
        role: NodeRole::Observer,
        peers: vec!["http://127.0.0.1:1".to_owned()],
        ..NodeConfig::new(dir.join("genesis"), dir.join("key"), dir.join("node"), OrdererKind::Bft)
    };
    ledger_node::run(config, std::future::pending()).await.unwrap();
}

fn cpu_us(child: &Child) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // Clock ticks of 10 ms: user and system.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10_000.0
}

/// Sends its share, one request at a time; how many were taken.
async fn client(requests: Arc<Vec<Vec<u8>>>, first: usize, step: usize) -> usize {
    let mut stream = TcpStream::connect("127.0.0.1:7191").await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut taken, mut buffer) = (0, vec![0; 8_192]);
    for request in requests.iter().skip(first).step_by(step) {
        stream.write_all(request).await.unwrap();
        let got = stream.read(&mut buffer).await.unwrap();
        taken += usize::from(buffer[..got].starts_with(b"HTTP/1.1 202"));
    }
    taken
}

#[tokio::main(flavor = "current_thread")]
async fn load(count: usize, connections: usize) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("genesis"), serde_json::to_vec(&genesis()).unwrap()).unwrap();
    fs::write(dir.path().join("key"), "01".repeat(32)).unwrap();
    fs::set_permissions(dir.path().join("key"), fs::Permissions::from_mode(0o600)).unwrap();
    let requests = Arc::new(payments(count));
    let this = std::env::current_exe().unwrap();
    let mut child = Command::new(this).arg("node").arg(dir.path()).stdin(Stdio::null()).spawn().unwrap();
    let ready = Instant::now();
    while TcpStream::connect("127.0.0.1:7191").await.is_err() {
        assert!(ready.elapsed() < Duration::from_secs(30), "the node does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (before, start) = (cpu_us(&child), Instant::now());
    let tasks: Vec<_> =
        (0..connections).map(|n| tokio::spawn(client(Arc::clone(&requests), n, connections))).collect();
    let mut taken = 0;
    for task in tasks {
        taken += task.await.unwrap();
    }
    let (cpu, took) = (cpu_us(&child) - before, start.elapsed());
    println!(
        "{taken} of {count} taken over {connections} connections; node CPU {:.1} µs each; {:.0}/s on the clock",
        cpu / count as f64,
        count as f64 / took.as_secs_f64()
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("node") => node(&arguments[1]),
        _ => {
            let number = |at: usize, default| arguments.get(at).map_or(default, |n| n.parse().unwrap());
            load(number(0, 20_000), number(1, 64));
        }
    }
}
