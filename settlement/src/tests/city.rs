//! A small city: one citizen with coin, three shops, a database and the folders of a bank.

use super::bank::Bank;
use super::world::{BANK, REGISTRAR, World, bid, chain, key};
use crate::bank::Outbox;
use crate::batch::Batcher;
use crate::calendar::Calendar;
use crate::config::Config;
use crate::gateway::Gateway;
use crate::ledger::Officer;
use dure_db::merchants::{self, Merchant};
use dure_db::{Db, DbConnection, DbError};
use dure_score::call::{CertificateIssue, MemberRegister, TokenCharge, TokenPay, TokenRefund};
use dure_score::ids::{Code, DepositRef, OrderId};
use dure_score::record::{CampaignTerms, MemberClass, MerchantTerms, Role};
use dure_score::tx::possession_message;
use dure_score::{Amount, Call, CampaignId, Receipt, TxId};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

pub const CITIZEN: u8 = 1;
/// Shops: bakery, bookshop, café (whose mails are English).
pub const SHOPS: [u8; 3] = [11, 12, 13];
/// The collection account, as the bank writes it.
pub const ACCOUNT: &str = "100-000-000001";
/// What the clock says: 2026-11-24, 23:59:59 in Seoul.
pub const NOW: i64 = 1_795_532_399_000;
const CODES: [&str; 3] = ["M000101", "M000102", "M000103"];

pub struct City {
    pub world: World,
    pub db: Db,
    pub folder: TempDir,
    pub bank: Bank,
    orders: std::cell::Cell<u32>,
}

impl City {
    pub async fn new(db: Db) -> Self {
        Self::with_coin(db, |_| {}).await
    }

    /// A city whose coin has other terms.
    pub async fn with_coin(db: Db, change: impl FnOnce(&mut CampaignTerms)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bank = Bank::new(folder.path().join("bank"));
        let city = Self { world: World::new(change), db, folder, bank, orders: std::cell::Cell::new(0) };
        city.enter(CITIZEN, MemberClass::Citizen);
        for (seed, code) in SHOPS.into_iter().zip(CODES) {
            let category = Code::new("5462").unwrap();
            let terms = MerchantTerms { category, region: Code::new("SB01").unwrap(), large: false };
            city.enter(seed, MemberClass::Merchant(terms));
            let shop = shop(seed, code);
            city.sql(move |c| merchants::put(c, &shop)).await;
        }
        let deposit = DepositRef::new("SEED").unwrap();
        let (to, amount) = (bid(CITIZEN), Amount::new(1_000_000));
        let charge = TokenCharge { to, amount, deposit, campaign: CampaignId::COIN };
        city.world.act(BANK, Call::TokenCharge(charge));
        city
    }

    fn enter(&self, seed: u8, class: MemberClass) {
        let role = Role::Holder;
        self.world.act(REGISTRAR, Call::MemberRegister(MemberRegister { bid: bid(seed), class }));
        let public_key = key(seed).public_key();
        let possession = key(seed).sign(&possession_message(&chain(), &bid(seed), role, &public_key));
        let issue = CertificateIssue { owner: bid(seed), public_key, role, possession };
        self.world.act(REGISTRAR, Call::CertificateIssue(issue));
    }

    /// The citizen pays a shop; answers the payment's id.
    pub fn pay(&self, shop: u8, won: u64) -> TxId {
        self.pay_from(CITIZEN, shop, won)
    }

    /// Anybody with an own device pays a shop; answers the payment's id.
    pub fn pay_from(&self, payer: u8, shop: u8, won: u64) -> TxId {
        let number = self.orders.get() + 1;
        self.orders.set(number);
        let order = OrderId::new(&format!("O-{number}")).unwrap();
        let pay = TokenPay { merchant: bid(shop), order, amount: Amount::new(won), cashback: None };
        self.world.act(payer, Call::TokenPay(pay)).tx
    }

    pub fn refund(&self, shop: u8, payment: TxId, won: u64) -> Receipt {
        self.world.act(shop, Call::TokenRefund(TokenRefund { payment, amount: Amount::new(won) }))
    }

    pub fn config(&self) -> Config {
        Config {
            bank_inbox: self.bank.dir.join("inbox"),
            bank_outbox: self.bank.dir.join("outbox"),
            dir: self.folder.path().join("settlement"),
            wait_seconds: 1,
            poll_ms: 10,
            ..Config::default()
        }
    }

    async fn officer(&self) -> Officer<World> {
        Officer::new(self.world.clone(), self.db.clone(), Arc::new(key(BANK))).await.unwrap()
    }

    /// A process that settles, as if just started.
    pub async fn batcher(&self) -> Batcher<World> {
        let config = self.config();
        let outbox = Outbox::open(&config.bank_outbox).unwrap();
        let calendar = Calendar::korea().unwrap();
        Batcher { officer: self.officer().await, config, calendar, outbox, clock: || NOW }
    }

    /// A gateway, as if just started.
    pub async fn gateway(&self) -> Gateway<World> {
        let outbox = Outbox::open(&self.config().bank_outbox).unwrap();
        let (account, poll) = (self.config().debtor_account, Duration::from_millis(10));
        Gateway { officer: self.officer().await, outbox, account, poll }
    }

    pub async fn sql<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut DbConnection) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.db.transaction(job).await.unwrap()
    }

    /// Mails in the outbox: recipient and text.
    pub async fn mails(&self) -> Vec<(String, String)> {
        let mails = self.sql(|c| dure_db::outbox::due(c, i64::MAX, 100)).await;
        let mut mails: Vec<_> = mails.into_iter().map(|mail| (mail.recipient, mail.body)).collect();
        mails.sort();
        mails
    }
}

fn shop(seed: u8, code: &str) -> Merchant {
    Merchant {
        bid: bid(seed).to_string(),
        code: code.to_owned(),
        name_ko: format!("가게{seed}"),
        name_en: format!("Shop {seed}"),
        city_en: "Sebyeol".to_owned(),
        category: "5462".to_owned(),
        region: "SB01".to_owned(),
        email: format!("shop{seed}@shops.example"),
        lang: if seed == 13 { "en" } else { "ko" }.to_owned(),
        bank_code: "088".to_owned(),
        bank_account: format!("110-222-0001{seed:02}"),
        account_holder: format!("가게{seed} <&>"),
        held: 0,
        created_at: 0,
    }
}
