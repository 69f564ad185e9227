//! The checkers are checked: they accept every history that one order explains, and refuse each kind of lie.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{collections::HashMap, sync::Arc, time::Duration};

use dure_ledger_client::Block;
use dure_score::{
    Amount, Bid, ChainId, Effect, Hash32, OrderId, Outcome as Came, PublicKey, Receipt, Refusal, SignedTx,
    TxId,
};
use dure_tests::chaos::{
    bank::{Act, Answer},
    fault::Fault,
    follow::Follower,
    history::{Entry, History, Outcome, Seen},
    judge::Judge,
    order::real_time,
    people::Town,
    plan::generator,
    search::some_order,
};
use rand::{RngExt as _, rngs::StdRng};

/// All amounts are multiples of ten, so that a balance that is off by one fits no order.
const TEN: u64 = 10;
/// Devices of citizens.
const DEVICES: usize = 8;
const FOR_EVER: u64 = 1_000_000;

#[derive(Clone)]
struct Story {
    town: Arc<Town>,
    signed: Vec<SignedTx>,
    history: History,
    places: HashMap<TxId, (u64, u32)>,
}

fn town() -> Arc<Town> {
    let people = |first: u8, count: u8| (first..first + count).map(|n| Bid::new([n; 16])).collect();
    Arc::new(Town::new(ChainId::new("checkers").unwrap(), people(1, 6), people(101, 3), DEVICES, 30 * TEN))
}

fn receipt(id: TxId, signed: &SignedTx, height: u64, answer: &Answer) -> Receipt {
    let (outcome, effects) = match answer {
        Answer::Done(after) => {
            let balance =
                |(owner, total): (&Bid, &u64)| Effect::Balance { owner: *owner, total: Amount::new(*total) };
            (Came::Applied, after.iter().map(balance).collect())
        }
        Answer::Refused(code, number) => {
            let number = Amount::new(number.unwrap_or(0));
            let refusal = match *code {
                "ORDER_PAID" => Refusal::OrderPaid,
                "INSUFFICIENT_FUNDS" => {
                    Refusal::InsufficientFunds { available: number, short: Amount::new(1) }
                }
                "REFUND_TOO_LARGE" => Refusal::RefundTooLarge { refundable: number },
                _ => Refusal::UnknownPayment,
            };
            (Came::Refused { refusal }, Vec::new())
        }
    };
    Receipt {
        tx: id,
        signer: signed.transaction().signer,
        height,
        index: 0,
        time_ms: height,
        outcome,
        effects,
    }
}

fn act(town: &Town, device: usize, random: &mut StdRng, payments: &[(TxId, Bid)]) -> Act {
    let (owner, amount) = (town.devices[device].owner, TEN * random.random_range(1..12));
    if device >= DEVICES {
        let own: Vec<_> = payments.iter().filter(|(_, shop)| *shop == owner).collect();
        let payment =
            if own.is_empty() { TxId::new([0; 32]) } else { own[random.random_range(0..own.len())].0 };
        return Act::Refund { shop: owner, payment, amount };
    }
    if random.random_bool(0.5) {
        let others: Vec<_> = town.citizens.iter().filter(|bid| **bid != owner).collect();
        return Act::Send { from: owner, to: *others[random.random_range(0..others.len())], amount };
    }
    let order = OrderId::new(&format!("O-{}", random.random_range(0..12))).unwrap();
    Act::Pay { payer: owner, shop: town.shops[random.random_range(0..3)], order, amount }
}

/// So many requests, one a block, each told what the model says; each was under way for a while around its moment.
fn story(seed: u64, requests: u64) -> Story {
    let town = town();
    let mut random = generator(seed, 0);
    let mut bank = town.bank.clone();
    let (mut signed, mut history, mut payments) = (Vec::new(), History::default(), Vec::new());
    let mut places = HashMap::new();
    for height in 1..=requests {
        let device = random.random_range(0..town.devices.len());
        let act = act(&town, device, &mut random, &payments);
        let tx = town.devices[device].sign(&town.chain, &act, FOR_EVER);
        let answer = bank.apply(tx.id(), &act);
        if let (Act::Pay { shop, .. }, Answer::Done(_)) = (&act, &answer) {
            payments.push((tx.id(), *shop));
        }
        let moment = 1_000 + height * 10;
        let around = |random: &mut StdRng| Duration::from_micros(random.random_range(1..60));
        history.entries.push(Entry {
            id: tx.id(),
            act,
            valid_until: FOR_EVER,
            invoked: Duration::from_micros(moment).saturating_sub(around(&mut random)),
            responded: Duration::from_micros(moment) + around(&mut random),
            outcome: Outcome::Told(Box::new(receipt(tx.id(), &tx, height, &answer))),
        });
        places.insert(tx.id(), (height, 0));
        signed.push(tx);
    }
    history.entries.sort_by_key(|entry| entry.responded);
    Story { town, signed, history, places }
}

impl Story {
    /// The entry of the request at that place in the order.
    fn entry(&mut self, place: usize) -> &mut Entry {
        let id = self.signed[place].id();
        self.history.entries.iter_mut().find(|entry| entry.id == id).unwrap()
    }

    fn receipt(&self, place: usize) -> Receipt {
        let entry = self.history.entries.iter().find(|entry| entry.id == self.signed[place].id());
        match &entry.unwrap().outcome {
            Outcome::Told(receipt) => (**receipt).clone(),
            other => panic!("{other:?}"),
        }
    }

    fn block(&self, place: usize) -> Block {
        let height = place as u64 + 1;
        let zero = Hash32::new([0; 32]);
        Block {
            height,
            digest: zero,
            parent: zero,
            time_ms: height,
            proposer: PublicKey::new([0; 32]),
            items_root: zero,
            state_root: zero,
            receipts_root: zero,
            transactions: vec![self.signed[place].clone()],
            receipts: vec![self.receipt(place)],
        }
    }

    fn follow(&self) -> Result<Follower, Fault> {
        let mut ledger = Follower::new(Arc::clone(&self.town), Vec::new());
        (0..self.signed.len()).try_for_each(|place| ledger.apply(&self.block(place)))?;
        Ok(ledger)
    }

    fn search(&self) -> Result<(), Fault> {
        let end = story_end(self);
        some_order(&self.town.bank, &self.history.entries, &end)
    }

    fn in_real_time(&self) -> Result<(), Fault> {
        real_time(&self.history.entries, |id| self.places.get(id).copied())
    }
}

/// The balances that are true at the end, whatever the clients were told.
fn story_end(story: &Story) -> std::collections::BTreeMap<Bid, u64> {
    let mut bank = story.town.bank.clone();
    for signed in &story.signed {
        bank.apply(signed.id(), &Act::of(signed, &story.town.owners).unwrap());
    }
    bank.balances().clone()
}

#[test]
fn what_one_order_explains_is_accepted() {
    let mut met = 0;
    for seed in 0..40 {
        let mut story = story(seed, 60);
        story.search().unwrap();
        story.in_real_time().unwrap();
        let ledger = story.follow().unwrap();
        let mut judge = Judge::default();
        judge.hear(story.history.clone(), &ledger).unwrap();
        assert!(judge.is_done());
        met += story.history.entries.windows(2).filter(|pair| pair[1].invoked < pair[0].responded).count();
        // A client that gave up does not know; whether it happened or not, there is an order.
        for place in [5, 20, 59] {
            story.entry(place).outcome = Outcome::Open;
        }
        story.search().unwrap();
        story.in_real_time().unwrap();
    }
    assert!(met > 1_000, "only {met} requests overlap");
}

#[test]
fn a_wrong_balance_is_refused() {
    for seed in 0..20 {
        let mut story = story(seed, 60);
        let done = (10..50).find(|place| story.receipt(*place).is_applied()).unwrap();
        let mut told = story.receipt(done);
        let Some(Effect::Balance { total, .. }) = told.effects.first_mut() else { panic!("{told:?}") };
        *total = total.plus(Amount::new(1)).unwrap();
        story.entry(done).outcome = Outcome::Told(Box::new(told.clone()));
        assert!(matches!(story.search(), Err(Fault::NoOrder { .. })), "seed {seed}");
        // The ledger itself says so: its replay does not.
        let found = story.follow().map(|_| ());
        assert!(matches!(found, Err(Fault::Wrong { .. })), "seed {seed}: {found:?}");
    }
}

#[test]
fn an_order_against_real_time_is_refused() {
    let mut refused = 0;
    for seed in 0..20 {
        let mut story = story(seed, 60);
        // Two requests that both moved the same person's coin: the balances tell which was first.
        let touched = |story: &Story, place: usize| match Answer::of(&story.receipt(place)) {
            Answer::Done(after) => after.into_keys().next(),
            Answer::Refused(..) => None,
        };
        let first = (0..20).find(|place| touched(&story, *place).is_some()).unwrap();
        let who = touched(&story, first);
        let Some(second) = (40..60).find(|place| touched(&story, *place) == who) else { continue };
        let (early, late) = (story.entry(first).clone(), story.entry(second).clone());
        (story.entry(first).invoked, story.entry(first).responded) = (late.invoked, late.responded);
        (story.entry(second).invoked, story.entry(second).responded) = (early.invoked, early.responded);
        assert!(matches!(story.in_real_time(), Err(Fault::Backwards { .. })), "seed {seed}");
        assert!(matches!(story.search(), Err(Fault::NoOrder { .. })), "seed {seed}");
        refused += 1;
    }
    assert!(refused > 5, "only {refused} stories were turned round");
}

#[test]
fn what_is_lost_doubled_or_raised_from_the_dead_is_refused() {
    for seed in 0..20 {
        let told = story(seed, 60);
        let done = (30..60).find(|place| told.receipt(*place).is_applied()).unwrap();
        let id = told.signed[done].id();
        // Acknowledged, and in no block.
        let mut ledger = told.follow().unwrap();
        ledger.placed.remove(&id);
        let found = Judge::default().hear(told.history.clone(), &ledger);
        assert!(matches!(found, Err(Fault::Lost { id: lost, .. }) if lost == id), "seed {seed}: {found:?}");
        // Applied twice.
        let mut ledger = told.follow().unwrap();
        let found = ledger.apply(&told.block(done));
        assert!(matches!(found, Err(Fault::Haunted { .. })), "seed {seed}: {found:?}");
        // Turned away, and applied all the same.
        let mut away = told.clone();
        away.entry(done).outcome = Outcome::TurnedAway("REPLAY".to_owned());
        let ledger = told.follow().unwrap();
        let found = Judge::default().hear(away.history.clone(), &ledger);
        assert!(matches!(found, Err(Fault::Haunted { .. })), "seed {seed}: {found:?}");
        assert!(matches!(away.search(), Err(Fault::NoOrder { .. })), "seed {seed}");
        // In a block after its time.
        let mut ledger = Follower::new(Arc::clone(&told.town), Vec::new());
        let block = Block { time_ms: FOR_EVER + 1, ..told.block(done) };
        assert!(matches!(ledger.apply(&block), Err(Fault::Haunted { .. })), "seed {seed}");
    }
}

#[test]
fn a_stale_or_wrong_balance_is_refused() {
    let story = story(3, 60);
    let ledger = story.follow().unwrap();
    let owner = story.town.citizens[0];
    let seen = |height, balance| Seen {
        node: 2,
        owner,
        balance,
        height,
        invoked: Duration::ZERO,
        responded: Duration::ZERO,
    };
    let at = |height| seen(height, ledger.balance_at(&owner, height));
    let hear = |seen: Vec<Seen>| {
        let mut judge = Judge::default();
        judge.hear(History { entries: Vec::new(), seen }, &ledger)
    };
    hear(vec![at(10), at(40), at(40), at(60)]).unwrap();
    assert!(matches!(hear(vec![at(40), at(39)]), Err(Fault::Read { .. })), "went back");
    assert!(matches!(hear(vec![seen(40, at(40).balance + 1)]), Err(Fault::Read { .. })), "wrong");
    let changed = (1..60).find(|height| at(*height).balance != at(height + 1).balance).unwrap();
    let stale = seen(changed + 1, at(changed).balance);
    assert!(matches!(hear(vec![stale]), Err(Fault::Read { .. })), "an old state under a new height");
}
