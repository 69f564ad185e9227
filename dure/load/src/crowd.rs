//! Made-up people and shops: who they are follows from a seed, so that every node and the generator agree.
//!
//! Accounts are citizens with one device each. Payers are some of them, evenly spread; only they have keys that sign.
//! Making ten million key pairs would take minutes and nobody would use them.

use std::sync::Arc;

use dure_score::{
    Amount, Bid, CampaignId, CertId, ChainId, Genesis, Lot, Overlay, PublicKey, codec,
    genesis::GenesisInstitution,
    holdings::Holdings,
    ids::{Code, Title, sha256},
    key::Key,
    limits::{CERTIFICATE_LIFE_MS, NEVER},
    record::{
        CampaignTerms, Certificate, Devices, Duties, Institution, Member, MemberClass, MemberStatus,
        MerchantTerms, Role, Supply,
    },
    signature::SigningKey,
    state::MemoryState,
    window::NonceWindow,
};
use serde::{Deserialize, Serialize};

use crate::LoadError;

/// What an account has at the beginning, minor units: enough for every payment of a bench.
const MONEY: u64 = 10_000_000;

/// Blocks of an epoch, as a city has them: what a change of epoch costs is measured with the rest.
const EPOCH_BLOCKS: u64 = 1_000;

/// A record of the state: its key and its bytes.
pub type Entry = (Vec<u8>, Vec<u8>);

/// The made-up people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crowd {
    /// Name of the channel.
    pub chain: String,
    /// Time of block 0, ms.
    pub time_ms: u64,
    /// What all keys follow from.
    pub seed: u64,
    /// Citizens with an account.
    pub accounts: u32,
    /// Those of them whose devices pay.
    pub payers: u32,
    /// Shops.
    pub merchants: u32,
}

impl Crowd {
    /// The channel.
    pub fn chain(&self) -> Result<ChainId, LoadError> {
        ChainId::new(&self.chain).map_err(LoadError::crowd)
    }

    /// The key of a payer's device.
    pub fn key(&self, payer: u32) -> SigningKey {
        let parts: [&[u8]; 3] = [b"dure-load payer\0", &self.seed.to_be_bytes(), &payer.to_be_bytes()];
        SigningKey::from_seed(sha256(&parts))
    }

    /// A shop's id.
    pub fn merchant(&self, number: u32) -> Bid {
        // Above every account's id, whose number has less than 32 bits.
        id(u32::MAX.saturating_sub(self.merchants).saturating_add(number), b'S')
    }

    /// The agreement before block 0, between these validators.
    pub fn genesis(&self, validators: Vec<PublicKey>) -> Result<Genesis, LoadError> {
        let bank = Bid::new([5; 16]);
        let officer = SigningKey::from_seed(sha256(&[b"dure-load officer\0", &self.seed.to_be_bytes()]));
        let duties = Duties { bank: true, registrar: true, ..Duties::default() };
        let record = Institution { name: title("Bench")?, duties, quorum: 1, open_proposals: Vec::new() };
        let genesis = Genesis {
            chain: self.chain()?,
            time_ms: self.time_ms,
            currency: code("KRW")?,
            digits: 0,
            utc_offset_minutes: 540,
            coin: coin(bank)?,
            institutions: vec![GenesisInstitution {
                bid: bank,
                record,
                officers: vec![officer.public_key()],
            }],
            validators,
            epoch_blocks: EPOCH_BLOCKS,
        };
        genesis.check().map_err(LoadError::crowd)?;
        Ok(genesis)
    }

    /// Every record of block 0: those of `genesis`, and everybody's. Records of one kind come in order of key.
    pub fn records(&self, genesis: &Genesis) -> Result<impl Iterator<Item = Entry> + use<>, LoadError> {
        let mut overlay = Overlay::new(MemoryState::default());
        genesis.write(&mut overlay);
        let charged = Amount::new(u64::from(self.accounts).saturating_mul(MONEY));
        overlay.write(&Key::Supply(CampaignId::COIN), &Supply { charged, ..Supply::default() });
        overlay.keep();
        let first: Vec<Entry> = overlay
            .into_changes()
            .iter()
            .filter_map(|(key, value)| Some((key.to_vec(), value?.to_vec())))
            .collect();

        let (owners, shop) = (Arc::<[Device]>::from(self.devices()?), shop_terms()?);
        let issued_at = self.time_ms;
        let mut by_owner: Vec<_> = owners.iter().map(|device| (device.owner, device.id)).collect();
        let certificates = each(owners).map(move |device| {
            let certificate = Certificate {
                owner: account(device.owner),
                public_key: device.key,
                role: Role::Holder,
                issued_at,
                expires_at: issued_at.saturating_add(CERTIFICATE_LIFE_MS),
                revoked: false,
                window: NonceWindow::default(),
            };
            (Key::Certificate(&device.id).to_bytes(), codec::encode(&certificate))
        });
        by_owner.sort_unstable();
        let devices = by_owner.into_iter().map(|(owner, id)| {
            (Key::Devices(&account(owner)).to_bytes(), codec::encode(&Devices { certificates: vec![id] }))
        });

        let holdings = codec::encode(&self.holdings());
        let purses = (0..self.accounts)
            .map(move |number| (Key::Holdings(&account(number)).to_bytes(), holdings.clone()));
        let citizen = codec::encode(&member(MemberClass::Citizen, issued_at));
        let citizens =
            (0..self.accounts).map(move |number| (Key::Member(&account(number)).to_bytes(), citizen.clone()));
        let shop = codec::encode(&member(MemberClass::Merchant(shop), issued_at));
        let shops: Vec<Bid> = (0..self.merchants).map(|number| self.merchant(number)).collect();
        let shops = shops.into_iter().map(move |bid| (Key::Member(&bid).to_bytes(), shop.clone()));
        Ok(first.into_iter().chain(certificates).chain(purses).chain(citizens).chain(shops).chain(devices))
    }

    /// Every device, in order of its id.
    fn devices(&self) -> Result<Vec<Device>, LoadError> {
        let (chain, stride) = (self.chain()?, self.stride());
        let mut devices: Vec<_> = (0..self.accounts)
            .map(|owner| {
                let payer = owner / stride;
                let key = if owner % stride == 0 && payer < self.payers {
                    self.key(payer).public_key()
                } else {
                    // Nobody signs with it, so that it need not be a point of the curve.
                    PublicKey::new(sha256(&[b"dure-load idle\0", &owner.to_be_bytes()]))
                };
                Device { id: key.certificate_id(&chain), owner, key }
            })
            .collect();
        devices.sort_unstable_by_key(|device| device.id);
        Ok(devices)
    }

    /// Accounts from one payer to the next.
    fn stride(&self) -> u32 {
        (self.accounts / self.payers.max(1)).max(1)
    }

    /// A purse with what was charged at the beginning.
    fn holdings(&self) -> Holdings {
        let lot = Lot {
            id: 0,
            campaign: CampaignId::COIN,
            acquired_at: self.time_ms,
            face: Amount::new(MONEY),
            price_paid: Amount::new(MONEY),
            expires_at: NEVER,
            amount: Amount::new(MONEY),
        };
        Holdings { next_lot: 1, lots: vec![lot] }
    }
}

/// A device and the number of its owner.
#[derive(Clone, Copy)]
struct Device {
    id: CertId,
    owner: u32,
    key: PublicKey,
}

fn each(devices: Arc<[Device]>) -> impl Iterator<Item = Device> {
    (0..devices.len()).filter_map(move |at| devices.get(at).copied())
}

fn member(class: MemberClass, registered_at: u64) -> Member {
    Member { class, status: MemberStatus::Active, registered_at }
}

fn account(number: u32) -> Bid {
    id(number, b'C')
}

fn id(number: u32, kind: u8) -> Bid {
    let mut bytes = [kind; 16];
    bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
    Bid::new(bytes)
}

fn shop_terms() -> Result<MerchantTerms, LoadError> {
    Ok(MerchantTerms { category: code("5411")?, region: code("R1")?, large: false })
}

fn coin(funder: Bid) -> Result<CampaignTerms, LoadError> {
    Ok(CampaignTerms {
        name: title("Coin")?,
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
    })
}

fn title(text: &str) -> Result<Title, LoadError> {
    Title::new(text).map_err(LoadError::crowd)
}

fn code(text: &str) -> Result<Code, LoadError> {
    Code::new(text).map_err(LoadError::crowd)
}
