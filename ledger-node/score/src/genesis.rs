//! Block 0: the channel, its institutions with their officers, the coin's own terms, and the validators.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    calls, codec,
    ids::{Bid, CampaignId, ChainId, Code, Hash32, sha256},
    key::Key,
    limits::{MAX_VALIDATORS, MIN_EPOCH_BLOCKS, NEVER},
    record::{
        Campaign, CampaignTerms, Certificate, Channel, Contract, ContractVersion, Devices, Institution, Role,
        Supply, ValidatorSeat, ValidatorSet,
    },
    runtime::TokenV1,
    signature::PublicKey,
    state::{Overlay, StateRead},
    window::NonceWindow,
};

/// An institution at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GenesisInstitution {
    /// Its id.
    #[n(0)]
    pub bid: Bid,
    /// Its record.
    #[n(1)]
    pub record: Institution,
    /// Its officers' keys; their certificates do not run out before governance replaces them.
    #[n(2)]
    pub officers: Vec<PublicKey>,
}

/// Everything that is agreed before the first block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Genesis {
    /// The channel's name.
    #[n(0)]
    pub chain: ChainId,
    /// Time of block 0, ms.
    #[n(1)]
    pub time_ms: u64,
    /// Currency code (ISO 4217).
    #[n(2)]
    pub currency: Code,
    /// Minor digits of the currency.
    #[n(3)]
    pub digits: u8,
    /// Civil time, minutes east of UTC.
    #[n(4)]
    pub utc_offset_minutes: u32,
    /// Terms of charged coin (campaign 0).
    #[n(5)]
    pub coin: CampaignTerms,
    /// Institutions.
    #[n(6)]
    pub institutions: Vec<GenesisInstitution>,
    /// Validators' keys, in order.
    #[n(7)]
    pub validators: Vec<PublicKey>,
    /// Blocks of an epoch, the time for which a set of validators stays.
    #[n(8)]
    #[serde(default = "default_epoch_blocks")]
    pub epoch_blocks: u64,
}

/// About seven minutes of an idle chain.
const fn default_epoch_blocks() -> u64 {
    1_000
}

/// Why a genesis cannot start a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenesisError {
    /// No validators, too many, one named twice, an unusable key, or an epoch that is too short.
    Validators,
    /// The coin's terms contradict themselves.
    CoinTerms,
    /// An institution or an officer's key is named twice, a key is weak, or a quorum cannot be reached.
    Institutions,
}

impl core::fmt::Display for GenesisError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Validators => {
                "genesis names no validators, too many, one twice, a key that cannot be used, or an epoch that is too short"
            }
            Self::CoinTerms => "genesis: the coin's terms contradict themselves",
            Self::Institutions => {
                "genesis: an institution or key is named twice, a key is weak, or a quorum cannot be reached"
            }
        })
    }
}
impl std::error::Error for GenesisError {}

impl Genesis {
    /// SHA-256 of the canonical bytes: what everybody pins.
    pub fn hash(&self) -> Hash32 {
        Hash32::new(sha256(&[b"dure:genesis:v1\0", &codec::encode(self)]))
    }

    /// The network's name, under which validators sign: the channel's and the hash of its genesis, so that nothing signed
    /// for one genesis counts for another.
    pub fn network(&self) -> String {
        format!("{}/{}", self.chain, self.hash())
    }

    /// Refuses a genesis that could not work.
    pub fn check(&self) -> Result<(), GenesisError> {
        let twice = |keys: &[PublicKey]| {
            let mut sorted: Vec<_> = keys.iter().map(PublicKey::as_bytes).collect();
            sorted.sort_unstable();
            sorted.windows(2).any(|pair| pair.first() == pair.last())
        };
        let usable = self.validators.len() <= MAX_VALIDATORS
            && self.validators.iter().all(PublicKey::is_acceptable)
            && !twice(&self.validators);
        if self.validators.is_empty() || !usable || self.epoch_blocks < MIN_EPOCH_BLOCKS {
            return Err(GenesisError::Validators);
        }
        if !calls::consistent_terms(&self.coin) {
            return Err(GenesisError::CoinTerms);
        }
        let officers: Vec<PublicKey> = self.institutions.iter().flat_map(|i| i.officers.clone()).collect();
        let mut bids: Vec<Bid> = self.institutions.iter().map(|i| i.bid).collect();
        bids.sort_unstable();
        let reachable = |institution: &GenesisInstitution| {
            let quorum = usize::try_from(institution.record.quorum).unwrap_or(usize::MAX);
            quorum >= 1 && (institution.officers.is_empty() || quorum <= institution.officers.len())
        };
        let good = !twice(&officers)
            && officers.iter().all(PublicKey::is_acceptable)
            && !bids.windows(2).any(|pair| pair.first() == pair.last())
            && self.institutions.iter().all(reachable);
        if good { Ok(()) } else { Err(GenesisError::Institutions) }
    }

    /// The validators of the first epochs, in order of key bytes.
    pub fn validator_set(&self) -> ValidatorSet {
        let mut keys = self.validators.clone();
        keys.sort_unstable_by_key(|key| *key.as_bytes());
        let seats = keys.into_iter().map(|public_key| ValidatorSeat { public_key, address: None });
        ValidatorSet { validators: seats.collect() }
    }

    /// Writes the state of block 0.
    pub fn write<S: StateRead>(&self, state: &mut Overlay<S>) {
        let channel = Channel {
            chain: self.chain.clone(),
            currency: self.currency.clone(),
            digits: self.digits,
            utc_offset_minutes: self.utc_offset_minutes,
            epoch_blocks: self.epoch_blocks,
            validator_epochs: vec![0],
        };
        state.write(&Key::Channel, &channel);
        state.write(&Key::Validators(0), &self.validator_set());
        let first = ContractVersion {
            version: TokenV1::VERSION,
            code_hash: TokenV1::hash(),
            registered_at: 0,
            active_from: Some(0),
        };
        let contract = Contract { active: first.version, versions: vec![first] };
        state.write(&Key::Contract(&Code::token()), &contract);
        let coin = Campaign { terms: self.coin.clone(), budget: Amount::ZERO, open: true, version: 1 };
        state.write(&Key::Campaign(CampaignId::COIN), &coin);
        state.write(&Key::Supply(CampaignId::COIN), &Supply::default());
        for institution in &self.institutions {
            state.write(&Key::Institution(&institution.bid), &institution.record);
            let mut devices = Devices::default();
            for key in &institution.officers {
                let id = key.certificate_id(&self.chain);
                let certificate = Certificate {
                    owner: institution.bid,
                    public_key: *key,
                    role: Role::Officer,
                    issued_at: self.time_ms,
                    expires_at: NEVER,
                    revoked: false,
                    window: NonceWindow::default(),
                };
                state.write(&Key::Certificate(&id), &certificate);
                devices.certificates.push(id);
            }
            state.write(&Key::Devices(&institution.bid), &devices);
        }
        state.keep();
    }
}
