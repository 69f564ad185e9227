//! What a proof is made of. Its bytes, in CBOR and in JSON, are a public format:
//! `score/proof.cddl` says what is hashed and signed. In JSON, hashes and ids are hex, other bytes are base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{Bid, ChainId, Hash32, codec};
use minicbor::{Decode, Encode, bytes::ByteVec};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::ProofError;

/// Bytes; base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Blob(#[n(0)] ByteVec);

impl Blob {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        STANDARD.decode(text.as_bytes()).map(Self::from).map_err(D::Error::custom)
    }
}

/// Proves which state a header's validators have agreed on, from the genesis on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalityProof {
    /// The channel.
    #[n(0)]
    pub chain: ChainId,
    /// Hash of its genesis.
    #[n(1)]
    pub genesis_hash: Hash32,
    /// Every change of the validator set so far, in order; empty while the genesis' set is in force.
    #[n(2)]
    pub handovers: Vec<Handover>,
    /// A header; its application header names a height and the state root there.
    #[n(3)]
    pub header: Blob,
    /// The certificate of that header.
    #[n(4)]
    pub certificate: Blob,
}

/// Proves the next validator set by the signatures of a set that is known already.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// First epoch of the new set.
    #[n(0)]
    pub from_epoch: u64,
    /// The new set: the state's value under its key.
    #[n(1)]
    pub set: Blob,
    /// From that value up to the state root, lowest sibling first.
    #[n(2)]
    pub siblings: Vec<Hash32>,
    /// A header of an epoch before the set's first; its application header names that state root.
    #[n(3)]
    pub header: Blob,
    /// The certificate of that header.
    #[n(4)]
    pub certificate: Blob,
}

/// A node beside the way from a receipt to its block's receipts root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Whether it stands on the left.
    #[n(0)]
    pub left: bool,
    /// Its hash.
    #[n(1)]
    pub hash: Hash32,
}

/// Proves what came of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransactionProof {
    /// Canonical bytes of the receipt.
    #[n(0)]
    pub receipt: Blob,
    /// From the receipt to its block's receipts root, lowest first.
    #[n(1)]
    pub path: Vec<Step>,
    /// From the receipts root up to the state root, lowest sibling first.
    #[n(2)]
    pub siblings: Vec<Hash32>,
    /// Proof of the state root.
    #[n(3)]
    pub finality: FinalityProof,
}

/// The only leaf of the subtree in which an absent key would be.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// SHA-256 of its key.
    #[n(0)]
    pub key: Hash32,
    /// SHA-256 of its value.
    #[n(1)]
    pub value: Hash32,
}

/// Proves what an account holds, or that the state has nothing under its name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountProof {
    /// Whose.
    #[n(0)]
    pub bid: Bid,
    /// Canonical bytes of the holdings; absent if there are none.
    #[n(1)]
    pub holdings: Option<Blob>,
    /// Only without holdings: the leaf that is there instead; absent if nothing is.
    #[n(2)]
    pub neighbour: Option<Neighbour>,
    /// From the leaf or the empty place up to the state root, lowest sibling first.
    #[n(3)]
    pub siblings: Vec<Hash32>,
    /// Proof of the state root.
    #[n(4)]
    pub finality: FinalityProof,
}

/// Proves a record that the state has under a name that the verifier knows: a payment, a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordProof {
    /// Canonical bytes of the record.
    #[n(0)]
    pub record: Blob,
    /// From the record up to the state root, lowest sibling first.
    #[n(1)]
    pub siblings: Vec<Hash32>,
    /// Proof of the state root.
    #[n(2)]
    pub finality: FinalityProof,
}

impl FinalityProof {
    /// From exactly the canonical CBOR.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        codec::decode(bytes).map_err(|_| ProofError::Malformed)
    }
}

impl TransactionProof {
    /// From exactly the canonical CBOR.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        codec::decode(bytes).map_err(|_| ProofError::Malformed)
    }
}

impl AccountProof {
    /// From exactly the canonical CBOR.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        codec::decode(bytes).map_err(|_| ProofError::Malformed)
    }
}

impl RecordProof {
    /// From exactly the canonical CBOR.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        codec::decode(bytes).map_err(|_| ProofError::Malformed)
    }
}
