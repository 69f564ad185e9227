//! The form of a snapshot: the state at one height, and what proves it.

use dure_consensus::BlockHeader;
use dure_proof::{Blob, FinalityProof, Sets};
use dure_score::{ChainId, Genesis, Hash32, codec};
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{ArchiveError, Fault, frame, frame::Kind, proof};

/// Version of the format.
pub const FORMAT: u32 = 1;
/// A chunk is closed once it has this many bytes.
pub const CHUNK_BYTES: usize = 1024 * 1024;
/// Longest file of a chunk, bytes: a full chunk with the largest record on top.
pub const MAX_CHUNK_BYTES: usize = 8 * 1024 * 1024;
/// Most chunks: 64 GiB of state.
pub const MAX_CHUNKS: usize = 65_536;
/// Longest file of a manifest, bytes: all hashes, and a proof with many changes of validators.
pub const MAX_MANIFEST_BYTES: usize = 32 * 1024 * 1024;
/// Most headers from the snapshot's block to the one that proves it.
pub const MAX_HEADERS: usize = 512;

/// One entry of the state.
pub type Entry = (ByteVec, ByteVec);

/// What a snapshot consists of. Chunks hold `[* [key, value]]`, in order of key, without gaps from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SnapshotManifest {
    /// Version of the format.
    #[n(0)]
    pub format: u32,
    /// The channel.
    #[n(1)]
    pub chain: ChainId,
    /// Hash of its genesis.
    #[n(2)]
    pub genesis_hash: Hash32,
    /// The last block that the state has seen.
    #[n(3)]
    pub height: u64,
    /// Its digest.
    #[n(4)]
    pub digest: Hash32,
    /// Root of the state.
    #[n(5)]
    pub state_root: Hash32,
    /// Headers from that block up to the one before the proof's, each the parent of the next.
    #[n(6)]
    pub headers: Vec<Blob>,
    /// Proves that the validators agreed on the root.
    #[n(7)]
    pub finality: FinalityProof,
    /// Number of entries.
    #[n(8)]
    pub entries: u64,
    /// Hash of each chunk's file.
    #[n(9)]
    pub chunks: Vec<Hash32>,
}

impl SnapshotManifest {
    /// The file's bytes, and its hash.
    pub fn seal(&self) -> (Vec<u8>, Hash32) {
        frame::seal(Kind::Snapshot, &codec::encode(self))
    }

    /// From a file's bytes; `height` is what its name says. Nothing is proven yet.
    pub fn open(bytes: &[u8], height: u64) -> Result<(Self, Hash32), ArchiveError> {
        let file = manifest_name(height);
        let damaged = |damage| ArchiveError::at(height, Fault::Damaged { file: file.clone(), damage });
        let (content, hash) = frame::open(Kind::Snapshot, bytes).map_err(damaged)?;
        let malformed = || ArchiveError::at(height, Fault::Malformed("snapshot manifest"));
        let manifest: Self = codec::decode(content).map_err(|_| malformed())?;
        let good = manifest.format == FORMAT
            && manifest.height == height
            && manifest.chunks.len() <= MAX_CHUNKS
            && (1..=MAX_HEADERS).contains(&manifest.headers.len());
        if good { Ok((manifest, hash)) } else { Err(malformed()) }
    }

    /// Proves block and state root from the pinned genesis. Returns the header of the block, and the validators.
    pub fn verify(&self, genesis: &Genesis) -> Result<(BlockHeader, Sets), ArchiveError> {
        if self.chain != genesis.chain || self.genesis_hash != genesis.hash() {
            return Err(ArchiveError::OtherGenesis);
        }
        let fault = |fault| ArchiveError::at(self.height, fault);
        let proven = proof::verify(genesis, &self.finality).ok_or(fault(Fault::Certificate))?;
        let malformed = || fault(Fault::Malformed("header"));
        let decode = |bytes: &Blob| BlockHeader::decode(bytes.as_bytes()).map_err(|_| malformed());
        let headers = self.headers.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let mut chain = headers.iter().chain([&proven.header]);
        let first = chain.next().ok_or_else(malformed)?;
        let mut before = first;
        for header in chain {
            if header.parent != before.digest() || Some(header.height) != before.height.checked_add(1) {
                return Err(fault(Fault::Link));
            }
            before = header;
        }
        if first.height != self.height || first.digest() != *self.digest.as_bytes() {
            return Err(fault(Fault::Link));
        }
        if proven.claim.executed != self.height || proven.claim.state_root != self.state_root {
            let (claimed, executed) = (proven.claim.state_root, proven.claim.executed);
            return Err(fault(Fault::Claim { executed, claimed, found: self.state_root }));
        }
        Ok((first.clone(), proven.sets))
    }
}

/// Name of a manifest's file.
pub fn manifest_name(height: u64) -> String {
    format!("snapshot-{height:020}.dure")
}

/// Name of a chunk's file.
pub fn chunk_name(height: u64, index: u32) -> String {
    format!("state-{height:020}-{index:06}.dure")
}

/// The file of a chunk, and its hash.
pub fn seal_chunk(entries: &Vec<Entry>) -> (Vec<u8>, Hash32) {
    frame::seal(Kind::Chunk, &codec::encode(entries))
}

/// The entries in a chunk's file, which must be the one that the manifest of `height` names.
pub fn open_chunk(bytes: &[u8], height: u64, index: u32, hash: &Hash32) -> Result<Vec<Entry>, ArchiveError> {
    let file = || chunk_name(height, index);
    let damaged = |damage| ArchiveError::at(height, Fault::Damaged { file: file(), damage });
    let content = frame::open_named(Kind::Chunk, bytes, hash).map_err(damaged)?;
    minicbor::decode(content).map_err(|_| ArchiveError::at(height, Fault::Malformed("state")))
}
