//! A block header, read by its documented layout.

use dure_score::{Hash32, PublicKey, codec, ids::sha256};

use crate::ProofError;

/// First bytes of every header.
const MAGIC: &[u8; 8] = b"DUREBLK1";

/// Longest application header, bytes.
const MAX_APP_BYTES: usize = 256;

/// What validators sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// SHA-256 of the header's bytes.
    pub digest: Hash32,
    /// Distance from genesis.
    pub height: u64,
    /// Digest of the block before.
    pub parent: Hash32,
    /// Agreed time, ms since 1970 UTC.
    pub time_ms: u64,
    /// Validator that proposed the block.
    pub proposer: PublicKey,
    /// Root over the transactions' wire bytes.
    pub items_root: Hash32,
    /// Validator-set period.
    pub epoch: u64,
    /// Consensus view.
    pub view: u64,
    /// View of the block before.
    pub parent_view: u64,
    /// A height below this one whose state the validators agreed on; `None` for genesis alone.
    pub executed: Option<u64>,
    /// State root there; zero for genesis.
    pub state_root: Hash32,
}

impl Header {
    /// Reads exactly one header.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        read(bytes).ok_or(ProofError::Header)
    }
}

fn read(bytes: &[u8]) -> Option<Header> {
    let digest = Hash32::new(sha256(&[bytes]));
    let rest = bytes.strip_prefix(MAGIC)?;
    let (height, rest) = number(rest)?;
    let (parent, rest) = rest.split_first_chunk::<32>()?;
    let (time_ms, rest) = number(rest)?;
    let (proposer, rest) = rest.split_first_chunk::<32>()?;
    let (items_root, rest) = rest.split_first_chunk::<32>()?;
    let (epoch, rest) = number(rest)?;
    let (view, rest) = number(rest)?;
    let (parent_view, rest) = number(rest)?;
    let (length, app) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length != app.len() || length > MAX_APP_BYTES {
        return None;
    }
    let (executed, state_root) = match height {
        0 => (None, Hash32::default()),
        _ => codec::decode::<(u64, Hash32)>(app).ok().map(|(height, root)| (Some(height), root))?,
    };
    Some(Header {
        digest,
        height,
        parent: Hash32::new(*parent),
        time_ms,
        proposer: PublicKey::new(*proposer),
        items_root: Hash32::new(*items_root),
        epoch,
        view,
        parent_view,
        executed,
        state_root,
    })
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*number), rest))
}
