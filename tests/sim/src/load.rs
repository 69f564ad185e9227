//! The people's doings: payments, transfers, refunds and charges, and everything that must come to nothing: duplicates,
//! replays, conflicting orders, wrong chains, wrong keys, what is out of its time.

use std::collections::BTreeMap;

use dure_score::{
    Bid, Call, ChainId, SignedTx, TxId, call::CertificateRevoke, ids::CertId, limits::MAX_VALIDITY_MS,
};

use crate::{
    chain::Chain,
    plan::Plan,
    rng::Rng,
    town::{START_MS, Town, charge, pay, refund, sign_for, transfer},
};

/// How long an ordinary transaction is valid, ms: longer than any seed takes.
const VALID_MS: u64 = 300_000;

/// A client whose transaction is not final asks another validator after this, ms.
const RETRY_MS: u64 = 2_000;

/// What a client expects of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing: whether it can apply is up to the order of things.
    Anything,
    /// It waits from now on and becomes final; the client asks nobody else.
    Once,
    /// Turned away: it can never apply.
    Refused,
}

/// Something sent to a validator.
pub struct Submission {
    /// To whom.
    pub node: usize,
    /// What.
    pub wire: Vec<u8>,
    /// Its id.
    pub id: TxId,
    /// Until when it may apply, ms.
    pub valid_until: u64,
    /// What the client expects.
    pub expect: Expect,
}

struct Open {
    tx: SignedTx,
    since_ms: u64,
}

/// The clients.
pub struct Load {
    rng: Rng,
    validators: usize,
    nonces: BTreeMap<CertId, u64>,
    open: Vec<Open>,
    past: Vec<SignedTx>,
    paid: Vec<(usize, TxId)>,
    counter: u64,
    settled: bool,
    settling: Vec<TxId>,
    next_ms: u64,
    pace_ms: u64,
}

impl Load {
    /// Of a seed.
    pub fn new(seed: u64, plan: &Plan) -> Self {
        let mut rng = Rng::new(seed, 2);
        let pace_ms = rng.within(30..140);
        Self {
            rng,
            validators: plan.validators,
            nonces: BTreeMap::new(),
            open: Vec::new(),
            past: Vec::new(),
            paid: Vec::new(),
            counter: 0,
            settled: false,
            settling: Vec::new(),
            next_ms: 0,
            pace_ms,
        }
    }

    /// Everybody's first transactions, for every validator.
    pub fn settle(&mut self, town: &Town) -> Vec<Submission> {
        let mut all = Vec::new();
        for call in town.settle() {
            let tx = self.sign(town, &town.officer, START_MS, call);
            self.settling.push(tx.id());
            for node in 0..self.validators {
                all.push(submission(node, &tx, Expect::Anything));
            }
            self.open.push(Open { tx, since_ms: 0 });
        }
        all
    }

    /// What the clients send at the true time `now_ms` since the start; nothing new once `closing`.
    pub fn step(&mut self, town: &Town, chain: &Chain, now_ms: u64, closing: bool) -> Vec<Submission> {
        self.forget_final(chain);
        if !self.settled {
            self.settled =
                !self.settling.is_empty() && self.settling.iter().all(|id| chain.receipt(id).is_some());
        }
        let mut out = self.ask_again(now_ms);
        if self.settled && !closing && now_ms >= self.next_ms {
            self.next_ms = now_ms + self.rng.within(self.pace_ms / 2..self.pace_ms * 2);
            self.act(town, START_MS + now_ms, now_ms, &mut out);
        }
        out
    }

    /// Whether nobody has sent anything yet.
    pub fn is_new(&self) -> bool {
        self.settling.is_empty()
    }

    /// Transactions that still must become final.
    pub fn open(&self) -> Vec<TxId> {
        self.open.iter().map(|open| open.tx.id()).collect()
    }

    fn forget_final(&mut self, chain: &Chain) {
        self.open.retain(|open| chain.receipt(&open.tx.id()).is_none());
    }

    fn ask_again(&mut self, now_ms: u64) -> Vec<Submission> {
        let mut out = Vec::new();
        for open in &mut self.open {
            if now_ms >= open.since_ms + RETRY_MS {
                open.since_ms = now_ms;
                out.push(submission(self.rng.index(self.validators), &open.tx, Expect::Anything));
            }
        }
        out
    }

    fn sign(
        &mut self,
        town: &Town,
        key: &dure_score::signature::SigningKey,
        now: u64,
        call: Call,
    ) -> SignedTx {
        let signer = key.public_key().certificate_id(&town.genesis.chain);
        let nonce = self.nonces.entry(signer).or_default();
        *nonce += 1;
        town.sign(key, *nonce, now + VALID_MS, call)
    }

    fn node(&mut self) -> usize {
        self.rng.index(self.validators)
    }

    fn name(&mut self, kind: &str) -> String {
        self.counter += 1;
        format!("{kind}{}", self.counter)
    }

    fn call(&mut self, town: &Town) -> (usize, Call) {
        let citizen = self.rng.index(town.citizens.len());
        let shop: Bid = town.shops[self.rng.index(town.shops.len())].bid;
        let amount = if self.rng.percent(6) { 50_000 } else { self.rng.within(1..400) };
        let call = if self.rng.percent(30) {
            let to = town.citizens[(citizen + 1) % town.citizens.len()].bid;
            transfer(to, amount)
        } else {
            let order = self.name("O");
            pay(shop, &order, amount)
        };
        (citizen, call)
    }

    fn act(&mut self, town: &Town, now: u64, now_ms: u64, out: &mut Vec<Submission>) {
        match self.rng.below(20) {
            0..=7 => self.ordinary(town, now, now_ms, out),
            8 => self.once(town, now, out),
            9 => self.charged(town, now, now_ms, out),
            10 => self.refunded(town, now, now_ms, out),
            11 | 12 => self.same_order(town, now, now_ms, out),
            13 | 14 => self.same_nonce(town, now, out),
            15 | 16 => self.replayed(out),
            17 => self.short(town, now, out),
            _ => self.hopeless(town, now, out),
        }
    }

    fn ordinary(&mut self, town: &Town, now: u64, now_ms: u64, out: &mut Vec<Submission>) {
        let (citizen, call) = self.call(town);
        let payment = matches!(call, Call::TokenPay(_));
        let shop = town
            .shops
            .iter()
            .position(|shop| matches!(&call, Call::TokenPay(pay) if pay.merchant == shop.bid));
        let tx = self.sign(town, &town.citizens[citizen].key, now, call);
        if let Some(shop) = shop.filter(|_| payment) {
            self.paid.push((shop, tx.id()));
        }
        let copies = if self.rng.percent(20) { 2 } else { 1 };
        for _ in 0..copies {
            out.push(submission(self.node(), &tx, Expect::Anything));
        }
        self.past.push(tx.clone());
        self.open.push(Open { tx, since_ms: now_ms });
    }

    /// A client that trusts the first validator that says *it waits*.
    fn once(&mut self, town: &Town, now: u64, out: &mut Vec<Submission>) {
        let (citizen, call) = self.call(town);
        let tx = self.sign(town, &town.citizens[citizen].key, now, call);
        out.push(submission(self.node(), &tx, Expect::Once));
    }

    fn charged(&mut self, town: &Town, now: u64, now_ms: u64, out: &mut Vec<Submission>) {
        let to = town.citizens[self.rng.index(town.citizens.len())].bid;
        let deposit = self.name("D");
        for _ in 0..1 + self.rng.below(2) {
            let tx = self.sign(town, &town.officer, now, charge(to, 500, &deposit));
            out.push(submission(self.node(), &tx, Expect::Anything));
            self.open.push(Open { tx, since_ms: now_ms });
        }
    }

    fn refunded(&mut self, town: &Town, now: u64, now_ms: u64, out: &mut Vec<Submission>) {
        let Some((shop, payment)) = self.paid.last().copied() else { return };
        let amount = self.rng.within(1..60);
        let tx = self.sign(town, &town.shops[shop].key, now, refund(payment, amount));
        out.push(submission(self.node(), &tx, Expect::Anything));
        self.open.push(Open { tx, since_ms: now_ms });
    }

    /// Two people pay one order, at two validators.
    fn same_order(&mut self, town: &Town, now: u64, now_ms: u64, out: &mut Vec<Submission>) {
        let order = self.name("O");
        let shop = town.shops[self.rng.index(town.shops.len())].bid;
        for _ in 0..2 {
            let citizen = self.rng.index(town.citizens.len());
            let tx = self.sign(town, &town.citizens[citizen].key, now, pay(shop, &order, 20));
            out.push(submission(self.node(), &tx, Expect::Anything));
            self.open.push(Open { tx, since_ms: now_ms });
        }
    }

    /// One number for two transactions, at two validators: one of them at most applies.
    fn same_nonce(&mut self, town: &Town, now: u64, out: &mut Vec<Submission>) {
        let (citizen, first) = self.call(town);
        let key = &town.citizens[citizen].key;
        let tx = self.sign(town, key, now, first);
        let order = self.name("O");
        let other = town.sign(key, tx.transaction().nonce, now + VALID_MS, pay(town.shops[0].bid, &order, 7));
        for tx in [tx, other] {
            out.push(submission(self.node(), &tx, Expect::Anything));
            self.past.push(tx);
        }
    }

    fn replayed(&mut self, out: &mut Vec<Submission>) {
        if !self.past.is_empty() {
            let tx = self.past[self.rng.index(self.past.len())].clone();
            out.push(submission(self.node(), &tx, Expect::Anything));
        }
    }

    /// Valid for so short that it may or may not make it.
    fn short(&mut self, town: &Town, now: u64, out: &mut Vec<Submission>) {
        let (citizen, call) = self.call(town);
        let key = &town.citizens[citizen].key;
        let nonce = self.sign(town, key, now, call.clone()).transaction().nonce;
        let tx = town.sign(key, nonce, now + self.rng.within(100..900), call);
        out.push(submission(self.node(), &tx, Expect::Anything));
    }

    fn hopeless(&mut self, town: &Town, now: u64, out: &mut Vec<Submission>) {
        let (citizen, call) = self.call(town);
        let key = &town.citizens[citizen].key;
        let (node, nonce) = (self.node(), 900_000 + self.counter);
        let mut hopeless = match self.rng.below(3) {
            0 => submission(node, &foreign(key, nonce, now, call), Expect::Refused),
            1 => submission(node, &town.sign(key, nonce, START_MS - 10_000, call), Expect::Refused),
            _ => submission(node, &town.sign(key, nonce, now + 2 * MAX_VALIDITY_MS, call), Expect::Anything),
        };
        if self.rng.percent(30) {
            // The signature comes last.
            *hopeless.wire.last_mut().unwrap() ^= 1;
            hopeless.expect = Expect::Refused;
        }
        out.push(hopeless);
    }
}

/// A call for another chain.
pub fn foreign(key: &dure_score::signature::SigningKey, nonce: u64, now: u64, call: Call) -> SignedTx {
    sign_for(&ChainId::new("sim-2").unwrap(), key, nonce, now + VALID_MS, call)
}

/// Something to sign that changes nothing that anybody has.
pub fn idle() -> Call {
    Call::CertificateRevoke(CertificateRevoke { certificate: CertId::new([9; 16]) })
}

fn submission(node: usize, tx: &SignedTx, expect: Expect) -> Submission {
    let (wire, id, valid_until) = (tx.wire().to_vec(), tx.id(), tx.transaction().valid_until);
    Submission { node, wire, id, valid_until, expect }
}
