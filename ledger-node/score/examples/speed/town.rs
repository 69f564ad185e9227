//! A bank, twenty shops and many citizens with charged coin; every second one holds a bonus of a campaign as well.

use dure_score::{
    Amount, Bid, BlockContext, Call, CampaignId, ChainId, Genesis, OrderId, Overlay, Transaction, VerifiedTx,
    apply,
    call::{CampaignOpen, CertificateIssue, MemberRegister, TokenCharge, TokenIssue, TokenPay},
    genesis::GenesisInstitution,
    ids::{Code, DepositRef, Title, sha256},
    limits::{MINUTE_MS, NEVER},
    record::{CampaignTerms, Duties, Institution, MemberClass, MerchantTerms, Role},
    signature::SigningKey,
    state::MemoryState,
    tx::possession_message,
};

/// Block time of everything, ms.
pub const NOW: u64 = 1_800_000_000_000;
const SHOPS: usize = 20;
const BATCH: usize = 512;
/// Of one charge.
const CHARGE: u64 = 100_000;

pub struct Town {
    chain: ChainId,
    officer: SigningKey,
    phones: Vec<(Bid, SigningKey)>,
}

fn bid(kind: &str, number: usize) -> Bid {
    let digest = sha256(&[kind.as_bytes(), &number.to_be_bytes()]);
    Bid::new(digest[..16].try_into().unwrap())
}

impl Town {
    pub fn new(payers: usize) -> Self {
        let phone =
            |n: usize| (bid("citizen", n), SigningKey::from_seed(sha256(&[b"phone", &n.to_be_bytes()])));
        Self {
            chain: ChainId::new("speed-1").unwrap(),
            officer: SigningKey::from_seed([1; 32]),
            phones: (0..payers).map(phone).collect(),
        }
    }

    /// State with everybody registered and charged.
    pub fn prepare(&self) -> MemoryState {
        let mut state = MemoryState::default();
        let mut overlay = Overlay::new(&state);
        self.genesis().write(&mut overlay);
        let changes = overlay.into_changes();
        state.commit(changes);
        let (open, issue) = (
            CampaignOpen { campaign: CampaignId(1), terms: bonus_terms(bid("bank", 0)) },
            TokenIssue { campaign: CampaignId(1), amount: Amount::new(1_000_000_000_000) },
        );
        let mut calls = vec![Call::CampaignOpen(open), Call::TokenIssue(issue)];
        let terms = |n: usize| MerchantTerms {
            category: Code::new("5411").unwrap(),
            region: Code::new(&format!("R{}", n % 3)).unwrap(),
            large: false,
        };
        calls.extend((0..SHOPS).map(|n| {
            Call::MemberRegister(MemberRegister {
                bid: bid("shop", n),
                class: MemberClass::Merchant(terms(n)),
            })
        }));
        for (n, (citizen, phone)) in self.phones.iter().enumerate() {
            calls.extend(self.arrival(n, *citizen, phone));
        }
        let nonced: Vec<_> = (1..).zip(calls).collect();
        for (height, block) in (1..).zip(nonced.chunks(BATCH)) {
            let txs = block.iter().map(|(nonce, call)| (&self.officer, *nonce, call.clone()));
            let txs = self.verified(txs);
            let mut overlay = Overlay::new(&state);
            for (index, tx) in (0..).zip(&txs) {
                let receipt = apply(&mut overlay, tx, &BlockContext { height, time_ms: NOW, index }).unwrap();
                assert!(receipt.is_applied(), "{receipt:?}");
            }
            let changes = overlay.into_changes();
            state.commit(changes);
        }
        state
    }

    fn arrival(&self, n: usize, citizen: Bid, phone: &SigningKey) -> [Call; 3] {
        let public_key = phone.public_key();
        let possession = phone.sign(&possession_message(&self.chain, &citizen, Role::Holder, &public_key));
        [
            Call::MemberRegister(MemberRegister { bid: citizen, class: MemberClass::Citizen }),
            Call::CertificateIssue(CertificateIssue {
                owner: citizen,
                public_key,
                role: Role::Holder,
                possession,
            }),
            Call::TokenCharge(TokenCharge {
                to: citizen,
                amount: Amount::new(CHARGE),
                deposit: DepositRef::new(&format!("D{n}")).unwrap(),
                campaign: if n.is_multiple_of(2) { CampaignId::COIN } else { CampaignId(1) },
            }),
        ]
    }

    /// One payment of each citizen.
    pub fn payments(&self, round: usize) -> Vec<VerifiedTx> {
        let pay = |(n, (_, phone)): (usize, &'_ (Bid, SigningKey))| {
            let call = Call::TokenPay(TokenPay {
                merchant: bid("shop", (n * 7 + round) % SHOPS),
                order: OrderId::new(&format!("20270115-{round:04}-{n:08}")).unwrap(),
                amount: Amount::new(10),
                cashback: None,
            });
            self.signed(phone, round as u64 + 1, call)
        };
        let signed: Vec<_> = self.phones.iter().enumerate().map(pay).collect();
        self.batches(&signed)
    }

    fn verified<'a>(&self, txs: impl Iterator<Item = (&'a SigningKey, u64, Call)>) -> Vec<VerifiedTx> {
        let signed: Vec<_> = txs.map(|(key, nonce, call)| self.signed(key, nonce, call)).collect();
        self.batches(&signed)
    }

    fn signed(&self, key: &SigningKey, nonce: u64, call: Call) -> dure_score::SignedTx {
        let signer = key.public_key().certificate_id(&self.chain);
        Transaction { chain: self.chain.clone(), signer, nonce, valid_until: NOW + MINUTE_MS, call }.sign(key)
    }

    fn batches(&self, signed: &[dure_score::SignedTx]) -> Vec<VerifiedTx> {
        let verify = |tx: &dure_score::SignedTx| tx.clone().verify(&self.chain).unwrap();
        signed.iter().map(verify).collect()
    }

    fn genesis(&self) -> Genesis {
        let bank = bid("bank", 0);
        Genesis {
            chain: self.chain.clone(),
            time_ms: NOW - MINUTE_MS,
            currency: Code::new("KRW").unwrap(),
            digits: 0,
            utc_offset_minutes: 540,
            coin: terms("Coin", bank),
            institutions: vec![GenesisInstitution {
                bid: bank,
                record: Institution {
                    name: Title::new("Bank").unwrap(),
                    duties: Duties {
                        bank: true,
                        funder: true,
                        registrar: true,
                        auditor: false,
                        operator: false,
                    },
                    quorum: 1,
                    open_proposals: Vec::new(),
                },
                officers: vec![self.officer.public_key()],
            }],
            validators: vec![self.officer.public_key()],
            epoch_blocks: 1_000,
        }
    }
}

fn bonus_terms(funder: Bid) -> CampaignTerms {
    CampaignTerms {
        ceiling: Amount::new(1_000_000_000_000),
        charge_bonus_bps: 1_000,
        monthly_charge_cap: Amount::new(500_000),
        regions: (0..3).map(|n| Code::new(&format!("R{n}")).unwrap()).collect(),
        ..terms("Town vouchers", funder)
    }
}

fn terms(name: &str, funder: Bid) -> CampaignTerms {
    CampaignTerms {
        name: Title::new(name).unwrap(),
        funder,
        ceiling: Amount::ZERO,
        charge_bonus_bps: 0,
        monthly_charge_cap: Amount::ZERO,
        validity_ms: NEVER / 2,
        categories: Vec::new(),
        regions: Vec::new(),
        merchants: Vec::new(),
        large_merchants: true,
        transferable: true,
        starts_at: 0,
        ends_at: NEVER,
        cashback_bps: 0,
        monthly_cashback_cap: Amount::ZERO,
        holding_cap: Amount::ZERO,
        person_cap: Amount::ZERO,
        reusable: false,
        reuse_bps: 0,
        cash_out_bps: u16::MAX,
    }
}
