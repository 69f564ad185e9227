//! A ledger in memory that reads like the domain.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;

use dure_score::{
    Amount, Bid, BlockContext, Call, CampaignId, CertId, ChainId, Genesis, Overlay, Receipt, SignedTx,
    Transaction, apply,
    call::*,
    genesis::GenesisInstitution,
    ids::{BatchId, Code, DepositRef, Hash32, OrderId, PayoutId, Title, TxId, sha256},
    invariant,
    limits::{DAY_MS, MINUTE_MS, NEVER},
    record::*,
    signature::SigningKey,
    state::MemoryState,
    tx::possession_message,
};

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

pub fn coin_terms() -> CampaignTerms {
    CampaignTerms {
        name: Title::new("Coin").unwrap(),
        funder: bid("bank"),
        ceiling: Amount::ZERO,
        charge_bonus_bps: 0,
        monthly_charge_cap: Amount::ZERO,
        validity_ms: 5 * 365 * DAY_MS,
        categories: vec![],
        regions: vec![],
        merchants: vec![],
        large_merchants: true,
        transferable: true,
        starts_at: 0,
        ends_at: NEVER,
    }
}

pub fn voucher_terms() -> CampaignTerms {
    CampaignTerms {
        name: Title::new("지역사랑 Voucher").unwrap(),
        funder: bid("city"),
        ceiling: won(10_000_000),
        charge_bonus_bps: 1_000,
        monthly_charge_cap: won(500_000),
        validity_ms: 90 * DAY_MS,
        categories: vec![code("5814")],
        regions: vec![],
        merchants: vec![],
        large_merchants: false,
        transferable: false,
        starts_at: START,
        ends_at: START + 365 * DAY_MS,
    }
}

pub fn genesis() -> Genesis {
    let institution = |name: &str, duties: Duties, quorum: u32, officers: &[&str]| GenesisInstitution {
        bid: bid(name),
        record: Institution { name: Title::new(name).unwrap(), duties, quorum, open_proposals: Vec::new() },
        officers: officers.iter().map(|name| key(name).public_key()).collect(),
    };
    Genesis {
        chain: chain(),
        time_ms: START,
        currency: code("KRW"),
        digits: 0,
        utc_offset_minutes: 540,
        coin: coin_terms(),
        institutions: vec![
            institution("bank", Duties { bank: true, ..Duties::default() }, 1, &["banker"]),
            institution("city", Duties { funder: true, ..Duties::default() }, 2, &["mayor", "deputy"]),
            institution("registry", Duties { registrar: true, ..Duties::default() }, 1, &["registrar"]),
        ],
        validators: vec![key("validator").public_key()],
    }
}

pub struct Ledger {
    pub state: MemoryState,
    pub height: u64,
    pub time: u64,
    pub last: Option<Receipt>,
    nonces: BTreeMap<String, u64>,
}

/// A fresh ledger with nobody on it but the institutions.
pub fn ledger() -> Ledger {
    genesis().check().unwrap();
    let mut state = MemoryState::default();
    let mut overlay = Overlay::new(&state);
    genesis().write(&mut overlay);
    let changes = overlay.into_changes();
    state.commit(changes);
    Ledger { state, height: 0, time: START, last: None, nonces: BTreeMap::new() }
}

/// Mina and Jun are citizens, the cafe is a shop where vouchers work, the mall one where they do not.
pub fn town() -> Ledger {
    let mut ledger = ledger();
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

    /// Applies a signed transaction in a block of its own and checks the books.
    pub fn send(&mut self, tx: SignedTx) -> Receipt {
        self.height += 1;
        self.time += 1;
        let block = BlockContext { height: self.height, time_ms: self.time, index: 0 };
        let mut overlay = Overlay::new(&self.state);
        let receipt = match tx.clone().verify(&chain()) {
            Ok(tx) => apply(&mut overlay, &tx, &block).unwrap(),
            Err(refusal) => Receipt {
                tx: tx.id(),
                signer: tx.transaction().signer,
                height: self.height,
                index: 0,
                time_ms: self.time,
                outcome: dure_score::Outcome::Refused { refusal },
                effects: vec![],
            },
        };
        let changes = overlay.into_changes();
        self.state.commit(changes);
        self.check_books();
        self.last = Some(receipt.clone());
        receipt
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
    pub fn lots(&self, name: &str) -> Vec<dure_score::Lot> {
        let key = dure_score::key::Key::Holdings(&bid(name)).to_bytes();
        let holdings =
            self.state.0.get(&key).map(|bytes| minicbor::decode::<dure_score::holdings::Holdings>(bytes));
        holdings.map_or_else(Vec::new, |holdings| holdings.unwrap().lots)
    }
}

pub fn issue_certificate(owner: &str, device: &str, role: Role) -> Call {
    let device = key(device);
    let message = possession_message(&chain(), &bid(owner), role, &device.public_key());
    Call::CertificateIssue(CertificateIssue {
        owner: bid(owner),
        public_key: device.public_key(),
        role,
        possession: device.sign(&message),
    })
}
pub fn charge(to: &str, amount: u64, deposit: &str, campaign: u32) -> Call {
    let deposit = DepositRef::new(deposit).unwrap();
    Call::TokenCharge(TokenCharge {
        to: bid(to),
        amount: won(amount),
        deposit,
        campaign: CampaignId(campaign),
    })
}
pub fn pay(to: &str, order: &str, amount: u64) -> Call {
    Call::TokenPay(TokenPay { merchant: bid(to), order: OrderId::new(order).unwrap(), amount: won(amount) })
}
pub fn transfer(to: &str, amount: u64) -> Call {
    Call::TokenTransfer(TokenTransfer { to: bid(to), amount: won(amount), memo: Hash32::default() })
}
pub fn refund(payment: TxId, amount: u64) -> Call {
    Call::TokenRefund(TokenRefund { payment, amount: won(amount) })
}
pub fn grant(campaign: u32, number: u8, to: &[(&str, u64)]) -> Call {
    let to = to.iter().map(|(name, amount)| GrantItem { to: bid(name), amount: won(*amount) }).collect();
    Call::TokenGrant(TokenGrant { campaign: CampaignId(campaign), grant: Hash32::new([number; 32]), to })
}
pub fn expire(owners: &[&str]) -> Call {
    Call::TokenExpire(TokenExpire { owners: owners.iter().map(|name| bid(name)).collect() })
}
pub fn open_batch(batch: &str, from_height: u64, to_height: u64) -> Call {
    Call::SettlementOpen(SettlementOpen { batch: BatchId::new(batch).unwrap(), from_height, to_height })
}
pub fn redeem(batch: &str, payout: &str, merchant: &str, amount: u64) -> Call {
    Call::SettlementRedeem(SettlementRedeem {
        batch: BatchId::new(batch).unwrap(),
        payout: PayoutId::new(payout).unwrap(),
        merchant: bid(merchant),
        amount: won(amount),
    })
}
pub fn confirm(payout: &str) -> Call {
    Call::SettlementConfirm(SettlementConfirm { payout: PayoutId::new(payout).unwrap() })
}
pub fn reject(payout: &str) -> Call {
    Call::SettlementReject(SettlementReject { payout: PayoutId::new(payout).unwrap(), reason: code("AC04") })
}
pub fn close_batch(batch: &str, control_sum: u64) -> Call {
    Call::SettlementClose(SettlementClose {
        batch: BatchId::new(batch).unwrap(),
        control_sum: won(control_sum),
    })
}
pub fn revoke(device: &str) -> Call {
    Call::CertificateRevoke(CertificateRevoke { certificate: cert(device) })
}
