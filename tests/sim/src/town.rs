//! The people of the simulated ledger: one bank, citizens, shops, validators, and what they sign.

use dure_consensus::{BlockHeader, genesis_header};
use dure_score::{
    Amount, Bid, Call, CampaignId, ChainId, Genesis, OrderId, SignedTx, Transaction, TxId,
    call::{CertificateIssue, MemberRegister, TokenCharge, TokenPay, TokenRefund, TokenTransfer},
    genesis::GenesisInstitution,
    ids::{Code, DepositRef, Hash32, Title},
    limits::NEVER,
    record::{CampaignTerms, Duties, Institution, MemberClass, MerchantTerms, Role},
    signature::SigningKey,
    tx::possession_message,
};

/// True time at the start, ms.
pub const START_MS: u64 = 1_800_000_000_000;
/// Citizens; fewer than transactions, so that they meet each other.
pub const CITIZENS: usize = 5;
/// Shops.
pub const SHOPS: usize = 2;
/// What each citizen is charged at first, won.
pub const CHARGED: u64 = 10_000;

/// Somebody with a key.
pub struct Person {
    /// Account.
    pub bid: Bid,
    /// Device's key.
    pub key: SigningKey,
}

/// Everybody.
pub struct Town {
    /// The agreement.
    pub genesis: Genesis,
    /// The bank's officer, who is registrar as well.
    pub officer: SigningKey,
    /// Citizens.
    pub citizens: Vec<Person>,
    /// Shops.
    pub shops: Vec<Person>,
    /// Seeds of the validators' keys.
    pub validators: Vec<[u8; 32]>,
}

impl Town {
    /// With so many validators, and epochs of so many blocks.
    pub fn new(validators: usize, epoch_blocks: u64) -> Self {
        let officer = SigningKey::from_seed([1; 32]);
        let seeds: Vec<[u8; 32]> = (0..validators).map(|index| [100 + index as u8; 32]).collect();
        let keys: Vec<_> = seeds.iter().map(|seed| SigningKey::from_seed(*seed).public_key()).collect();
        let person = |kind: u8, index: usize| Person {
            bid: Bid::new([kind + index as u8; 16]),
            key: SigningKey::from_seed([kind + index as u8; 32]),
        };
        let bank = Bid::new([5; 16]);
        let duties = Duties { bank: true, registrar: true, ..Duties::default() };
        let name = Title::new("Bank").unwrap();
        let record = Institution { name, duties, quorum: 1, open_proposals: Vec::new() };
        let institution = GenesisInstitution { bid: bank, record, officers: vec![officer.public_key()] };
        let genesis = Genesis {
            chain: ChainId::new("sim-1").unwrap(),
            time_ms: START_MS - 1_000,
            currency: Code::new("KRW").unwrap(),
            digits: 0,
            utc_offset_minutes: 540,
            coin: coin(bank),
            institutions: vec![institution],
            validators: keys,
            epoch_blocks,
        };
        genesis.check().unwrap();
        let citizens = (0..CITIZENS).map(|index| person(20, index)).collect();
        let shops = (0..SHOPS).map(|index| person(60, index)).collect();
        Self { genesis, officer, citizens, shops, validators: seeds }
    }

    /// The header of block 0.
    pub fn origin(&self) -> BlockHeader {
        genesis_header(self.genesis.network().as_bytes(), &self.validator_keys())
    }

    /// Public keys of the validators.
    pub fn validator_keys(&self) -> Vec<[u8; 32]> {
        self.genesis.validators.iter().map(|key| *key.as_bytes()).collect()
    }

    /// Registers and certifies everybody and charges the citizens: in this order, by the officer.
    pub fn settle(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        let terms = MerchantTerms {
            category: Code::new("5411").unwrap(),
            region: Code::new("R1").unwrap(),
            large: false,
        };
        for shop in &self.shops {
            let class = MemberClass::Merchant(terms.clone());
            calls.push(Call::MemberRegister(MemberRegister { bid: shop.bid, class }));
            calls.push(self.certify(shop));
        }
        for (index, citizen) in self.citizens.iter().enumerate() {
            let class = MemberClass::Citizen;
            calls.push(Call::MemberRegister(MemberRegister { bid: citizen.bid, class }));
            calls.push(self.certify(citizen));
            calls.push(charge(citizen.bid, CHARGED, &format!("FIRST-{index}")));
        }
        calls
    }

    fn certify(&self, person: &Person) -> Call {
        let public_key = person.key.public_key();
        let message = possession_message(&self.genesis.chain, &person.bid, Role::Holder, &public_key);
        Call::CertificateIssue(CertificateIssue {
            owner: person.bid,
            public_key,
            role: Role::Holder,
            possession: person.key.sign(&message),
        })
    }

    /// Signs a call for this chain.
    pub fn sign(&self, key: &SigningKey, nonce: u64, valid_until: u64, call: Call) -> SignedTx {
        sign_for(&self.genesis.chain, key, nonce, valid_until, call)
    }
}

/// Signs a call for some chain.
pub fn sign_for(chain: &ChainId, key: &SigningKey, nonce: u64, valid_until: u64, call: Call) -> SignedTx {
    let signer = key.public_key().certificate_id(chain);
    Transaction { chain: chain.clone(), signer, nonce, valid_until, call }.sign(key)
}

/// A deposit becomes coin.
pub fn charge(to: Bid, amount: u64, deposit: &str) -> Call {
    let deposit = DepositRef::new(deposit).unwrap();
    Call::TokenCharge(TokenCharge { to, amount: Amount::new(amount), deposit, campaign: CampaignId::COIN })
}

/// An order is paid.
pub fn pay(merchant: Bid, order: &str, amount: u64) -> Call {
    let order = OrderId::new(order).unwrap();
    Call::TokenPay(TokenPay { merchant, order, amount: Amount::new(amount), cashback: None })
}

/// Coin is sent.
pub fn transfer(to: Bid, amount: u64) -> Call {
    Call::TokenTransfer(TokenTransfer { to, amount: Amount::new(amount), memo: Hash32::default() })
}

/// A payment is given back.
pub fn refund(payment: TxId, amount: u64) -> Call {
    Call::TokenRefund(TokenRefund { payment, amount: Amount::new(amount) })
}

fn coin(funder: Bid) -> CampaignTerms {
    CampaignTerms {
        name: Title::new("Coin").unwrap(),
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
