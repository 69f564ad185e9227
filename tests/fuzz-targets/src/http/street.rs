//! The servers: two nodes, the wallet, the till and the bank, with a person, some shops and their sessions.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, rt::System, web};
use dure::city::City;
use dure_db::{Db, DbConnection, DbError, devices, merchants, people, sessions};
use dure_ledger_client::{KeyFile, LedgerClient};
use dure_proof::request::Nonce;
use dure_score::{Call, Transaction, ids::sha256, record::Role, signature::SigningKey};
use ledger_node::{
    Node, NodeConfig,
    config::{AccessMode, LogFormat, MemberKey, MemberTier, OrdererKind},
};

use crate::{
    files::Scratch,
    score::{bid, cert, chain, genesis, issue_certificate, key},
};

/// Seed of the nodes' only validator.
pub const VALIDATOR: [u8; 32] = [1; 32];

/// Shops, each with a session: a shop may make only so many orders a minute.
const SHOPS: usize = 16;

/// Longest wait for everything to be up, on a machine with other work.
const START: Duration = Duration::from_secs(60);

const PASSPHRASE: &str = "a passphrase of a test";

/// Where everything listens, and what opens it.
pub struct Street {
    pub node: SocketAddr,
    pub members: SocketAddr,
    pub wallet: SocketAddr,
    pub till: SocketAddr,
    pub bank: SocketAddr,
    pub wallet_sessions: Vec<String>,
    pub till_sessions: Vec<String>,
}

/// The street, opened by whoever comes first. It closes with the process.
pub static STREET: LazyLock<Street> = LazyLock::new(|| {
    dure_web::Web::load(None)
        .expect("the pages are built: run `make web` first, or say where in DURE_WEB_DIST");
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let scratch = Scratch::new();
        System::new().block_on(async {
            let (street, _nodes) = open(&scratch).await;
            tell.send(street).expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    told.recv_timeout(START).expect("the servers start")
});

/// Now, ms since 1970 UTC.
pub fn now_ms() -> u64 {
    u64::try_from(dure_db::now_ms()).expect("after 1970")
}

/// Never the same twice in a process.
pub fn nonce() -> Nonce {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    u128::from(number).to_be_bytes()
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

async fn open(scratch: &Scratch) -> (Street, [Node; 2]) {
    let nodes = [start_node(scratch, AccessMode::Open).await, start_node(scratch, AccessMode::Members).await];
    let url = format!("http://{}", nodes[0].http_address());
    enter_people(&url).await;
    let database_url = format!("sqlite://{}", scratch.path().join("dure.sqlite").display());
    let db = Db::connect(&database_url).expect("a database");
    let (wallet_sessions, till_sessions) = db.run(fill).await.expect("rows that fit");
    let key_file = scratch.path().join("officer.json");
    let seed = sha256(&[b"key", b"registrar"]);
    KeyFile::create_with_seed(&key_file, PASSPHRASE, &seed).expect("a key file");
    let (wallet, till, bank) = (free(), free(), free());
    start_bank(scratch, bank);
    let mut settings = wallet_api::Config {
        listen: wallet,
        database_url: database_url.clone(),
        nodes: vec![url.clone()],
        key_file: key_file.clone(),
        key_passphrase: PASSPHRASE.to_owned(),
        insecure_cookies: true,
        workers: 1,
        ..Default::default()
    };
    settings.registrars.iter_mut().for_each(|one| one.file = City::demo_folder().join("citizens.csv"));
    settings.mail.dir = scratch.path().join("mail");
    let most = 60_000;
    (settings.limits.enrolment_per_minute, settings.limits.unlock_per_minute) = (most, most);
    (settings.limits.lookup_per_minute, settings.limits.transactions_per_minute) = (most, most);
    actix_web::rt::spawn(async move {
        wallet_api::run(settings, std::future::pending()).await.expect("a service that runs")
    });
    let settings = merchant_pos::Config {
        listen: till,
        database_url,
        nodes: vec![url],
        key_file,
        key_passphrase: PASSPHRASE.to_owned(),
        insecure_cookies: true,
        workers: 1,
        ..Default::default()
    };
    actix_web::rt::spawn(async move {
        merchant_pos::run(settings, std::future::pending()).await.expect("a service that runs")
    });
    for server in [wallet, till, bank] {
        while tokio::net::TcpStream::connect(server).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let (node, members) = (nodes[0].http_address(), nodes[1].http_address());
    (Street { node, members, wallet, till, bank, wallet_sessions, till_sessions }, nodes)
}

async fn start_node(scratch: &Scratch, access: AccessMode) -> Node {
    let mut agreed = genesis();
    agreed.validators = vec![SigningKey::from_seed(VALIDATOR).public_key()];
    let file = scratch.write("genesis.json", &serde_json::to_vec(&agreed).expect("a genesis"));
    let secret = scratch.write("validator", hex::encode(VALIDATOR).as_bytes());
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secret, private).expect("our own file");
    let config = NodeConfig {
        access,
        http_workers: 1,
        consensus_threads: 1,
        log_format: LogFormat::Text,
        log_filter: "off".to_owned(),
        min_free_bytes: 0,
        members: vec![MemberKey { public_key: key("auditor").public_key(), tier: MemberTier::Auditor }],
        ..NodeConfig::new(file, secret, scratch.path().join(format!("{access:?}")), OrdererKind::Solo)
    };
    Node::start(&config).await.expect("a node")
}

/// Mina and the cafe, with a device each.
async fn enter_people(url: &str) {
    let client = LedgerClient::new(vec![url.to_owned()]);
    let cafe = crate::score::merchant_class();
    let calls = [
        crate::score::register("mina", dure_score::record::MemberClass::Citizen),
        issue_certificate("mina", "mina", Role::Holder),
        crate::score::register("cafe", cafe),
        issue_certificate("cafe", "cafe", Role::Holder),
    ];
    for (nonce, call) in (1..).zip(calls) {
        let tx = transaction(nonce, call).sign(&key("registrar"));
        let receipt = client.submit_and_wait(&tx, START).await.expect("a running node");
        assert!(receipt.is_applied(), "{receipt:?}");
    }
}

fn transaction(nonce: u64, call: Call) -> Transaction {
    Transaction { chain: chain(), signer: cert("registrar"), nonce, valid_until: now_ms() + 300_000, call }
}

/// What the services have in SQL: the sessions' tokens come back.
fn fill(connection: &mut DbConnection) -> Result<(Vec<String>, Vec<String>), DbError> {
    let (now, life) = (dure_db::now_ms(), 7 * 24 * 3_600_000);
    let device = |owner: &str, name: &str, owner_class| devices::Device {
        certificate: cert(name).to_string(),
        owner: bid(owner).to_string(),
        role: "holder".to_owned(),
        public_key: key(name).public_key().to_string(),
        name: "phone".to_owned(),
        pin_verifier: "tag$not-a-hash".to_owned(),
        pin_share: Some("00".repeat(32)),
        wrong_pins: 0,
        created_at: now,
        last_used_at: now,
        revoked_at: None,
        owner_class,
        tried_at: 0,
    };
    people::insert(
        connection,
        &people::Person {
            bid: bid("mina").to_string(),
            display_name: "김미나".to_owned(),
            email: "mina@sebyeol.example".to_owned(),
            phone: Some("01055500001".to_owned()),
            lang: "ko".to_owned(),
            registrar: "registry".to_owned(),
            created_at: now,
        },
    )?;
    // The second device of each is for wrong PINs: they lock it and end its sessions.
    use devices::OwnerClass::{Person, Shop};
    for (owner, name, class) in [
        ("mina", "mina", Person),
        ("mina", "mina-2", Person),
        ("cafe", "cafe", Shop),
        ("cafe", "cafe-till", Shop),
    ] {
        devices::insert(connection, &device(owner, name, class))?;
    }
    let (mina, phone) = (bid("mina").to_string(), cert("mina").to_string());
    let wallet = vec![sessions::create(connection, "wallet", &mina, &phone, now, life)?];
    let mut till = Vec::new();
    for number in 0..SHOPS {
        let name = if number == 0 { "cafe".to_owned() } else { format!("shop {number}") };
        let owner = bid(&name).to_string();
        merchants::put(connection, &shop(&owner, number, now))?;
        till.push(sessions::create(connection, "till", &owner, &cert(&name).to_string(), now, life)?);
    }
    Ok((wallet, till))
}

fn shop(bid: &str, number: usize, created_at: i64) -> merchants::Merchant {
    merchants::Merchant {
        bid: bid.to_owned(),
        code: format!("M{:06}", 101 + number),
        name_ko: "새별 카페".to_owned(),
        name_en: "Saebyeol Cafe".to_owned(),
        city_en: "Sebyeol".to_owned(),
        category: "5814".to_owned(),
        region: "R1".to_owned(),
        email: format!("shop{number}@sebyeol.example"),
        lang: "ko".to_owned(),
        bank_code: "004".to_owned(),
        bank_account: format!("100-{number}"),
        account_holder: "카페".to_owned(),
        held: 0,
        created_at,
    }
}

fn start_bank(scratch: &Scratch, listen: SocketAddr) {
    let config = sandbox_bank::Config { dir: scratch.path().join("bank"), ..Default::default() };
    let bank = web::Data::new(sandbox_bank::Bank::open(&config).expect("a new bank"));
    let server = HttpServer::new(move || App::new().app_data(bank.clone()).configure(sandbox_bank::routes));
    let server = server.workers(1).disable_signals().bind(listen).expect("a free port").run();
    actix_web::rt::spawn(server);
}
