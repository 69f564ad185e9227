//! A node's HTTP in front of the ledger in memory, as far as this service uses it, and a service built on it.

use std::sync::Arc;

use actix_web::{App as ActixApp, HttpResponse, HttpServer, dev::ServerHandle, http::KeepAlive, web};
use dure_db::{Db, devices::OwnerClass};
use dure_ledger_client::LedgerClient;
use dure_proof::Pinned;
use dure_score::{
    CertId, Hash32, Overlay, SignedTx, TxId,
    key::Key,
    record::{Certificate, Institution, Member},
};
use dure_service::{device::Pins, follower::Progress, ledger::Officer};
use dure_web::Lang;
use parking_lot::Mutex;
use serde_json::json;

use super::ledger::{Ledger, REGISTRAR, key};
use crate::{
    app::App,
    config::{Charge, Limits as LimitsConfig},
    limits::Limits,
    live,
    registrar::{Asks, Citizen, Claim, Registrar, Registrars},
};

type Shared = web::Data<Mutex<Ledger>>;

pub struct Node {
    pub ledger: Shared,
    handle: ServerHandle,
}

impl Node {
    /// Starts on a free port of the loopback; answers the node and a service that uses it.
    pub async fn start(db: Db) -> (Self, web::Data<App>) {
        Self::start_with(db, vec![Arc::new(Mina)]).await
    }

    /// The same with other registrars.
    pub async fn start_with(db: Db, registrars: Vec<Arc<dyn Registrar>>) -> (Self, web::Data<App>) {
        let ledger = web::Data::new(Mutex::new(Ledger::new()));
        let shared = ledger.clone();
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(shared.clone())
                .route("/v1/transactions", web::post().to(submit))
                .route("/v1/transactions/{id}", web::get().to(transaction))
                .route("/v1/dry-run", web::post().to(dry))
                .route("/v1/accounts/{bid}", web::get().to(account))
                .route("/v1/certificates/{id}", web::get().to(certificate))
        })
        .workers(1)
        // A connection kept alive could outlive the node's end for a moment, and answer.
        .keep_alive(KeepAlive::Disabled)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let registrars = Registrars::new(registrars).unwrap();
        let app = service(db, url, &ledger, registrars).await;
        (Self { ledger, handle }, app)
    }

    /// Takes the node away.
    pub async fn stop(&self) {
        self.handle.stop(false).await;
    }
}

/// One person whom the registrar knows.
pub struct Mina;
impl Registrar for Mina {
    fn id(&self) -> &'static str {
        "test"
    }
    fn name(&self, _: Lang) -> &'static str {
        "Test"
    }
    fn asks(&self) -> Asks {
        Asks::Residents
    }
    fn knows(&self, claim: &Claim) -> bool {
        let named = claim.name.split_whitespace().eq(["김미나"]);
        named && (claim.email.as_str(), claim.birth.as_str()) == ("mina@x.kr", "1994-03-12")
    }
    fn by_email(&self, email: &str) -> Option<Citizen> {
        (email == "mina@x.kr").then(|| Citizen {
            name: "김미나".into(),
            birth: "1994-03-12".into(),
            email: email.into(),
            phone: Some("01055500001".into()),
        })
    }
}

async fn service(db: Db, url: String, ledger: &Shared, registrars: Registrars) -> web::Data<App> {
    let client = LedgerClient::new(vec![url]);
    let chain = ledger.lock().chain.clone();
    let known = Arc::new(client.clone());
    let wait = std::time::Duration::from_secs(10);
    let officer = Arc::new(Officer::new(db.clone(), known, Arc::new(key(REGISTRAR)), chain.clone(), wait));
    assert!(officer.synchronise().await.unwrap());
    let pins = Arc::new(Pins::new(db.clone(), officer.clone(), OwnerClass::Person));
    web::Data::new(App {
        db,
        client,
        pinned: Pinned { chain: chain.clone(), genesis_hash: Hash32::new([7; 32]), validators: Vec::new() },
        chain,
        officer,
        pins,
        registrars,
        web: dure_web::Web::without_assets(),
        hub: live::hub(),
        progress: Progress::default(),
        limits: Limits::new(&LimitsConfig::default()),
        charge: Charge::default(),
        public_url: Some("https://wallet.test".to_owned()),
        authority: None,
        insecure_cookies: true,
    })
}

fn problem(status: u16, code: &str) -> HttpResponse {
    HttpResponse::build(status.try_into().unwrap()).json(json!({ "code": code, "detail": code }))
}

async fn submit(ledger: Shared, body: web::Bytes) -> HttpResponse {
    let Ok(tx) = SignedTx::from_wire(&body) else { return problem(400, "MALFORMED") };
    let mut ledger = ledger.lock();
    let known =
        ledger.blocks.iter().flat_map(|block| &block.receipts).find(|receipt| receipt.tx == tx.id()).cloned();
    let receipt = match known {
        Some(receipt) => receipt,
        None => ledger.block(vec![tx]).remove(0),
    };
    HttpResponse::Ok().json(json!({ "id": receipt.tx, "status": "final", "receipt": receipt }))
}

async fn transaction(ledger: Shared, id: web::Path<String>) -> HttpResponse {
    let id: TxId = id.parse().unwrap();
    let ledger = ledger.lock();
    match ledger.blocks.iter().flat_map(|block| &block.receipts).find(|receipt| receipt.tx == id) {
        Some(receipt) => HttpResponse::Ok().json(json!({ "id": id, "status": "final", "receipt": receipt })),
        None => HttpResponse::Ok().json(json!({ "id": id, "status": "unknown", "head_time_ms": ledger.now })),
    }
}

async fn dry(ledger: Shared, body: web::Bytes) -> HttpResponse {
    let transaction = dure_score::codec::decode(&body).unwrap();
    HttpResponse::Ok().json(ledger.lock().dry_run(&transaction))
}

async fn account(ledger: Shared, bid: web::Path<String>) -> HttpResponse {
    let bid = bid.parse().unwrap();
    let ledger = ledger.lock();
    let member: Option<Member> = Overlay::new(&ledger.state).read(&Key::Member(&bid)).unwrap();
    let institution: Option<Institution> = Overlay::new(&ledger.state).read(&Key::Institution(&bid)).unwrap();
    if member.is_none() && institution.is_none() {
        return problem(404, "NOT_FOUND");
    }
    HttpResponse::Ok().json(json!({
        "bid": bid, "member": member, "institution": institution, "balance": "0", "lots": [],
        "certificates": [], "height": 1,
    }))
}

async fn certificate(ledger: Shared, id: web::Path<String>) -> HttpResponse {
    let id: CertId = id.parse().unwrap();
    let ledger = ledger.lock();
    let state = Overlay::new(&ledger.state);
    let found: Option<Certificate> = state.read(&Key::Certificate(&id)).unwrap();
    match found.filter(|_| !ledger.lags) {
        None => problem(404, "NOT_FOUND"),
        Some(found) => {
            let highest = found.window.highest;
            HttpResponse::Ok().json(json!({ "certificate": found, "highest_nonce": highest }))
        }
    }
}
