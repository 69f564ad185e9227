//! A till with its database and ledger, running.

use std::{future::Future, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{App, HttpServer, dev::ServerHandle, web};
use dure_db::{
    Db,
    merchants::{self, Merchant},
    outbox,
};
use dure_score::{Bid, signature::SigningKey};
use dure_service::follower;
use dure_service::ledger::Officer;
use dure_web::Web;
use merchant_pos::{Config, Till, clock::now_ms, routes::routes};

use super::{
    browser::Browser,
    ledger::{TestLedger, bid, key},
};

pub struct World {
    pub till: Arc<Till>,
    pub ledger: Arc<TestLedger>,
    base: String,
    server: ServerHandle,
    taken: std::sync::atomic::AtomicUsize,
}

/// A shop of the city.
pub struct Shop {
    pub bid: Bid,
    pub email: String,
}

/// Runs the same story on both databases.
pub fn run<F, Fut>(story: F)
where
    F: Fn(Arc<World>) -> Fut,
    Fut: Future<Output = ()>,
{
    dure_db::testing::both(|db| async {
        let world = Arc::new(World::start(db));
        story(Arc::clone(&world)).await;
        world.server.stop(false).await;
    });
}

impl World {
    /// The registrar's officer, as each service has one.
    pub fn officer(db: &Db, ledger: &Arc<TestLedger>) -> Officer {
        let (known, key) = (Arc::clone(ledger) as _, Arc::new(key("till-officer")));
        Officer::new(db.clone(), known, key, TestLedger::chain(), Duration::from_secs(10))
    }

    fn start(db: Db) -> Self {
        let ledger = Arc::new(TestLedger::new());
        let officer = Arc::new(Self::officer(&db, &ledger));
        let config = Config { insecure_cookies: true, ..Config::default() };
        let till =
            Arc::new(Till::new(db, Arc::clone(&ledger) as _, officer, 540, Web::without_assets(), &config));
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let data = web::Data::from(Arc::clone(&till));
        let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes))
            .workers(1)
            .disable_signals()
            .listen(socket)
            .unwrap()
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { till, ledger, base, server: handle, taken: 0.into() }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// Enters a shop in the deployment's database, as the city's registry does.
    pub async fn shop(&self, name: &str) -> Shop {
        let shop = Shop { bid: bid(name), email: format!("{name}@sebyeol.example") };
        let row = Merchant {
            bid: shop.bid.to_string(),
            code: format!("M{:06}", name.len()),
            name_ko: format!("새별 {name}"),
            name_en: format!("Sebyeol {name}"),
            city_en: "Sebyeol".to_owned(),
            category: "5814".to_owned(),
            region: "SB01".to_owned(),
            email: shop.email.clone(),
            lang: "ko".to_owned(),
            bank_code: "004".to_owned(),
            bank_account: "1".to_owned(),
            account_holder: name.to_owned(),
            held: 0,
            created_at: now_ms(),
        };
        self.till.db.transaction(move |connection| merchants::put(connection, &row)).await.unwrap();
        shop
    }

    /// A shop with one enrolled till.
    pub async fn open_shop(&self, name: &str) -> (Shop, Browser) {
        let shop = self.shop(name).await;
        let browser = self.enrol(&shop, &format!("{name} till 1")).await;
        (shop, browser)
    }

    /// Enrols a device as its browser does.
    pub async fn enrol(&self, shop: &Shop, device: &str) -> Browser {
        let mut browser = self.browser();
        let enrolment = browser.start(&shop.email).await;
        let code = self.mailed_code(&shop.email).await;
        let answer = browser.enrol(&enrolment, &code, device, key(device)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        browser
    }

    /// The code in the latest mail to an address.
    pub async fn mailed_code(&self, email: &str) -> String {
        let mails = self.till.db.run(|connection| outbox::due(connection, i64::MAX, 100)).await.unwrap();
        let mail = mails.iter().rfind(|mail| mail.recipient == email).expect("a mail");
        let digits: Vec<&str> =
            mail.body.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 6).collect();
        digits[0].to_owned()
    }

    pub async fn mails(&self) -> usize {
        self.till.db.run(|connection| outbox::due(connection, i64::MAX, 100)).await.unwrap().len()
    }

    /// Hands every block that is new to the follower.
    pub async fn follow(&self) {
        use std::sync::atomic::Ordering::SeqCst;
        let blocks = self.ledger.blocks();
        for block in &blocks[self.taken.load(SeqCst)..] {
            follower::take(&*self.till, vec![block.clone()]).await.unwrap();
        }
        self.taken.store(blocks.len(), SeqCst);
    }

    pub fn key_of(device: &str) -> SigningKey {
        key(device)
    }
}
