//! A payer's one-time authorisation: shown as a code on the payer's phone, presented to the ledger by the till,
//! so that the payer may be offline while paying.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    codec,
    ids::{Bid, CampaignId, CertId, ChainId, Hash32, sha256},
};

/// Domain of the signature; no other message of ours begins with it.
const DOMAIN: &[u8] = b"dure:mandate:v1\0";

/// What the payer's device signs. Pays once, whatever is presented how often.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Mandate {
    /// The channel.
    #[n(0)]
    pub chain: ChainId,
    /// The payer's device certificate.
    #[n(1)]
    pub certificate: CertId,
    /// Random; tells two mandates of one device apart.
    #[n(2)]
    pub number: u64,
    /// Most that may be taken.
    #[n(3)]
    pub cap: Amount,
    /// Block time from which it is void, ms; at most [`crate::limits::MAX_MANDATE_MS`] ahead of the block that takes it.
    #[n(4)]
    pub expires_at: u64,
    /// The only merchant that may present it; any merchant if absent.
    #[n(5)]
    pub merchant: Option<Bid>,
    /// The campaign whose cashback is asked for, if any.
    #[n(6)]
    pub cashback: Option<CampaignId>,
}

impl Mandate {
    /// The bytes that the payer's device signs.
    pub fn message(&self) -> Vec<u8> {
        [DOMAIN, &codec::encode(self)].concat()
    }

    /// Names the mandate on the ledger: SHA-256 of the signed bytes.
    pub fn id(&self) -> Hash32 {
        Hash32::new(sha256(&[&self.message()]))
    }
}
