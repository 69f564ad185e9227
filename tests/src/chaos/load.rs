//! Clients that never pause, each with a device of its own, and readers of every node. They share orders and payments, so that they
//! get in each other's way: one order from two devices, coin sent round, refunds of what somebody else refunds.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use dure_ledger_client::{ClientError, LedgerClient};
use dure_score::{Bid, OrderId, SignedTx, TxId};
use ledger_node::history::ledger::now_ms;
use rand::{RngExt as _, rngs::StdRng};
use tokio::task::JoinHandle;

use super::{
    bank::Act,
    fault::Fault,
    history::{Entry, History, Outcome, Seen, now},
    people::Town,
    plan::generator,
};

/// Payments that may be refunded are remembered up to so many: a shop looks at its last ones.
const REMEMBERED: usize = 64;
/// Times that a client hands one transaction in before it leaves it open.
const TRIES: u32 = 2;

/// How the clients behave.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Seed of every client's choices.
    pub seed: u64,
    /// Requests of each client; endless without.
    pub requests: Option<u64>,
    /// Longest pause between two requests of a client.
    pub pause: Duration,
    /// Largest amount of a payment or transfer, won.
    pub most: u64,
    /// How often an order is one that somebody else has, too.
    pub conflict: f64,
    /// How long a transaction is valid.
    pub validity: Duration,
    /// How long a client waits for an outcome at one go.
    pub patience: Duration,
}

/// What the clients share.
pub struct Desk {
    history: Mutex<History>,
    orders: AtomicU64,
    payments: Mutex<VecDeque<(TxId, Bid, u64)>>,
    told: AtomicU64,
    stop: AtomicBool,
}

impl Desk {
    /// How many requests were answered with a final receipt so far.
    pub fn told(&self) -> u64 {
        self.told.load(Ordering::SeqCst)
    }

    /// What came in since the last call.
    pub fn take(&self) -> History {
        std::mem::take(&mut *self.history.lock().unwrap())
    }
}

/// Running clients.
pub struct Load {
    /// What they share.
    pub desk: Arc<Desk>,
    clients: Vec<JoinHandle<Result<(), Fault>>>,
    readers: Vec<JoinHandle<Result<(), Fault>>>,
}

impl Load {
    /// Starts a client for each device, and a reader for each node.
    pub fn start(town: &Arc<Town>, urls: &[String], style: Style) -> Self {
        let desk = Arc::new(Desk {
            history: Mutex::default(),
            // Orders of two loads on one ledger must differ: the time tells them apart.
            orders: AtomicU64::new(now_ms() * 1_000),
            payments: Mutex::default(),
            told: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let client = |device: usize| {
            let mut urls = urls.to_vec();
            let first = device % urls.len();
            urls.rotate_left(first);
            let (town, desk) = (Arc::clone(town), Arc::clone(&desk));
            let random = generator(style.seed, 1_000_000 + device as u64);
            let client = Client { town, desk, style, device, random, node: LedgerClient::new(urls) };
            tokio::spawn(client.run())
        };
        let clients = (0..town.devices.len()).map(client).collect();
        let reader = |(node, url): (usize, &String)| {
            let random = generator(style.seed, 2_000_000 + node as u64);
            tokio::spawn(read(
                node,
                LedgerClient::new(vec![url.clone()]),
                Arc::clone(town),
                Arc::clone(&desk),
                random,
            ))
        };
        let readers = urls.iter().enumerate().map(reader).collect();
        Self { desk, clients, readers }
    }

    /// Refuses if a client has ended with a fault.
    pub async fn check(&mut self) -> Result<(), Fault> {
        while let Some(place) = self.clients.iter().position(JoinHandle::is_finished) {
            self.clients.swap_remove(place).await.unwrap()?;
        }
        Ok(())
    }

    /// Waits until every client has made its requests, then stops the readers.
    pub async fn finish(self) -> Result<Arc<Desk>, Fault> {
        for client in self.clients {
            client.await.unwrap()?;
        }
        self.desk.stop.store(true, Ordering::SeqCst);
        for reader in self.readers {
            reader.await.unwrap()?;
        }
        Ok(self.desk)
    }

    /// Stops every client after its present request.
    pub async fn stop(self) -> Result<Arc<Desk>, Fault> {
        self.desk.stop.store(true, Ordering::SeqCst);
        self.finish().await
    }
}

struct Client {
    town: Arc<Town>,
    desk: Arc<Desk>,
    style: Style,
    device: usize,
    random: StdRng,
    node: LedgerClient,
}

impl Client {
    async fn run(mut self) -> Result<(), Fault> {
        let mut left = self.style.requests.unwrap_or(u64::MAX);
        while left > 0 && !self.desk.stop.load(Ordering::SeqCst) {
            let pause = self.random.random_range(0..=self.style.pause.as_micros() as u64);
            tokio::time::sleep(Duration::from_micros(pause)).await;
            left -= 1;
            let Some(act) = self.choose() else { continue };
            let valid_until = now_ms() + self.style.validity.as_millis() as u64;
            let town = Arc::clone(&self.town);
            let signed = town.devices[self.device].sign(&town.chain, &act, valid_until);
            let invoked = now();
            let outcome = self.ask(&signed).await?;
            let responded = now();
            if let (Outcome::Told(receipt), Act::Pay { shop, amount, .. }) = (&outcome, &act)
                && receipt.is_applied()
            {
                let mut payments = self.desk.payments.lock().unwrap();
                payments.push_back((signed.id(), *shop, *amount));
                if payments.len() > REMEMBERED {
                    payments.pop_front();
                }
            }
            let entry = Entry { id: signed.id(), act, valid_until, invoked, responded, outcome };
            self.desk.history.lock().unwrap().entries.push(entry);
        }
        Ok(())
    }

    async fn ask(&mut self, signed: &SignedTx) -> Result<Outcome, Fault> {
        for _ in 0..TRIES {
            match self.node.submit_and_wait(signed, self.style.patience).await {
                Ok(receipt) => {
                    self.desk.told.fetch_add(1, Ordering::SeqCst);
                    return Ok(Outcome::Told(Box::new(receipt)));
                }
                Err(ClientError::Refused(refusal)) => {
                    return Ok(Outcome::TurnedAway(refusal.code().to_owned()));
                }
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(Fault::answer("a transaction was handed in")(error)),
            }
            // Some try again, some give up: both must come out right.
            if self.random.random_bool(0.5) {
                break;
            }
        }
        Ok(Outcome::Open)
    }

    fn choose(&mut self) -> Option<Act> {
        let owner = self.town.devices[self.device].owner;
        if self.device >= self.town.phones {
            return self.refund(owner);
        }
        let amount = self.random.random_range(1..=self.style.most);
        if self.random.random_bool(0.5) {
            let others: Vec<Bid> = self.town.citizens.iter().copied().filter(|bid| *bid != owner).collect();
            let to = others[self.random.random_range(0..others.len())];
            return Some(Act::Send { from: owner, to, amount });
        }
        let shop = self.town.shops[self.random.random_range(0..self.town.shops.len())];
        let number = if self.random.random_bool(self.style.conflict) {
            self.desk.orders.load(Ordering::SeqCst).saturating_sub(self.random.random_range(0..4))
        } else {
            self.desk.orders.fetch_add(1, Ordering::SeqCst) + 1
        };
        let order = OrderId::new(&format!("C-{number}")).unwrap();
        Some(Act::Pay { payer: owner, shop, order, amount })
    }

    /// Refunds one of the shop's last payments: whole, in part, or too much of it.
    fn refund(&mut self, shop: Bid) -> Option<Act> {
        let mut payments = self.desk.payments.lock().unwrap();
        let own: Vec<usize> =
            payments.iter().enumerate().filter(|(_, paid)| paid.1 == shop).map(|(place, _)| place).collect();
        if own.is_empty() {
            return None;
        }
        let place = own[self.random.random_range(0..own.len())];
        let (payment, _, paid) = payments[place];
        let amount = match self.random.random_range(0..10) {
            0 => paid + 1,
            1 | 2 => paid.div_ceil(2),
            _ => {
                if self.random.random_bool(0.8) {
                    payments.remove(place);
                }
                paid
            }
        };
        Some(Act::Refund { shop, payment, amount })
    }
}

/// Asks one node for balances, one after the other, until the clients are done.
async fn read(
    node: usize,
    client: LedgerClient,
    town: Arc<Town>,
    desk: Arc<Desk>,
    mut random: StdRng,
) -> Result<(), Fault> {
    let everybody: Vec<Bid> = town.citizens.iter().chain(&town.shops).copied().collect();
    while !desk.stop.load(Ordering::SeqCst) {
        let owner = everybody[random.random_range(0..everybody.len())];
        let invoked = now();
        match client.account(&owner).await {
            Ok(account) => {
                let account = account.ok_or_else(|| Fault::Read {
                    node: node + 1,
                    found: format!("no account {owner}"),
                    height: 0,
                    why: "it was there before".to_owned(),
                })?;
                let (balance, height) = (account.balance.get(), account.height);
                let seen = Seen { node, owner, balance, height, invoked, responded: now() };
                desk.history.lock().unwrap().seen.push(seen);
            }
            // Its node is dead at the moment.
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(Fault::answer("an account")(error)),
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(5..40))).await;
    }
    Ok(())
}
