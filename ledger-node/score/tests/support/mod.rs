//! A ledger in memory that reads like the domain.
#![allow(dead_code, reason = "each test file uses its own part")]

mod calls;
#[path = "../model/mod.rs"]
pub mod model;
mod terms;
mod version;

use std::collections::BTreeMap;

pub use calls::*;
use dure_score::{
    Amount, Bid, BlockContext, Call, CampaignId, CertId, ChainId, Genesis, Overlay, Receipt, SignedTx,
    Transaction, apply_with, begin_block_with,
    call::*,
    ids::{Code, sha256},
    invariant,
    limits::MINUTE_MS,
    record::*,
    reference::{effect_name, may_answer, may_cause},
    runtime::{Runtime, Score, TokenV1},
    signature::SigningKey,
    state::{Changes, MemoryState},
};
pub use terms::*;
pub use version::SameRules;

pub const START: u64 = 1_767_225_600_000; // 2026-01-01T00:00:00Z

pub fn won(amount: u64) -> Amount {
    Amount::new(amount)
}
pub fn chain() -> ChainId {
    ChainId::new("test-1").unwrap()
}
pub fn bid(name: &str) -> Bid {
    let digest = sha256(&[b"bid", name.as_bytes()]);
    Bid::new(digest[..16].try_into().unwrap())
}
pub fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(sha256(&[b"key", name.as_bytes()]))
}
pub fn cert(name: &str) -> CertId {
    key(name).public_key().certificate_id(&chain())
}
pub fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

#[derive(Clone)]
pub struct Ledger {
    pub state: MemoryState,
    pub height: u64,
    pub time: u64,
    /// How much later each block is than the one before, ms.
    pub tick: u64,
    pub last: Option<Receipt>,
    /// The naive model that every transaction also runs on; a test that changes the state behind the contract's back
    /// goes on without it.
    pub twin: Option<model::Model>,
    /// The last contract version that the build contains; from 2 on they keep the rules of the first.
    pub versions: u32,
    /// How often each call had each answer.
    pub seen: BTreeMap<(&'static str, &'static str), u32>,
    /// How often each effect was told.
    pub told: BTreeMap<&'static str, u32>,
    nonces: BTreeMap<String, u64>,
}

/// Every test's history ends with a look at the whole state, unless blocks were made behind the model's back.
impl Drop for Ledger {
    fn drop(&mut self) {
        let complete = self.twin.as_ref().is_some_and(|twin| twin.height == self.height);
        if complete && !std::thread::panicking() {
            self.compare_all();
        }
    }
}

/// A fresh ledger with nobody on it but the institutions.
pub fn ledger() -> Ledger {
    ledger_of(&genesis())
}

/// A fresh ledger of another genesis, and the model beside it.
pub fn ledger_of(genesis: &Genesis) -> Ledger {
    genesis.check().unwrap();
    let mut state = MemoryState::default();
    let mut overlay = Overlay::new(&state);
    genesis.write(&mut overlay);
    let changes = overlay.into_changes();
    state.commit(changes);
    Ledger {
        state,
        height: 0,
        time: START,
        tick: 1,
        last: None,
        twin: Some(model::Model::new(genesis)),
        versions: 1,
        seen: BTreeMap::new(),
        told: BTreeMap::new(),
        nonces: BTreeMap::new(),
    }
}

/// Mina and Jun are citizens, the cafe is a shop where vouchers work, the mall one where they do not.
pub fn town() -> Ledger {
    town_of(&genesis())
}

/// The people and shops of [`town`] under another genesis.
pub fn town_of(genesis: &Genesis) -> Ledger {
    let mut ledger = ledger_of(genesis);
    for name in ["mina", "jun"] {
        ledger.citizen(name);
    }
    ledger.merchant("cafe", "5814", false);
    ledger.merchant("mall", "5311", true);
    ledger
}

impl Ledger {
    pub fn transaction(&mut self, signer: &str, call: Call) -> Transaction {
        let nonce = self.nonces.entry(signer.to_owned()).or_default();
        *nonce += 1;
        Transaction {
            chain: chain(),
            signer: cert(signer),
            nonce: *nonce,
            valid_until: self.time + MINUTE_MS,
            call,
        }
    }

    /// Leaves out some numbers of a device.
    pub fn leave_out(&mut self, signer: &str, numbers: u64) {
        *self.nonces.entry(signer.to_owned()).or_default() += numbers;
    }

    /// Applies a signed transaction in a block of its own, on the contract and on the model, and checks the books.
    pub fn send(&mut self, tx: SignedTx) -> Receipt {
        self.height += 1;
        self.time += self.tick;
        let block = BlockContext { height: self.height, time_ms: self.time, index: 0 };
        let later: Vec<_> = (2..=self.versions).map(SameRules).collect();
        let first: &dyn Score<&MemoryState> = &TokenV1;
        let scores: Vec<_> = [first].into_iter().chain(later.iter().map(|score| score as _)).collect();
        let runtime = Runtime::new(&scores);
        let mut overlay = Overlay::new(&self.state);
        begin_block_with(&runtime, &mut overlay, self.height, self.time).unwrap();
        let begun = overlay.changes();
        let verified = tx.clone().verify(&chain());
        let receipt = match &verified {
            Ok(tx) => apply_with(&runtime, &mut overlay, tx, &block).unwrap(),
            Err(refusal) => Receipt {
                tx: tx.id(),
                signer: tx.transaction().signer,
                height: self.height,
                index: 0,
                time_ms: self.time,
                outcome: dure_score::Outcome::Refused { refusal: refusal.clone() },
                effects: vec![],
            },
        };
        let all = overlay.into_changes();
        let changes: Changes = all.iter().filter(|(key, value)| begun.get(key) != Some(*value)).collect();
        self.state.commit(begun);
        match verified {
            Ok(_) => self.compare(&tx, &receipt, &changes),
            Err(_) => assert!(changes.is_empty(), "what nobody signed left a trace"),
        }
        self.state.commit(changes);
        self.check_books();
        self.note(&tx, &receipt);
        self.last = Some(receipt.clone());
        receipt
    }

    /// The model holds the same in every record, after all that has happened.
    pub fn compare_all(&self) {
        if let Some(twin) = &self.twin {
            twin.same_state(&self.state.0, self.time);
        }
    }

    /// The model gives the same answer and holds the same in every record that changed; a refusal by a call changes
    /// nothing but the window of numbers, one at the door nothing at all.
    fn compare(&mut self, tx: &SignedTx, receipt: &Receipt, changes: &Changes) {
        let Some(twin) = &mut self.twin else { return };
        let verdict = twin.answer(tx.id(), tx.transaction(), self.time, self.height);
        let inputs =
            |refusal: &dure_score::Refusal| refusal.inputs().into_iter().map(|(_, value)| value).collect();
        let answer =
            receipt.refusal().map_or(Ok(()), |refusal| Err(model::No(refusal.code(), inputs(refusal))));
        assert_eq!(answer, verdict.answer, "contract and model: {:?}", tx.transaction().call);
        if answer.is_ok() {
            let (said, told) = (model::headlines(&receipt.effects), model::headlines(&twin.told));
            assert_eq!(said, told, "the receipt says otherwise: {:?}", tx.transaction().call);
        }
        twin.diary.enter(receipt);
        let window = dure_score::key::Key::Certificate(&tx.transaction().signer).to_bytes();
        if verdict.door {
            assert!(changes.is_empty(), "a refusal at the door left a trace");
        } else if answer.is_err() {
            assert!(
                changes.keys().all(|key| key == window),
                "a refusal changed more than the certificate's window of numbers"
            );
        }
        for (key, value) in changes.iter() {
            twin.same_record(key, value.expect("no call removes a record"), self.time);
            if key[0] == b'H' {
                twin.diary_agrees(Bid::new(key[1..].try_into().unwrap()));
            }
        }
    }

    /// The published tables allow what was answered and done.
    fn note(&mut self, tx: &SignedTx, receipt: &Receipt) {
        let name = tx.transaction().call.name();
        let answer = receipt.refusal().map_or("ok", |refusal| refusal.code());
        *self.seen.entry((name, answer)).or_default() += 1;
        assert!(answer == "ok" || may_answer(name, answer), "{name} is not known to answer {answer}");
        for effect in &receipt.effects {
            let effect = effect_name(effect);
            *self.told.entry(effect).or_default() += 1;
            assert!(may_cause(name, effect), "{name} is not known to cause {effect}");
        }
    }

    pub fn check_books(&self) -> BTreeMap<CampaignId, invariant::Sheet> {
        let entries = self.state.0.iter().map(|(key, value)| (key.as_slice(), value.as_slice()));
        invariant::balance_sheets(entries).unwrap()
    }

    pub fn call(&mut self, signer: &str, call: Call) -> Receipt {
        let tx = self.transaction(signer, call).sign(&key(signer));
        self.send(tx)
    }

    /// Calls and insists on success.
    pub fn ok(&mut self, signer: &str, call: Call) -> Receipt {
        let receipt = self.call(signer, call);
        assert!(receipt.is_applied(), "{:?}", receipt.refusal());
        receipt
    }

    /// Calls and insists on a refusal with `code`.
    pub fn refused(&mut self, signer: &str, call: Call, code: &str) -> Receipt {
        let receipt = self.call(signer, call);
        assert_eq!(receipt.refusal().map(|refusal| refusal.code()), Some(code));
        assert!(receipt.effects.is_empty());
        receipt
    }

    pub fn member(&mut self, name: &str, class: MemberClass) {
        self.ok("registrar", Call::MemberRegister(MemberRegister { bid: bid(name), class }));
        self.ok("registrar", issue_certificate(name, name, Role::Holder));
    }
    pub fn citizen(&mut self, name: &str) {
        self.member(name, MemberClass::Citizen);
    }
    pub fn merchant(&mut self, name: &str, category: &str, large: bool) {
        let terms = MerchantTerms { category: code(category), region: code("R1"), large };
        self.member(name, MemberClass::Merchant(terms));
    }

    /// Opens campaign `id` and issues its whole ceiling, by both officers.
    pub fn campaign(&mut self, id: u32, terms: CampaignTerms) {
        let ceiling = terms.ceiling;
        let open = CampaignOpen { campaign: CampaignId(id), terms };
        self.by_quorum(ProposedCall::CampaignOpen(open));
        self.by_quorum(ProposedCall::TokenIssue(TokenIssue { campaign: CampaignId(id), amount: ceiling }));
    }
    pub fn by_quorum(&mut self, proposed: ProposedCall) {
        let proposal = self.ok("mayor", Call::GovernancePropose(GovernancePropose { proposed })).tx;
        self.ok("deputy", Call::GovernanceApprove(GovernanceApprove { proposal }));
    }

    pub fn charge(&mut self, to: &str, amount: u64, deposit: &str, campaign: u32) -> Receipt {
        self.ok("banker", charge(to, amount, deposit, campaign))
    }
    pub fn pay(&mut self, from: &str, to: &str, order: &str, amount: u64) -> Receipt {
        self.ok(from, pay(to, order, amount))
    }

    pub fn balance(&self, name: &str) -> u64 {
        self.lots(name).iter().map(|lot| lot.amount.get()).sum()
    }
    /// What an account holds: series and amount of each lot.
    pub fn money(&self, name: &str) -> Vec<(u32, u64)> {
        self.lots(name).iter().map(|lot| (lot.campaign.0, lot.amount.get())).collect()
    }
    /// What is left of a campaign's budget.
    pub fn budget(&self, campaign: u32) -> u64 {
        self.check_books()[&CampaignId(campaign)].budget.get()
    }
    pub fn lots(&self, name: &str) -> Vec<dure_score::Lot> {
        let key = dure_score::key::Key::Holdings(&bid(name)).to_bytes();
        let holdings =
            self.state.0.get(&key).map(|bytes| minicbor::decode::<dure_score::holdings::Holdings>(bytes));
        holdings.map_or_else(Vec::new, |holdings| holdings.unwrap().lots)
    }
}

/// What a receipt did to the lots of `owner`: series, amount, added.
pub fn moves(receipt: &Receipt, owner: &str) -> Vec<(u32, u64, bool)> {
    let of_owner = |effect: &dure_score::Effect| match effect {
        dure_score::Effect::LotChanged { owner: whose, lot, amount, added } if *whose == bid(owner) => {
            Some((lot.campaign.0, amount.get(), *added))
        }
        _ => None,
    };
    receipt.effects.iter().filter_map(of_owner).collect()
}
/// The inputs of a receipt's refusal.
pub fn inputs(receipt: &Receipt) -> Vec<(&'static str, u64)> {
    receipt.refusal().expect("refused").inputs()
}
