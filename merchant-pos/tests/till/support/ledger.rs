//! The contract on a ledger of one: every transaction is a block of its own, at once.

use std::{sync::Mutex, time::Duration};

use dure_ledger_client::{Block, CertificateInfo, ClientError, TxState};
use dure_score::{
    Amount, Bid, BlockContext, Call, CampaignId, CertId, ChainId, Genesis, Hash32, OrderId, Overlay, Receipt,
    SignedTx, Transaction, TxId, apply,
    apply::precheck,
    call::*,
    codec, dry_run,
    genesis::GenesisInstitution,
    ids::{Code, DepositRef, Title, sha256},
    key::Key,
    limits::{DAY_MS, NEVER},
    record::*,
    signature::SigningKey,
    state::MemoryState,
    tx::possession_message,
};
use dure_service::ledger::Answer;
use futures::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use merchant_pos::{clock::now_ms, ledger::Ledger};
use tokio::sync::watch;

pub struct TestLedger {
    inner: Mutex<Inner>,
    height: watch::Sender<usize>,
}

struct Inner {
    state: MemoryState,
    blocks: Vec<Block>,
    time: u64,
    down: bool,
}

/// A citizen with one device.
pub struct Citizen {
    pub bid: Bid,
    pub key: SigningKey,
}

pub fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(sha256(&[b"key", name.as_bytes()]))
}
pub fn bid(name: &str) -> Bid {
    Bid::new(sha256(&[b"bid", name.as_bytes()])[..16].try_into().unwrap())
}

impl TestLedger {
    pub fn new() -> Self {
        let mut state = MemoryState::default();
        let mut overlay = Overlay::new(&state);
        let genesis = genesis();
        genesis.check().unwrap();
        genesis.write(&mut overlay);
        let changes = overlay.into_changes();
        state.commit(changes);
        let inner = Inner { state, blocks: Vec::new(), time: genesis.time_ms, down: false };
        Self { inner: Mutex::new(inner), height: watch::channel(0).0 }
    }

    pub fn chain() -> ChainId {
        ChainId::new("test-1").unwrap()
    }

    /// No node answers any more, or all do again.
    pub fn set_down(&self, down: bool) {
        self.inner.lock().unwrap().down = down;
    }

    pub fn blocks(&self) -> Vec<Block> {
        self.inner.lock().unwrap().blocks.clone()
    }

    /// Signs and applies one call.
    pub fn call(&self, signer: &SigningKey, call: Call) -> Receipt {
        self.apply(&self.make(signer, call))
    }

    pub fn make(&self, signer: &SigningKey, call: Call) -> SignedTx {
        let chain = Self::chain();
        let certificate = signer.public_key().certificate_id(&chain);
        let inner = self.inner.lock().unwrap();
        let nonce = inner.nonce(certificate) + 1;
        Transaction { chain, signer: certificate, nonce, valid_until: inner.now() + 60_000, call }
            .sign(signer)
    }

    /// Applies a transaction in a block of its own; one that is known already gets its first receipt.
    pub fn apply(&self, tx: &SignedTx) -> Receipt {
        let mut inner = self.inner.lock().unwrap();
        if let Some(receipt) = inner.receipt(tx.id()) {
            return receipt;
        }
        let receipt = inner.produce(tx);
        self.height.send_replace(inner.blocks.len());
        receipt
    }

    pub fn citizen(&self, name: &str, balance: u64) -> Citizen {
        let (officer, citizen) = (key("till-officer"), Citizen { bid: bid(name), key: key(name) });
        let member = MemberRegister { bid: citizen.bid, class: MemberClass::Citizen };
        assert!(self.call(&officer, Call::MemberRegister(member)).is_applied());
        let public_key = citizen.key.public_key();
        let message = possession_message(&Self::chain(), &citizen.bid, Role::Holder, &public_key);
        let possession = citizen.key.sign(&message);
        let issue = CertificateIssue { owner: citizen.bid, public_key, role: Role::Holder, possession };
        assert!(self.call(&officer, Call::CertificateIssue(issue)).is_applied());
        let charge = TokenCharge {
            to: citizen.bid,
            amount: Amount::new(balance),
            deposit: DepositRef::new(&format!("D-{name}")).unwrap(),
            campaign: CampaignId::COIN,
        };
        assert!(self.call(&key("bank-officer"), Call::TokenCharge(charge)).is_applied());
        citizen
    }

    /// A citizen pays a shop's order.
    pub fn pay(&self, payer: &Citizen, merchant: Bid, order: &str, amount: u64) -> Receipt {
        let order = OrderId::new(order).unwrap();
        let pay = TokenPay { merchant, order, amount: Amount::new(amount), cashback: None };
        let receipt = self.call(&payer.key, Call::TokenPay(pay));
        assert!(receipt.is_applied(), "{receipt:?}");
        receipt
    }

    pub fn balance(&self, owner: Bid) -> u64 {
        let inner = self.inner.lock().unwrap();
        let totals =
            inner.blocks.iter().flat_map(|block| &block.receipts).flat_map(|receipt| &receipt.effects);
        let mut last = totals.filter_map(|effect| match effect {
            dure_score::Effect::Balance { owner: whose, total } if *whose == owner => Some(total.get()),
            _ => None,
        });
        last.next_back().unwrap_or(0)
    }

    pub fn knows(&self, member: Bid) -> bool {
        self.inner.lock().unwrap().read::<Member>(&Key::Member(&member)).is_some()
    }

    pub fn is_revoked(&self, certificate: CertId) -> bool {
        let inner = self.inner.lock().unwrap();
        inner.read::<Certificate>(&Key::Certificate(&certificate)).unwrap().revoked
    }

    fn up(&self) -> Result<std::sync::MutexGuard<'_, Inner>, ClientError> {
        let inner = self.inner.lock().unwrap();
        if inner.down { Err(ClientError::Unavailable) } else { Ok(inner) }
    }
}

impl Inner {
    fn now(&self) -> u64 {
        u64::try_from(now_ms()).unwrap().max(self.time + 1)
    }

    fn read<T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()>>(&self, key: &Key<'_>) -> Option<T> {
        Overlay::new(&self.state).read(key).unwrap()
    }

    fn nonce(&self, certificate: CertId) -> u64 {
        self.read::<Certificate>(&Key::Certificate(&certificate)).map_or(0, |found| found.window.highest)
    }

    fn receipt(&self, id: TxId) -> Option<Receipt> {
        self.blocks.iter().flat_map(|block| &block.receipts).find(|receipt| receipt.tx == id).cloned()
    }

    fn produce(&mut self, tx: &SignedTx) -> Receipt {
        let height = self.blocks.len() as u64 + 1;
        let context = BlockContext { height, time_ms: self.now(), index: 0 };
        self.time = context.time_ms;
        let verified = tx.clone().verify(&TestLedger::chain()).unwrap();
        let mut overlay = Overlay::new(&self.state);
        let receipt = apply(&mut overlay, &verified, &context).unwrap();
        let changes = overlay.into_changes();
        self.state.commit(changes);
        let digest = |height: u64| Hash32::new(sha256(&[b"block", &height.to_be_bytes()]));
        self.blocks.push(Block {
            height,
            digest: digest(height),
            parent: digest(height - 1),
            time_ms: context.time_ms,
            proposer: key("validator").public_key(),
            items_root: Hash32::default(),
            state_root: Hash32::default(),
            receipts_root: dure_proof::receipts_root(&[receipt.to_bytes()]),
            transactions: vec![tx.clone()],
            receipts: vec![receipt.clone()],
        });
        receipt
    }
}

impl dure_service::ledger::Ledger for TestLedger {
    fn certificate(&self, id: CertId) -> Answer<'_, Option<CertificateInfo>> {
        async move {
            let inner = self.up()?;
            let found = inner.read::<Certificate>(&Key::Certificate(&id));
            Ok(found.map(|certificate| CertificateInfo { certificate, highest_nonce: inner.nonce(id) }))
        }
        .boxed()
    }

    fn submit(&self, tx: SignedTx, _limit: Duration) -> Answer<'_, Receipt> {
        async move {
            {
                let inner = self.up()?;
                let context = BlockContext { height: 0, time_ms: inner.now(), index: 0 };
                if inner.receipt(tx.id()).is_none() {
                    let admitted = precheck(&Overlay::new(&inner.state), tx.transaction(), &context).unwrap();
                    admitted.map_err(ClientError::Refused)?;
                }
            }
            Ok(self.apply(&tx))
        }
        .boxed()
    }

    fn receipt(&self, id: TxId) -> Answer<'_, Option<Receipt>> {
        async move { Ok(self.up()?.receipt(id)) }.boxed()
    }
}

impl Ledger for TestLedger {
    fn campaigns(&self) -> Answer<'_, Vec<(u32, String)>> {
        async move { Ok(vec![(0, "Coin".to_owned()), (1, "Bonus".to_owned())]) }.boxed()
    }
    fn knows_member(&self, bid: Bid) -> Answer<'_, bool> {
        async move { Ok(self.up()?.read::<Member>(&Key::Member(&bid)).is_some()) }.boxed()
    }

    fn dry_run(&self, body: Vec<u8>) -> Answer<'_, Receipt> {
        async move {
            let inner = self.up()?;
            let transaction: Transaction = codec::decode(&body).unwrap();
            let context = BlockContext { height: inner.blocks.len() as u64, time_ms: inner.now(), index: 0 };
            Ok(dry_run(&mut Overlay::new(&inner.state), &transaction, &context).unwrap())
        }
        .boxed()
    }

    fn transaction(&self, id: TxId) -> Answer<'_, TxState> {
        async move {
            let inner = self.up()?;
            let unknown = TxState::Unknown { head_time_ms: inner.time };
            Ok(inner.receipt(id).map_or(unknown, |receipt| TxState::Final { receipt: Box::new(receipt) }))
        }
        .boxed()
    }

    fn blocks(&self, _from: u64) -> BoxStream<'static, Result<Block, ClientError>> {
        // The tests hand blocks to the follower themselves, so that nothing depends on timing.
        stream::pending().boxed()
    }
}

fn genesis() -> Genesis {
    let institution = |name: &str, duties: Duties, officer: &str| GenesisInstitution {
        bid: bid(name),
        record: Institution {
            name: Title::new(name).unwrap(),
            duties,
            quorum: 1,
            open_proposals: Vec::new(),
        },
        officers: vec![key(officer).public_key()],
    };
    Genesis {
        chain: TestLedger::chain(),
        time_ms: u64::try_from(now_ms()).unwrap() - DAY_MS,
        currency: Code::new("KRW").unwrap(),
        digits: 0,
        utc_offset_minutes: 540,
        coin: CampaignTerms {
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
            cashback_bps: 0,
            monthly_cashback_cap: Amount::ZERO,
            holding_cap: Amount::ZERO,
            person_cap: Amount::ZERO,
            reusable: false,
            reuse_bps: 0,
            cash_out_bps: u16::MAX,
        },
        institutions: vec![
            institution("registry", Duties { registrar: true, ..Duties::default() }, "till-officer"),
            institution("bank", Duties { bank: true, ..Duties::default() }, "bank-officer"),
        ],
        validators: vec![key("validator").public_key()],
        epoch_blocks: 1_000,
    }
}
