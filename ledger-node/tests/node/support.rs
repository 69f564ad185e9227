//! A solo ledger with a registrar and a bank, and a way to speak of them.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use dure_ledger_client::LedgerClient;
use dure_score::{
    Amount, Bid, Call, ChainId, Genesis, Receipt, SignedTx, Transaction,
    call::{MemberRegister, TokenCharge},
    genesis::GenesisInstitution,
    ids::{Code, DepositRef, Title},
    record::{CampaignTerms, Duties, Institution, MemberClass},
    signature::SigningKey,
};
use ledger_node::{
    Node, NodeConfig,
    config::{LogFormat, OrdererKind},
};
use tempfile::TempDir;

pub const WAIT: Duration = Duration::from_secs(10);

pub fn chain() -> ChainId {
    ChainId::new("test-1").unwrap()
}

pub fn registrar() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

pub fn bank() -> SigningKey {
    SigningKey::from_seed([3; 32])
}

pub fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

fn institution(bid: u8, name: &str, duties: Duties, officer: &SigningKey) -> GenesisInstitution {
    let record =
        Institution { name: Title::new(name).unwrap(), duties, quorum: 1, open_proposals: Vec::new() };
    GenesisInstitution { bid: Bid::new([bid; 16]), record, officers: vec![officer.public_key()] }
}

pub fn genesis() -> Genesis {
    let coin = CampaignTerms {
        name: Title::new("coin").unwrap(),
        funder: Bid::new([3; 16]),
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
    Genesis {
        chain: chain(),
        time_ms: 1_700_000_000_000,
        currency: Code::new("KRW").unwrap(),
        digits: 0,
        utc_offset_minutes: 540,
        coin,
        institutions: vec![
            institution(2, "registry", Duties { registrar: true, ..Duties::default() }, &registrar()),
            institution(3, "bank", Duties { bank: true, ..Duties::default() }, &bank()),
        ],
        validators: vec![SigningKey::from_seed([1; 32]).public_key()],
        epoch_blocks: 1_000,
    }
}

pub fn transaction(key: &SigningKey, nonce: u64, call: Call) -> Transaction {
    let signer = key.public_key().certificate_id(&chain());
    Transaction { chain: chain(), signer, nonce, valid_until: now_ms() + 60_000, call }
}

pub fn register(nonce: u64, person: u8) -> SignedTx {
    let call = MemberRegister { bid: Bid::new([person; 16]), class: MemberClass::Citizen };
    transaction(&registrar(), nonce, Call::MemberRegister(call)).sign(&registrar())
}

pub fn charge(nonce: u64, person: u8, won: u64, deposit: &str) -> SignedTx {
    let call = TokenCharge {
        to: Bid::new([person; 16]),
        amount: Amount::new(won),
        deposit: DepositRef::new(deposit).unwrap(),
        campaign: dure_score::CampaignId::COIN,
    };
    transaction(&bank(), nonce, Call::TokenCharge(call)).sign(&bank())
}

/// A node with its files; the directory goes with the value.
pub struct Place {
    dir: TempDir,
    pub config: NodeConfig,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let genesis_file = dir.path().join("genesis.json");
        fs::write(&genesis_file, serde_json::to_vec(&genesis()).unwrap()).unwrap();
        let (key, data) = (write_key(dir.path(), 1), dir.path().join("node"));
        let config = NodeConfig {
            http_workers: 1,
            consensus_threads: 1,
            heartbeat_ms: 100,
            log_format: LogFormat::Text,
            log_filter: "warn".to_owned(),
            min_free_bytes: 0,
            ..NodeConfig::new(genesis_file, key, data, OrdererKind::Solo)
        };
        Self { dir, config }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub async fn start(&self) -> (Node, LedgerClient) {
        let node = Node::start(&self.config).await.unwrap();
        let client = LedgerClient::new(vec![url(&node)]);
        (node, client)
    }
}

pub fn url(node: &Node) -> String {
    format!("http://{}", node.http_address())
}

pub fn write_key(dir: &Path, seed: u8) -> PathBuf {
    let path = dir.join(format!("key{seed}"));
    fs::write(&path, format!("{:02x}", seed).repeat(32)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

pub async fn applied(client: &LedgerClient, tx: &SignedTx) -> Receipt {
    let receipt = client.submit_and_wait(tx, WAIT).await.unwrap();
    assert!(receipt.is_applied(), "{receipt:?}");
    receipt
}
