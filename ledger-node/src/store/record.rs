//! What the node stores beside the contract's state, and under which keys. Field numbers are disk format.

pub mod rows;

use dure_consensus::BlockHeader;
use dure_score::{Hash32, TxId, codec};
use minicbor::{Decode, Encode, bytes::ByteVec};

use crate::store::StoreError;

/// Key of the [`Head`] in the meta table.
pub const HEAD: &[u8] = b"head";
/// Key of the genesis' canonical bytes in the meta table.
pub const GENESIS: &[u8] = b"genesis";

/// Key, in the meta table, of the highest height whose transactions and receipts were pruned.
pub const PRUNED: &[u8] = b"pruned";
/// Key of the [`Joined`] in the meta table of a ledger that began with a snapshot.
pub const JOINED: &[u8] = b"joined";

/// Key, in the meta table of a ledger that began with a snapshot, of the mark that the transactions before it which might still be
/// repeated are indexed.
pub const INDEXED: &[u8] = b"indexed";

/// Where a ledger began that was joined from a snapshot: it knows no block and no transaction up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Joined {
    /// The snapshot's height.
    #[n(0)]
    pub height: u64,
    /// Time of the block at that height, ms.
    #[n(1)]
    pub time_ms: u64,
}

/// The last applied block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// Its height; 0 for genesis.
    #[n(0)]
    pub height: u64,
    /// Its digest.
    #[n(1)]
    pub digest: Hash32,
    /// Its time, ms.
    #[n(2)]
    pub time_ms: u64,
    /// State root after it.
    #[n(3)]
    pub state_root: Hash32,
}

/// What is kept of a block beside its transactions and receipts. Height 0 holds genesis.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BlockRecord {
    /// Digest of the header.
    #[n(0)]
    pub digest: Hash32,
    /// State root after the block.
    #[n(1)]
    pub state_root: Hash32,
    /// Root over the block's receipts.
    #[n(2)]
    pub receipts_root: Hash32,
    #[n(3)]
    header: ByteVec,
    #[n(4)]
    certificate: Option<ByteVec>,
}

impl BlockRecord {
    /// Of a header and what came of its block.
    pub fn new(header: &BlockHeader, roots: (Hash32, Hash32), certificate: Option<Vec<u8>>) -> Self {
        Self {
            digest: Hash32::new(header.digest()),
            state_root: roots.0,
            receipts_root: roots.1,
            header: header.encode().into(),
            certificate: certificate.map(Into::into),
        }
    }

    /// The header.
    pub fn header(&self) -> Result<BlockHeader, StoreError> {
        BlockHeader::decode(&self.header)
            .map_err(|error| StoreError::Corrupt(format!("block header: {error}")))
    }

    /// The header's bytes: their SHA-256 is the digest.
    pub fn header_bytes(&self) -> &[u8] {
        &self.header
    }

    /// The validators' certificate, if consensus had it at hand.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_ref().map(|bytes| bytes.as_slice())
    }
}

/// Where a transaction lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TxPosition {
    /// Height of its block.
    #[n(0)]
    pub height: u64,
    /// Index in the block.
    #[n(1)]
    pub index: u32,
}

impl TxPosition {
    /// As the index of transactions stores it: seven to nine bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }
}

/// The application header of a block: what its proposer had executed, and the state root there. Validators refuse a block that claims
/// a root other than their own, so every certificate is also a certificate over state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AppHeader {
    /// A height at or below the parent's.
    #[n(0)]
    pub executed: u64,
    /// State root after it.
    #[n(1)]
    pub state_root: Hash32,
}

impl AppHeader {
    /// Canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// From exactly the canonical bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        codec::decode(bytes).ok()
    }
}

/// Reads a stored record.
pub fn read<T: for<'b> Decode<'b, ()>>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|error| StoreError::Corrupt(format!("{what}: {error}")))
}

/// Key of a height.
pub fn height_key(height: u64) -> [u8; 8] {
    height.to_be_bytes()
}

/// Key of a transaction in the index.
pub fn tx_key(id: &TxId) -> &[u8] {
    id.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_header_bytes_are_fixed() {
        let header = AppHeader { executed: 300, state_root: Hash32::new([0xab; 32]) };
        let expected = [&[0x82, 0x19, 0x01, 0x2c, 0x58, 0x20][..], &[0xab; 32]].concat();
        assert_eq!(header.encode(), expected);
        assert_eq!(AppHeader::decode(&expected), Some(header));
        assert_eq!(AppHeader::decode(&[expected, vec![0]].concat()), None);
    }
}
