//! A made-up ledger: one institution, citizens who are charged once, shops, and blocks full of payments.

use std::{path::Path, sync::Arc};

use dure_chain::epoch::{epoch_of, first_height};
use dure_chain::list::root as items_root;
use dure_consensus::BlockHeader;
use dure_score::{
    Amount, Bid, Call, CampaignId, ChainId, Genesis, Hash32, OrderId, Overlay, Receipt, SignedTx,
    Transaction, VerifiedTx,
    call::{CertificateIssue, MemberRegister, TokenCharge, TokenPay},
    codec,
    genesis::GenesisInstitution,
    ids::{Code, DepositRef, Title},
    limits::{MINUTE_MS, NEVER},
    record::{CampaignTerms, Duties, Institution, MemberClass, MerchantTerms, Role},
    signature::SigningKey,
    state::{Changes, MemoryState},
    tx::possession_message,
};

use crate::certificate;
use ledger_node::{
    history::archive::{
        ArchiveError, BackupManifest,
        backup::{FORMAT, SegmentWriter},
        import::origin,
        segment::StoredBlock,
    },
    operations::audit::tree::Tree,
    state::executor::execute,
    store::record::AppHeader,
};

/// Time of genesis, ms; block times count on from it.
const START: u64 = 1_800_000_000_000;

/// Blocks of an epoch.
const EPOCH_BLOCKS: u64 = 1_000;

/// Seed of the only officer's key: bank and registrar.
pub const OFFICER: [u8; 32] = [1; 32];

/// Seed of the only validator's key.
pub const VALIDATOR: [u8; 32] = [2; 32];

/// How much there is of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Citizens, each with one device and charged once.
    pub citizens: u32,
    /// Shops.
    pub shops: u32,
    /// Blocks of payments.
    pub blocks: u32,
    /// Payments of each.
    pub payments: u32,
}

/// The ledger while it is made.
pub struct Town {
    size: Size,
    genesis: Genesis,
    officer: SigningKey,
    validator: SigningKey,
    state: MemoryState,
    tree: Tree,
    parent: BlockHeader,
    next_nonce: u64,
}

impl Town {
    /// The town before its first block.
    pub fn new(size: Size) -> Result<Self, ArchiveError> {
        let (officer, validator) = (SigningKey::from_seed(OFFICER), SigningKey::from_seed(VALIDATOR));
        let genesis = genesis(&officer, &validator)?;
        let changes = genesis_changes(&genesis);
        let (mut state, mut tree) = (MemoryState::default(), Tree::default());
        tree.update(&changes);
        state.commit(changes);
        let parent = origin(&genesis);
        Ok(Self { size, genesis, officer, validator, state, tree, parent, next_nonce: 1 })
    }

    /// Makes all blocks and writes them into `folder`. The manifest is the caller's to write.
    pub fn write(mut self, folder: &Path) -> Result<BackupManifest, ArchiveError> {
        let mut writer = SegmentWriter::new(folder, 0);
        let calls = self.set_up()?;
        for calls in calls.chunks(999) {
            let txs = calls.iter().map(|call| self.by_officer(call.clone())).collect();
            writer.add(&self.block(txs)?)?;
        }
        for number in 0..self.size.blocks {
            let first = number.saturating_mul(self.size.payments);
            let txs = (first..first.saturating_add(self.size.payments)).map(|number| self.payment(number));
            let txs = txs.collect::<Result<_, _>>()?;
            writer.add(&self.block(txs)?)?;
        }
        Ok(BackupManifest {
            format: FORMAT,
            genesis: codec::encode(&self.genesis).into(),
            base: 0,
            snapshot: None,
            head: self.parent.height,
            digest: Hash32::new(self.parent.digest()),
            state_root: self.tree.root(),
            segments: writer.finish()?,
            handovers: Vec::new(),
        })
    }

    fn block(&mut self, txs: Vec<SignedTx>) -> Result<StoredBlock, ArchiveError> {
        let items: Vec<Vec<u8>> = txs.iter().map(|tx| tx.wire().to_vec()).collect();
        let verified =
            VerifiedTx::batch(txs, &self.genesis.chain, rand::rng()).ok_or_else(|| bad("signatures"))?;
        let verified: Vec<_> = verified.into_iter().map(Arc::new).collect();
        let header = self.header(items_root(&items));
        let executed = execute(&self.state, header.height, header.time_ms, &verified).map_err(bad)?;
        if let Some(refusal) = executed.receipts.iter().find_map(Receipt::refusal) {
            return Err(bad(refusal.code()));
        }
        self.tree.update(&executed.changes);
        self.state.commit(executed.changes);
        let certificate = certificate::sign(&self.genesis, &self.validator, &header);
        let bytes = header.encode();
        self.parent = header;
        Ok(StoredBlock {
            header: bytes.into(),
            items: items.into_iter().map(Into::into).collect(),
            certificate: Some(certificate.into()),
            receipts: executed.receipts.iter().map(|receipt| receipt.to_bytes().into()).collect(),
        })
    }

    fn header(&self, items_root: [u8; 32]) -> BlockHeader {
        next_header(&self.parent, items_root, self.tree.root(), &self.validator)
    }

    fn set_up(&self) -> Result<Vec<Call>, ArchiveError> {
        let mut calls = Vec::new();
        for shop in 0..self.size.shops {
            let terms = MerchantTerms {
                category: Code::new("5411").map_err(bad)?,
                region: Code::new("R1").map_err(bad)?,
                large: false,
            };
            let register = MemberRegister { bid: shop_id(shop), class: MemberClass::Merchant(terms) };
            calls.push(Call::MemberRegister(register));
        }
        for citizen in 0..self.size.citizens {
            let (bid, key) = (citizen_id(citizen), phone(citizen));
            let message = possession_message(&self.genesis.chain, &bid, Role::Holder, &key.public_key());
            calls.push(Call::MemberRegister(MemberRegister { bid, class: MemberClass::Citizen }));
            calls.push(Call::CertificateIssue(CertificateIssue {
                owner: bid,
                public_key: key.public_key(),
                role: Role::Holder,
                possession: key.sign(&message),
            }));
            calls.push(Call::TokenCharge(TokenCharge {
                to: bid,
                amount: Amount::new(1_000_000),
                deposit: DepositRef::new(&format!("D{citizen}")).map_err(bad)?,
                campaign: CampaignId::COIN,
            }));
        }
        Ok(calls)
    }

    fn by_officer(&mut self, call: Call) -> SignedTx {
        let nonce = self.next_nonce;
        self.next_nonce = nonce.saturating_add(1);
        self.sign(&self.officer, nonce, call)
    }

    fn payment(&self, number: u32) -> Result<SignedTx, ArchiveError> {
        let citizens = self.size.citizens.max(1);
        let (payer, nonce) = (number % citizens, u64::from(number / citizens).saturating_add(1));
        let merchant = shop_id(number % self.size.shops.max(1));
        let order = OrderId::new(&format!("O{number}")).map_err(bad)?;
        let call = TokenPay { merchant, order, amount: Amount::new(10), cashback: None };
        Ok(self.sign(&phone(payer), nonce, Call::TokenPay(call)))
    }

    fn sign(&self, key: &SigningKey, nonce: u64, call: Call) -> SignedTx {
        let chain = self.genesis.chain.clone();
        let signer = key.public_key().certificate_id(&chain);
        let valid_until = self.parent.time_ms.max(START).saturating_add(MINUTE_MS);
        Transaction { chain, signer, nonce, valid_until, call }.sign(key)
    }
}

/// The header of the block after `parent`, whose proposer has executed just that.
pub(crate) fn next_header(
    parent: &BlockHeader,
    items_root: [u8; 32],
    state_root: Hash32,
    validator: &SigningKey,
) -> BlockHeader {
    let height = parent.height.saturating_add(1);
    let epoch = epoch_of(height, EPOCH_BLOCKS);
    let view = height.saturating_sub(first_height(epoch, EPOCH_BLOCKS)).saturating_add(1);
    BlockHeader {
        height,
        parent: parent.digest(),
        time_ms: parent.time_ms.max(START).saturating_add(1),
        proposer: *validator.public_key().as_bytes(),
        items_root,
        app: AppHeader { executed: parent.height, state_root }.encode(),
        epoch,
        view,
        parent_view: view.saturating_sub(1),
    }
}

/// A genesis with one institution that does everything, and one validator.
pub(crate) fn genesis(officer: &SigningKey, validator: &SigningKey) -> Result<Genesis, ArchiveError> {
    let bank = Bid::new([5; 16]);
    let title = |text| Title::new(text).map_err(bad);
    let duties = Duties { bank: true, registrar: true, ..Duties::default() };
    let record = Institution { name: title("Bench")?, duties, quorum: 1, open_proposals: Vec::new() };
    let coin = CampaignTerms {
        name: title("Coin")?,
        funder: bank,
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
    };
    Ok(Genesis {
        chain: ChainId::new("bench-1").map_err(bad)?,
        time_ms: START,
        currency: Code::new("KRW").map_err(bad)?,
        digits: 0,
        utc_offset_minutes: 540,
        coin,
        institutions: vec![GenesisInstitution { bid: bank, record, officers: vec![officer.public_key()] }],
        validators: vec![validator.public_key()],
        epoch_blocks: EPOCH_BLOCKS,
    })
}

/// State of block 0.
pub(crate) fn genesis_changes(genesis: &Genesis) -> Changes {
    let mut overlay = Overlay::new(MemoryState::default());
    genesis.write(&mut overlay);
    overlay.into_changes()
}

pub(crate) fn citizen_id(number: u32) -> Bid {
    id(b'C', number)
}

fn shop_id(number: u32) -> Bid {
    id(b'S', number)
}

fn id(kind: u8, number: u32) -> Bid {
    let mut bytes = [kind; 16];
    bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
    Bid::new(bytes)
}

fn phone(number: u32) -> SigningKey {
    let mut seed = [9; 32];
    seed.iter_mut().zip(number.to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
    SigningKey::from_seed(seed)
}

/// A made-up ledger is good by construction; should it not be, the bench says so instead of measuring nonsense.
pub(crate) fn bad(reason: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Source(format!("the bench's own ledger is wrong: {reason}"))
}
