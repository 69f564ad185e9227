//! The contract itself behind the [`Ledger`] seam: one transaction a block, and a line that can be cut right before or
//! right after any submission.

use crate::ledger::{Head, Ledger};
use dure_ledger_client::{CertificateInfo, ClientError};
use dure_score::apply::precheck;
use dure_score::genesis::GenesisInstitution;
use dure_score::holdings::Holdings;
use dure_score::ids::{Code, DepositRef, Title};
use dure_score::key::Key;
use dure_score::limits::DAY_MS;
use dure_score::record::{Batch, CampaignTerms, Certificate, Deposit, Duties, Institution, Payout};
use dure_score::signature::SigningKey;
use dure_score::state::MemoryState;
use dure_score::{
    Amount, BatchId, Bid, BlockContext, Call, CertId, ChainId, Genesis, Overlay, PayoutId, Receipt, SignedTx,
    Transaction, TxId, apply,
};
use dure_service::ledger::{self, Answer};
use futures::FutureExt;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stored::Record;

/// What the ledger stores, decoded.
mod stored {
    pub trait Record: Sized {
        fn decode(bytes: &[u8]) -> Self;
    }
    macro_rules! record {
        ($($name:ty),*) => { $(impl Record for $name {
            fn decode(bytes: &[u8]) -> Self { dure_score::codec::decode(bytes).unwrap() }
        })* };
    }
    record!(super::Batch, super::Payout, super::Deposit, super::Holdings, super::Certificate);
}

pub const BANK: u8 = 201;
pub const REGISTRAR: u8 = 202;

/// Where the line is cut: at the n-th submission from now, before or after the ledger has it.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub at: usize,
    pub after: bool,
}

#[derive(Default)]
struct Inner {
    state: MemoryState,
    blocks: Vec<Vec<Receipt>>,
    by_tx: BTreeMap<TxId, Receipt>,
    nonces: BTreeMap<CertId, u64>,
    submissions: usize,
    cut: Option<Cut>,
    hidden: usize,
}

/// A ledger in memory; clones are the same ledger.
#[derive(Clone)]
pub struct World(Arc<Mutex<Inner>>);

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

pub fn bid(seed: u8) -> Bid {
    Bid::new([seed; 16])
}

pub fn chain() -> ChainId {
    ChainId::new("sebyeol-1").unwrap()
}

fn institution(seed: u8, name: &str, duties: Duties) -> GenesisInstitution {
    let record =
        Institution { name: Title::new(name).unwrap(), duties, quorum: 1, open_proposals: Vec::new() };
    GenesisInstitution { bid: bid(seed), record, officers: vec![key(seed).public_key()] }
}

impl World {
    /// A ledger at genesis; `change` has the last word on the coin's terms.
    pub fn new(change: impl FnOnce(&mut CampaignTerms)) -> Self {
        let mut coin = CampaignTerms {
            name: Title::new("Coin").unwrap(),
            funder: bid(BANK),
            ceiling: Amount::ZERO,
            charge_bonus_bps: 0,
            monthly_charge_cap: Amount::ZERO,
            validity_ms: 1_825 * DAY_MS,
            categories: Vec::new(),
            regions: Vec::new(),
            merchants: Vec::new(),
            large_merchants: true,
            transferable: true,
            starts_at: 0,
            ends_at: u64::MAX >> 12,
            cashback_bps: 0,
            monthly_cashback_cap: Amount::ZERO,
            holding_cap: Amount::ZERO,
            person_cap: Amount::ZERO,
            reusable: false,
            reuse_bps: 0,
            cash_out_bps: u16::MAX,
        };
        change(&mut coin);
        let genesis = Genesis {
            chain: chain(),
            time_ms: 1,
            currency: Code::new("KRW").unwrap(),
            digits: 0,
            utc_offset_minutes: 540,
            coin,
            institutions: vec![
                institution(BANK, "Bank", Duties { bank: true, ..Duties::default() }),
                institution(REGISTRAR, "Registry", Duties { registrar: true, ..Duties::default() }),
            ],
            validators: vec![key(250).public_key()],
            epoch_blocks: 1_000,
        };
        genesis.check().unwrap();
        let mut inner = Inner { blocks: vec![Vec::new()], ..Inner::default() };
        let mut overlay = Overlay::new(&inner.state);
        genesis.write(&mut overlay);
        let changes = overlay.into_changes();
        inner.state.commit(changes);
        Self(Arc::new(Mutex::new(inner)))
    }

    /// Does `call` with the key of `seed`; it must apply. Never cut, never counted.
    pub fn act(&self, seed: u8, call: Call) -> Receipt {
        let receipt = self.try_act(seed, call);
        assert!(receipt.is_applied(), "{receipt:?}");
        receipt
    }

    pub fn try_act(&self, seed: u8, call: Call) -> Receipt {
        let mut inner = self.0.lock().unwrap();
        let signer = key(seed).public_key().certificate_id(&chain());
        // Counted from 1 for each key. The gateway and the batch count on from what the ledger has seen.
        let nonce = inner.nonces.entry(signer).and_modify(|last| *last += 1).or_insert(1);
        let valid_until = u64::try_from(dure_db::now_ms()).unwrap() + 60_000;
        let tx = Transaction { chain: chain(), signer, nonce: *nonce, valid_until, call }.sign(&key(seed));
        inner.block(&tx).unwrap()
    }

    pub fn cut(&self, cut: Option<Cut>) {
        let mut inner = self.0.lock().unwrap();
        inner.submissions = 0;
        inner.cut = cut;
    }

    /// The next `times` looks at a payout find none, as at a node that is behind.
    pub fn hide_payouts(&self, times: usize) {
        self.0.lock().unwrap().hidden = times;
    }

    pub fn submissions(&self) -> usize {
        self.0.lock().unwrap().submissions
    }

    pub fn balance(&self, owner: &Bid) -> u64 {
        let holdings: Option<Holdings> = self.0.lock().unwrap().read(&Key::Holdings(owner));
        holdings.map_or(0, |holdings| holdings.total().get())
    }
}

impl Inner {
    fn read<T: Record>(&self, key: &Key<'_>) -> Option<T> {
        self.state.0.get(&key.to_bytes()).map(|bytes| T::decode(bytes))
    }

    /// One block with one transaction.
    fn block(&mut self, tx: &SignedTx) -> Result<Receipt, ClientError> {
        let verified = tx.clone().verify(&chain()).map_err(ClientError::Refused)?;
        let height = self.blocks.len() as u64;
        let context = BlockContext { height, time_ms: u64::try_from(dure_db::now_ms()).unwrap(), index: 0 };
        let mut overlay = Overlay::new(&self.state);
        precheck(&overlay, tx.transaction(), &context).unwrap().map_err(ClientError::Refused)?;
        let receipt = apply(&mut overlay, &verified, &context).unwrap();
        let changes = overlay.into_changes();
        self.state.commit(changes);
        self.blocks.push(vec![receipt.clone()]);
        self.by_tx.insert(tx.id(), receipt.clone());
        Ok(receipt)
    }
}

impl ledger::Ledger for World {
    fn certificate(&self, id: CertId) -> Answer<'_, Option<CertificateInfo>> {
        async move {
            let found: Option<Certificate> = self.0.lock().unwrap().read(&Key::Certificate(&id));
            let info = |certificate: Certificate| {
                let highest_nonce = certificate.window.highest;
                CertificateInfo { certificate, highest_nonce }
            };
            Ok(found.map(info))
        }
        .boxed()
    }
    fn submit(&self, tx: SignedTx, _limit: Duration) -> Answer<'_, Receipt> {
        async move {
            let mut inner = self.0.lock().unwrap();
            inner.submissions += 1;
            let cut = inner.cut.filter(|cut| cut.at == inner.submissions);
            if cut.is_some_and(|cut| !cut.after) {
                return Err(ClientError::Unavailable);
            }
            let known = inner.by_tx.get(&tx.id()).cloned();
            let receipt = known.map_or_else(|| inner.block(&tx), Ok)?;
            if cut.is_some() { Err(ClientError::Timeout) } else { Ok(receipt) }
        }
        .boxed()
    }
    fn receipt(&self, id: TxId) -> Answer<'_, Option<Receipt>> {
        async move { Ok(self.0.lock().unwrap().by_tx.get(&id).cloned()) }.boxed()
    }
}

impl Ledger for World {
    async fn head(&self) -> Result<Head, ClientError> {
        let height = self.0.lock().unwrap().blocks.len() as u64 - 1;
        Ok(Head { chain: chain(), height, time_ms: u64::try_from(dure_db::now_ms()).unwrap() })
    }
    async fn receipts(&self, from: u64, to: u64) -> Result<Vec<Receipt>, ClientError> {
        assert!(to - from < 100);
        Ok(self.0.lock().unwrap().blocks[from as usize..=to as usize].concat())
    }
    async fn takings(&self, owner: &Bid) -> Result<Amount, ClientError> {
        Ok(Amount::new(self.balance(owner)))
    }
    async fn deposit(&self, reference: &DepositRef) -> Result<Option<Deposit>, ClientError> {
        Ok(self.0.lock().unwrap().read(&Key::Deposit(reference)))
    }
    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, ClientError> {
        Ok(self.0.lock().unwrap().read(&Key::Batch(id)))
    }
    async fn payout(&self, id: &PayoutId) -> Result<Option<Payout>, ClientError> {
        let mut inner = self.0.lock().unwrap();
        if inner.hidden > 0 {
            inner.hidden -= 1;
            return Ok(None);
        }
        Ok(inner.read(&Key::Payout(id)))
    }
}
