//! Receipts: what the ledger answers to a transaction, for ever.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    codec,
    effect::Effect,
    ids::{CertId, TxId},
    refusal::Refusal,
};

/// Applied, or refused and why.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Everything happened.
    #[n(0)]
    Applied,
    /// Nothing happened.
    #[n(1)]
    Refused {
        /// Why.
        #[n(0)]
        refusal: Refusal,
    },
}

/// The receipt of one transaction. Canonical bytes are the leaf of the block's receipts tree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Receipt {
    /// The transaction.
    #[n(0)]
    pub tx: TxId,
    /// Who signed.
    #[n(1)]
    pub signer: CertId,
    /// Block height; for a dry run, that of the state it ran on.
    #[n(2)]
    pub height: u64,
    /// Place in the block.
    #[n(3)]
    pub index: u32,
    /// Block time, ms.
    #[n(4)]
    pub time_ms: u64,
    /// Applied or refused.
    #[n(5)]
    pub outcome: Outcome,
    /// What happened; empty when refused.
    #[n(6)]
    pub effects: Vec<Effect>,
}

impl Receipt {
    /// Canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// True if everything happened.
    pub const fn is_applied(&self) -> bool {
        matches!(self.outcome, Outcome::Applied)
    }

    /// The refusal, if it is one.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match &self.outcome {
            Outcome::Applied => None,
            Outcome::Refused { refusal } => Some(refusal),
        }
    }
}
