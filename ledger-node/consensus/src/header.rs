//! The block header: what validators sign, and all that a proof has to carry.
//!
//! Layout of [`BlockHeader::encode`] (integers big-endian):
//!
//! | bytes | field |
//! |---|---|
//! | 8 | magic `DUREBLK1` |
//! | 8 | height |
//! | 32 | parent digest |
//! | 8 | time, milliseconds since 1970 |
//! | 32 | proposer, ed25519 public key |
//! | 32 | items root |
//! | 8 + 8 + 8 | epoch, view, parent's view |
//! | 2 | length of the application header |
//! | n | application header |
//!
//! There is one encoding for each header, and the digest is SHA-256 over it.

use bytes::{Buf, BufMut};

use crate::{DecodeError, Hash};
use dure_chain::{list::root as items_root, sha256};

/// First bytes of every header: names the format and its version, and separates the digest's domain.
pub const HEADER_MAGIC: [u8; 8] = *b"DUREBLK1";

/// Longest application header, bytes. Room for a height and several roots, small enough for any proof.
pub const MAX_APP_BYTES: usize = 256;

/// Bytes of a header without its application header.
const FIXED_BYTES: usize = 8 + 8 + 32 + 8 + 32 + 32 + 24 + 2;

/// Longest encoded header, bytes.
pub(crate) const MAX_HEADER_BYTES: usize = FIXED_BYTES + MAX_APP_BYTES;

/// The part of a block that validators sign (through [`BlockHeader::digest`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// Distance from genesis; genesis is 0.
    pub height: u64,
    /// Digest of the block before this one; zero for genesis.
    pub parent: Hash,
    /// Proposer's clock, milliseconds since 1970; strictly greater than the parent's.
    pub time_ms: u64,
    /// Proposer's ed25519 public key.
    pub proposer: [u8; 32],
    /// Root over the items, see [`dure_chain::list::root`].
    pub items_root: Hash,
    /// Application header, at most [`MAX_APP_BYTES`]; opaque here.
    pub app: Vec<u8>,
    /// Validator-set period in which the block was proposed.
    pub epoch: u64,
    /// Consensus view in which the block was proposed; grows, but not by one each block.
    pub view: u64,
    /// View of the parent block.
    pub parent_view: u64,
}

impl BlockHeader {
    /// Canonical bytes. An application header longer than [`MAX_APP_BYTES`] is never built by an orderer and
    /// yields bytes that [`BlockHeader::decode`] refuses.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FIXED_BYTES.saturating_add(self.app.len()));
        out.put_slice(&HEADER_MAGIC);
        out.put_u64(self.height);
        out.put_slice(&self.parent);
        out.put_u64(self.time_ms);
        out.put_slice(&self.proposer);
        out.put_slice(&self.items_root);
        out.put_u64(self.epoch);
        out.put_u64(self.view);
        out.put_u64(self.parent_view);
        out.put_u16(u16::try_from(self.app.len()).unwrap_or(u16::MAX));
        out.put_slice(&self.app);
        out
    }

    /// Reads exactly one header; every other byte sequence than that of [`BlockHeader::encode`] is an error.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut buf = bytes;
        let header = Self::read(&mut buf)?;
        if buf.has_remaining() {
            return Err(DecodeError::Trailing(buf.remaining()));
        }
        Ok(header)
    }

    /// SHA-256 over [`BlockHeader::encode`].
    pub fn digest(&self) -> Hash {
        sha256(&[&self.encode()])
    }

    /// Encoded length, bytes.
    pub(crate) fn encoded_len(&self) -> usize {
        FIXED_BYTES.saturating_add(self.app.len())
    }

    /// Reads a header from the front of `buf` and leaves what follows.
    pub(crate) fn read(buf: &mut impl Buf) -> Result<Self, DecodeError> {
        if array::<8>(buf)? != HEADER_MAGIC {
            return Err(DecodeError::Magic);
        }
        let height = number(buf)?;
        let parent = array(buf)?;
        let time_ms = number(buf)?;
        let proposer = array(buf)?;
        let items_root = array(buf)?;
        let (epoch, view, parent_view) = (number(buf)?, number(buf)?, number(buf)?);
        let app_len = usize::from(buf.try_get_u16().map_err(|_| DecodeError::Truncated)?);
        if app_len > MAX_APP_BYTES {
            return Err(DecodeError::AppTooLong(app_len));
        }
        if buf.remaining() < app_len {
            return Err(DecodeError::Truncated);
        }
        let mut app = vec![0; app_len];
        buf.copy_to_slice(&mut app);
        Ok(Self { height, parent, time_ms, proposer, items_root, app, epoch, view, parent_view })
    }
}

fn number(buf: &mut impl Buf) -> Result<u64, DecodeError> {
    buf.try_get_u64().map_err(|_| DecodeError::Truncated)
}

fn array<const N: usize>(buf: &mut impl Buf) -> Result<[u8; N], DecodeError> {
    let mut out = [0; N];
    buf.try_copy_to_slice(&mut out).map_err(|_| DecodeError::Truncated)?;
    Ok(out)
}

/// The agreed block 0 of a chain and its first validators. It has no items, time 0 and the lowest validator
/// key as its proposer; its application header is SHA-256 over the chain name and the sorted keys, so two
/// chains, or two validator sets, never share a digest.
pub fn genesis_header(chain: &[u8], validators: &[[u8; 32]]) -> BlockHeader {
    let mut keys = validators.to_vec();
    keys.sort_unstable();
    let chain_len = u64::try_from(chain.len()).unwrap_or(u64::MAX).to_be_bytes();
    let app = sha256(&[b"dure/genesis/v1", &chain_len, chain, keys.as_flattened()]);
    let none: [&[u8]; 0] = [];
    BlockHeader {
        height: 0,
        parent: [0; 32],
        time_ms: 0,
        proposer: keys.first().copied().unwrap_or_default(),
        items_root: items_root(&none),
        app: app.to_vec(),
        epoch: 0,
        view: 0,
        parent_view: 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn sample() -> BlockHeader {
        BlockHeader {
            height: 7,
            parent: [0x11; 32],
            time_ms: 1_790_000_000_123,
            proposer: [0x22; 32],
            items_root: [0x33; 32],
            app: vec![0xAA, 0xBB, 0xCC],
            epoch: 0,
            view: 9,
            parent_view: 8,
        }
    }

    /// The signed bytes are a public format: a change here breaks every stored certificate.
    #[test]
    fn golden_bytes() {
        let expected = [
            "44555245424c4b31",
            "0000000000000007",
            &"11".repeat(32),
            "000001a0c4506c7b",
            &"22".repeat(32),
            &"33".repeat(32),
            "000000000000000000000000000000090000000000000008",
            "0003aabbcc",
        ]
        .concat();
        assert_eq!(hex::encode(sample().encode()), expected);
        assert_eq!(sample().digest(), sha256(&[&hex::decode(expected).unwrap()]));
        assert_eq!(sample().encode().len(), sample().encoded_len());
    }

    #[test]
    fn decodes_what_it_encodes_and_nothing_else() {
        let bytes = sample().encode();
        assert_eq!(BlockHeader::decode(&bytes).unwrap(), sample());
        for cut in 0..bytes.len() {
            assert_eq!(BlockHeader::decode(&bytes[..cut]), Err(DecodeError::Truncated), "{cut} bytes");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(BlockHeader::decode(&longer), Err(DecodeError::Trailing(1)));
        let mut other = bytes;
        other[0] ^= 1;
        assert_eq!(BlockHeader::decode(&other), Err(DecodeError::Magic));
    }

    #[test]
    fn refuses_a_long_application_header() {
        let header = BlockHeader { app: vec![0; MAX_APP_BYTES + 1], ..sample() };
        assert_eq!(BlockHeader::decode(&header.encode()), Err(DecodeError::AppTooLong(257)));
        let header = BlockHeader { app: vec![0; MAX_APP_BYTES], ..sample() };
        assert_eq!(BlockHeader::decode(&header.encode()).unwrap(), header);
    }

    #[test]
    fn genesis_binds_chain_and_validators_but_not_their_order() {
        let (a, b) = ([1; 32], [2; 32]);
        let base = genesis_header(b"campus", &[a, b]);
        assert_eq!(base, genesis_header(b"campus", &[b, a]));
        assert_ne!(base.digest(), genesis_header(b"city", &[a, b]).digest());
        assert_ne!(base.digest(), genesis_header(b"campus", &[a]).digest());
    }
}
