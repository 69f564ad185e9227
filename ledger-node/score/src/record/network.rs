//! The channel itself: contract versions, validators.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Address, ChainId, Code, Hash32},
    signature::PublicKey,
};

/// What every call may need to know of the channel.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Channel {
    /// The channel's name.
    #[n(0)]
    pub chain: ChainId,
    /// Currency code (ISO 4217 of the won behind it).
    #[n(1)]
    pub currency: Code,
    /// Minor digits of the currency; 0 for won.
    #[n(2)]
    pub digits: u8,
    /// Offset of the channel's civil time from UTC, minutes east (Seoul: 540).
    #[n(3)]
    pub utc_offset_minutes: u32,
    /// Blocks of an epoch: the time for which a validator set stays.
    #[n(4)]
    pub epoch_blocks: u64,
    /// First epochs of all validator sets so far, ascending; the sets are under [`crate::key::Key::Validators`].
    #[n(5)]
    pub validator_epochs: Vec<u64>,
}

impl Channel {
    /// First epoch of the validator set that is in force in `epoch`: the greatest entry that is not after it.
    pub fn set_from_epoch(&self, epoch: u64) -> u64 {
        self.validator_epochs.iter().copied().filter(|from| *from <= epoch).max().unwrap_or(0)
    }
}

/// One validator's place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ValidatorSeat {
    /// Its key.
    #[n(0)]
    pub public_key: PublicKey,
    /// Where the others reach it; `None` where every node's configuration says it.
    #[n(1)]
    pub address: Option<Address>,
}

/// Who orders blocks, from an epoch on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ValidatorSet {
    /// The seats, in order of key bytes.
    #[n(0)]
    pub validators: Vec<ValidatorSeat>,
}

/// A version of a contract that governance has entered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ContractVersion {
    /// Number, from 1.
    #[n(0)]
    pub version: u32,
    /// SHA-256 that names its rules.
    #[n(1)]
    pub code_hash: Hash32,
    /// Height at which it was entered.
    #[n(2)]
    pub registered_at: u64,
    /// Height from which it applies, once that is decided.
    #[n(3)]
    pub active_from: Option<u64>,
}

/// The registry's entry of one contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Contract {
    /// The version that applies now.
    #[n(0)]
    pub active: u32,
    /// All versions, oldest first.
    #[n(1)]
    pub versions: Vec<ContractVersion>,
}

impl Contract {
    /// The highest number entered.
    pub fn last(&self) -> u32 {
        self.versions.iter().map(|entry| entry.version).max().unwrap_or(0)
    }

    /// The version that waits for its height, if any.
    pub fn pending(&self) -> Option<&ContractVersion> {
        self.versions.iter().find(|entry| entry.version > self.active && entry.active_from.is_some())
    }

    /// The version that takes over with the block at `height`, if any.
    pub fn due(&self, height: u64) -> Option<u32> {
        let pending = self.pending()?;
        pending.active_from.is_some_and(|from| from <= height).then_some(pending.version)
    }
}
