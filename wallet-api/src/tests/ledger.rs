//! A ledger in memory: the real contract, blocks without consensus.

use dure_ledger_client::Block;
use dure_score::{
    Amount, Bid, BlockContext, CampaignId, ChainId, Genesis, Hash32, Overlay, Receipt, SignedTx, Transaction,
    apply,
    call::{Call, CertificateIssue, MemberRegister},
    dry_run,
    genesis::GenesisInstitution,
    ids::{Code, Title, sha256},
    limits::{DAY_MS, NEVER},
    record::{CampaignTerms, Duties, Institution, MemberClass, MerchantTerms, Role},
    signature::SigningKey,
    state::MemoryState,
    tx::possession_message,
};

/// Seeds of keys: the bank's, the city's (funder), the registrar's.
pub const BANK: u8 = 1;
pub const CITY: u8 = 2;
pub const REGISTRAR: u8 = 3;
/// Seeds of the two officers whose word together moves accounts; their institution has the first one's.
pub const OFFICERS: [u8; 2] = [5, 6];

pub struct Ledger {
    pub chain: ChainId,
    pub state: MemoryState,
    pub blocks: Vec<Block>,
    pub now: u64,
    /// As a node that lags behind: it knows no certificates and no receipts.
    pub lags: bool,
    nonce: u64,
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}
pub fn bid(seed: u8) -> Bid {
    Bid::new([seed; 16])
}
pub fn terms(funder: u8, bonus_bps: u16) -> CampaignTerms {
    CampaignTerms {
        name: Title::new(if bonus_bps > 0 { "Bonus" } else { "Coin" }).unwrap(),
        funder: bid(funder),
        ceiling: Amount::new(1_000_000),
        charge_bonus_bps: bonus_bps,
        monthly_charge_cap: Amount::new(500_000),
        validity_ms: 90 * DAY_MS,
        categories: vec![],
        regions: vec![],
        merchants: vec![],
        large_merchants: bonus_bps == 0,
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

impl Ledger {
    pub fn new() -> Self {
        let institution = |seed: u8, duties: Duties| GenesisInstitution {
            bid: bid(seed),
            record: Institution {
                name: Title::new("institution").unwrap(),
                duties,
                quorum: 1,
                open_proposals: Vec::new(),
            },
            officers: vec![key(seed).public_key()],
        };
        let duties = Duties::default();
        let now = u64::try_from(dure_db::now_ms()).unwrap();
        let genesis = Genesis {
            chain: ChainId::new("test-1").unwrap(),
            time_ms: now,
            currency: Code::new("KRW").unwrap(),
            digits: 0,
            utc_offset_minutes: 540,
            coin: terms(BANK, 0),
            institutions: vec![
                institution(BANK, Duties { bank: true, ..duties }),
                institution(CITY, Duties { funder: true, ..duties }),
                institution(REGISTRAR, Duties { registrar: true, ..duties }),
                GenesisInstitution {
                    bid: bid(OFFICERS[0]),
                    record: Institution {
                        name: Title::new("City Hall").unwrap(),
                        duties: Duties { registrar: true, ..duties },
                        quorum: 2,
                        open_proposals: Vec::new(),
                    },
                    officers: OFFICERS.map(|seed| key(seed).public_key()).to_vec(),
                },
            ],
            validators: vec![key(99).public_key()],
            epoch_blocks: 1_000,
        };
        genesis.check().unwrap();
        let mut state = MemoryState::default();
        let mut overlay = Overlay::new(state.clone());
        genesis.write(&mut overlay);
        state.commit(overlay.into_changes());
        Self { chain: genesis.chain, state, blocks: Vec::new(), now, lags: false, nonce: 0 }
    }

    pub fn sign(&mut self, seed: u8, call: Call) -> SignedTx {
        self.nonce += 1;
        let signer = key(seed).public_key().certificate_id(&self.chain);
        let transaction = Transaction {
            chain: self.chain.clone(),
            signer,
            nonce: self.nonce,
            valid_until: self.now + 60_000,
            call,
        };
        transaction.sign(&key(seed))
    }

    /// One block with these transactions; answers their receipts.
    pub fn block(&mut self, transactions: Vec<SignedTx>) -> Vec<Receipt> {
        self.now += 500;
        let height = self.blocks.len() as u64 + 1;
        let mut overlay = Overlay::new(self.state.clone());
        let mut receipts = Vec::new();
        for (index, tx) in (0u32..).zip(&transactions) {
            let verified = tx.clone().verify(&self.chain).unwrap();
            let context = BlockContext { height, time_ms: self.now, index };
            receipts.push(apply(&mut overlay, &verified, &context).unwrap());
        }
        self.state.commit(overlay.into_changes());
        let digest = |height: u64| Hash32::new(sha256(&[&height.to_be_bytes()]));
        self.blocks.push(Block {
            height,
            digest: digest(height),
            parent: digest(height - 1),
            time_ms: self.now,
            proposer: key(99).public_key(),
            items_root: Hash32::default(),
            state_root: Hash32::default(),
            receipts_root: Hash32::default(),
            transactions,
            receipts: receipts.clone(),
        });
        receipts
    }

    /// One call in one block, which must apply.
    pub fn apply(&mut self, seed: u8, call: Call) -> Receipt {
        let tx = self.sign(seed, call);
        let receipt = self.block(vec![tx]).remove(0);
        assert!(receipt.is_applied(), "{:?}", receipt.refusal());
        receipt
    }

    pub fn dry_run(&self, transaction: &Transaction) -> Receipt {
        let context = BlockContext { height: self.blocks.len() as u64, time_ms: self.now, index: 0 };
        dry_run(&mut Overlay::new(self.state.clone()), transaction, &context).unwrap()
    }

    /// Registers a member whose key has the same seed as its BID.
    pub fn member(&mut self, seed: u8, class: MemberClass) {
        self.apply(REGISTRAR, Call::MemberRegister(MemberRegister { bid: bid(seed), class }));
        let public_key = key(seed).public_key();
        let message = possession_message(&self.chain, &bid(seed), Role::Holder, &public_key);
        let issue = CertificateIssue {
            owner: bid(seed),
            public_key,
            role: Role::Holder,
            possession: key(seed).sign(&message),
        };
        self.apply(REGISTRAR, Call::CertificateIssue(issue));
    }

    pub fn shop(&mut self, seed: u8) {
        let category = Code::new("5812").unwrap();
        let region = Code::new("SB01").unwrap();
        self.member(seed, MemberClass::Merchant(MerchantTerms { category, region, large: false }));
    }
}

pub const BONUS: CampaignId = CampaignId(1);
