//! Lots survive an upgrade: a second version of the contract with other records of the same money takes over in the
//! middle of a random history, and nobody can tell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use std::collections::BTreeMap;

use dure_score::{
    Amount, BlockContext, Call, CampaignId, Hash32, Lot, Overlay, Receipt, StateError, StateRead, TxId,
    apply_with, begin_block_with,
    call::ProposedCall,
    calls::{Work, dispatch},
    codec,
    halt::Halt,
    holdings::Holdings,
    ids::Code,
    key::Key,
    limits::DAY_MS,
    record::Payment,
    runtime::{Activation, Runtime, Score, TokenV1},
    state::{MemoryState, Pair},
};
use minicbor::{Decode, Encode};
use proptest::prelude::*;
use support::*;

/// Version 2 of an account's record: lots by series, newest first, what is left before where it came from.
#[derive(Encode, Decode)]
struct Account {
    #[n(0)]
    series: Vec<Series>,
    #[n(1)]
    next_lot: u64,
}
#[derive(Encode, Decode)]
struct Series {
    #[n(0)]
    campaign: CampaignId,
    #[n(1)]
    lots: Vec<SlimLot>,
}
#[derive(Encode, Decode)]
struct SlimLot {
    #[n(0)]
    amount: Amount,
    #[n(1)]
    id: u64,
    #[n(2)]
    bought: (u64, Amount, Amount),
    #[n(3)]
    expires_at: u64,
}

fn to_v2(holdings: &Holdings) -> Account {
    let mut series: BTreeMap<CampaignId, Vec<SlimLot>> = BTreeMap::new();
    for lot in holdings.lots.iter().rev() {
        series.entry(lot.campaign).or_default().push(SlimLot {
            amount: lot.amount,
            id: lot.id,
            bought: (lot.acquired_at, lot.face, lot.price_paid),
            expires_at: lot.expires_at,
        });
    }
    let series = series.into_iter().map(|(campaign, lots)| Series { campaign, lots }).collect();
    Account { series, next_lot: holdings.next_lot }
}

fn to_v1(account: &Account) -> Holdings {
    let lot = |campaign, slim: &SlimLot| {
        let (acquired_at, face, price_paid) = slim.bought;
        let (id, expires_at, amount) = (slim.id, slim.expires_at, slim.amount);
        Lot { id, campaign, acquired_at, face, price_paid, expires_at, amount }
    };
    let all =
        account.series.iter().flat_map(|series| series.lots.iter().map(|slim| lot(series.campaign, slim)));
    let mut lots: Vec<Lot> = all.collect();
    lots.sort_by_key(|lot| lot.id);
    Holdings { next_lot: account.next_lot, lots }
}

fn unreadable(error: impl std::fmt::Debug) -> StateError {
    StateError(format!("{error:?}"))
}
fn bytes_to_v2(key: &[u8], value: &[u8]) -> Result<Vec<u8>, StateError> {
    if key.first() != Some(&b'H') {
        return Ok(value.to_vec());
    }
    Ok(codec::encode(&to_v2(&codec::decode(value).map_err(unreadable)?)))
}
fn bytes_to_v1(key: &[u8], value: &[u8]) -> Result<Vec<u8>, StateError> {
    if key.first() != Some(&b'H') {
        return Ok(value.to_vec());
    }
    Ok(codec::encode(&to_v1(&codec::decode(value).map_err(unreadable)?)))
}

/// Records of version 2, read as the rules of version 1 expect them.
struct AsV1<'a, S>(&'a Overlay<S>);

impl<S: StateRead> StateRead for AsV1<'_, S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.0.get(key)?.map(|value| bytes_to_v1(key, &value)).transpose()
    }
    fn scan(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, StateError> {
        let found = self.0.scan(prefix, limit)?.into_iter();
        found.map(|(key, value)| bytes_to_v1(&key, &value).map(|value| (key, value))).collect()
    }
}

/// The same rules over the new records.
struct TokenV2;

impl TokenV2 {
    const HASH: Hash32 = Hash32::new([2; 32]);
}

impl<S: StateRead> Score<S> for TokenV2 {
    fn version(&self) -> u32 {
        2
    }
    fn code_hash(&self) -> Hash32 {
        Self::HASH
    }
    fn migrate(&self, activation: &Activation, state: &mut Overlay<S>) -> Result<(), StateError> {
        assert_eq!(activation.from, 1);
        state.rewrite(b"H", |key, value| bytes_to_v2(key, value).map(Some)).map(|_| ())
    }
    fn execute(&self, work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt> {
        let mut inner = Overlay::new(AsV1(&*work.state));
        let mut rules = Work::new(&mut inner, work.tx, work.signer, work.certificate.clone(), work.block);
        dispatch(&mut rules, call)?;
        let effects = rules.into_effects();
        inner.keep();
        for (key, value) in inner.into_changes().iter() {
            let value = value.map(|value| bytes_to_v2(key, value)).transpose()?;
            work.state.put(key, value)?;
        }
        effects.into_iter().for_each(|effect| work.effect(effect));
        Ok(())
    }
}

/// One block with one transaction on a build that has both versions.
fn block(state: &mut MemoryState, tx: &dure_score::VerifiedTx, height: u64, time_ms: u64) -> Receipt {
    let mut overlay = Overlay::new(&*state);
    let scores: [&dyn Score<_>; 2] = [&TokenV1, &TokenV2];
    let runtime = Runtime::new(&scores);
    begin_block_with(&runtime, &mut overlay, height, time_ms).unwrap();
    let receipt =
        apply_with(&runtime, &mut overlay, tx, &BlockContext { height, time_ms, index: 0 }).unwrap();
    let changes = overlay.into_changes();
    state.commit(changes);
    receipt
}

/// A ledger that upgrades, and its twin that never does.
struct Twins {
    ledger: Ledger,
    twin: MemoryState,
    payments: Vec<TxId>,
    step: u64,
}

impl Twins {
    fn send(&mut self, signer: &str, call: Call) -> TxId {
        let tx = self.ledger.transaction(signer, call).sign(&key(signer)).verify(&chain()).unwrap();
        self.ledger.height += 1;
        self.ledger.time += 1;
        let (height, time) = (self.ledger.height, self.ledger.time);
        let receipt = block(&mut self.ledger.state, &tx, height, time);
        let mut overlay = Overlay::new(&self.twin);
        let context = BlockContext { height, time_ms: time, index: 0 };
        let expected = dure_score::apply(&mut overlay, &tx, &context).unwrap();
        let changes = overlay.into_changes();
        self.twin.commit(changes);
        assert_eq!(receipt, expected, "the upgrade shows");
        if receipt.is_applied() && matches!(tx.signed().transaction().call, Call::TokenPay(_)) {
            self.payments.push(receipt.tx);
        }
        receipt.tx
    }

    /// By two officers of the operator.
    fn decide(&mut self, proposed: ProposedCall) {
        let proposal = self.send("op1", propose(proposed));
        self.send("op2", approve(proposal));
    }

    fn play(&mut self, steps: &[(u8, u16, u16)]) {
        for (kind, who, much) in steps {
            self.step += 1;
            let n = self.step;
            let (from, to) = if who % 2 == 0 { ("mina", "jun") } else { ("jun", "mina") };
            let shop = if who % 3 == 0 { "mall" } else { "cafe" };
            let amount = u64::from(*much) + 1;
            let (signer, call) = match kind {
                0 | 1 => ("banker", charge(from, amount, &format!("D{n}"), u32::from(who % 3))),
                2 => ("mayor", grant(1 + u32::from(who % 2), n as u8, &[(from, amount), (to, amount)])),
                3 => (from, transfer(to, amount / 3 + 1)),
                4 | 5 => (from, pay(shop, &format!("O-{n}"), amount / 2 + 1)),
                6 if !self.payments.is_empty() => {
                    let payment = self.payments[usize::from(*who) % self.payments.len()];
                    (["cafe", "mall"][usize::from(who % 2)], refund(payment, amount / 4 + 1))
                }
                6 | 7 => {
                    self.ledger.time += DAY_MS * u64::from(who % 9);
                    continue;
                }
                _ => ("banker", expire(&["mina", "jun"])),
            };
            self.send(signer, call);
        }
    }

    /// The upgraded state in the first version's records.
    fn seen_as_v1(&self) -> MemoryState {
        let translate = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), bytes_to_v1(key, value).unwrap());
        MemoryState(self.ledger.state.0.iter().map(translate).collect())
    }
}

fn lots(state: &MemoryState) -> BTreeMap<Vec<u8>, Vec<Lot>> {
    let accounts = state.scan(b"H", usize::MAX).unwrap().into_iter();
    accounts.map(|(key, value)| (key, codec::decode::<Holdings>(&value).unwrap().lots)).collect()
}

fn payments(state: &MemoryState) -> BTreeMap<Vec<u8>, Payment> {
    let found = state.scan(b"P", usize::MAX).unwrap().into_iter();
    found.map(|(key, value)| (key, codec::decode(&value).unwrap())).collect()
}

fn start() -> Twins {
    let mut ledger = network();
    for name in ["mina", "jun"] {
        ledger.citizen(name);
    }
    ledger.merchant("cafe", "5814", false);
    ledger.merchant("mall", "5311", true);
    ledger.campaign(1, voucher_terms());
    let points = dure_score::record::CampaignTerms {
        categories: vec![],
        transferable: true,
        large_merchants: true,
        ..voucher_terms()
    };
    ledger.campaign(2, points);
    let twin = ledger.state.clone();
    Twins { ledger, twin, payments: Vec::new(), step: 0 }
}

fn steps() -> impl Strategy<Value = Vec<(u8, u16, u16)>> {
    prop::collection::vec((0u8..9, any::<u16>(), any::<u16>()), 20..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn lots_survive_an_upgrade(before in steps(), after in steps()) {
        let mut twins = start();
        twins.play(&before);
        twins.decide(ProposedCall::ScoreRegister(register_version(2, TokenV2::HASH)));
        let at = twins.ledger.height + 12;
        twins.decide(ProposedCall::ScoreActivate(activate_version(2, at)));
        while twins.ledger.height + 1 < at {
            twins.send("mina", transfer("jun", 1));
        }
        let (old_lots, old_payments) = (lots(&twins.ledger.state), payments(&twins.ledger.state));

        // The first block of version 2 holds a call that changes no lot.
        twins.send("mina", renew());
        let contract: dure_score::record::Contract =
            codec::decode(&twins.ledger.state.0[&Key::Contract(&Code::token()).to_bytes()]).unwrap();
        prop_assert_eq!(contract.active, 2);
        for (key, value) in twins.ledger.state.scan(b"H", usize::MAX).unwrap() {
            prop_assert!(codec::decode::<Holdings>(&value).is_err(), "still the old layout: {:?}", key);
        }
        prop_assert_eq!(lots(&twins.seen_as_v1()), old_lots);
        prop_assert_eq!(payments(&twins.ledger.state), old_payments);

        // Life goes on: the same receipts as without the upgrade, and in the end the same state.
        twins.play(&after);
        let payment = twins.payments.last().copied();
        if let Some(payment) = payment {
            twins.send("cafe", refund(payment, 1));
        }
        let mut seen = twins.seen_as_v1();
        let registry = Key::Contract(&Code::token()).to_bytes();
        seen.0.insert(registry.clone(), twins.twin.0[&registry].clone());
        prop_assert!(seen == twins.twin, "not the same books");
        let entries = seen.0.iter().map(|(key, value)| (key.as_slice(), value.as_slice()));
        dure_score::invariant::balance_sheets(entries).unwrap();
    }
}
