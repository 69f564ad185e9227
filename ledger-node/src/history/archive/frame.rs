//! The one form of every file of a copy.
//!
//! | bytes | field |
//! |---|---|
//! | 8 | magic `DUREARC1` |
//! | 1 | kind |
//! | 8 | length of the content, big-endian |
//! | n | content |
//! | 32 | SHA-256 over everything before |
//!
//! The last 32 bytes are the file's name in a manifest.

use dure_score::{Hash32, ids::sha256};

/// First bytes of every file: names the format and its version.
pub const MAGIC: [u8; 8] = *b"DUREARC1";

/// Bytes around the content.
pub const OVERHEAD: usize = HEAD + TAIL;

const HEAD: usize = 8 + 1 + 8;
const TAIL: usize = 32;

/// What a file holds. The numbers are disk format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A backup's manifest.
    Backup,
    /// Blocks.
    Segment,
    /// A snapshot's manifest.
    Snapshot,
    /// A part of a snapshot's state.
    Chunk,
}

impl Kind {
    const fn number(self) -> u8 {
        match self {
            Self::Backup => 1,
            Self::Segment => 2,
            Self::Snapshot => 3,
            Self::Chunk => 4,
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Not a file of ours, or of another kind.
    #[error("does not begin as such a file does")]
    Start,
    /// Shorter or longer than it says.
    #[error("is shorter or longer than it says")]
    Length,
    /// The bytes are not those that were written.
    #[error("does not have the content that was written")]
    Content,
    /// A good file, but not the one that the manifest names.
    #[error("is not the file that the manifest names")]
    Other,
}

/// A file's bytes, and its hash.
pub fn seal(kind: Kind, content: &[u8]) -> (Vec<u8>, Hash32) {
    let mut out = Vec::with_capacity(content.len().saturating_add(OVERHEAD));
    out.extend_from_slice(&MAGIC);
    out.push(kind.number());
    out.extend_from_slice(&u64::try_from(content.len()).unwrap_or(u64::MAX).to_be_bytes());
    out.extend_from_slice(content);
    let hash = sha256(&[&out]);
    out.extend_from_slice(&hash);
    (out, Hash32::new(hash))
}

/// The content of a file and its hash, if every byte is as written.
pub fn open(kind: Kind, bytes: &[u8]) -> Result<(&[u8], Hash32), Damage> {
    let (head, content, hash) = parts(bytes).ok_or(Damage::Length)?;
    let (magic, rest) = head.split_at(MAGIC.len());
    let (number, length) = rest.split_first().ok_or(Damage::Start)?;
    if magic != MAGIC || *number != kind.number() {
        return Err(Damage::Start);
    }
    if length != u64::try_from(content.len()).unwrap_or(u64::MAX).to_be_bytes() {
        return Err(Damage::Length);
    }
    if sha256(&[head, content]) != hash { Err(Damage::Content) } else { Ok((content, Hash32::new(hash))) }
}

/// The content of a file that a manifest names by `hash`.
pub fn open_named<'a>(kind: Kind, bytes: &'a [u8], hash: &Hash32) -> Result<&'a [u8], Damage> {
    let (content, found) = open(kind, bytes)?;
    if found == *hash { Ok(content) } else { Err(Damage::Other) }
}

/// What would be the content, unchecked: to find the place of a damage.
pub fn unchecked(bytes: &[u8]) -> &[u8] {
    parts(bytes).map_or(&[], |(_, content, _)| content)
}

fn parts(bytes: &[u8]) -> Option<(&[u8], &[u8], [u8; TAIL])> {
    let (rest, hash) = bytes.split_last_chunk::<TAIL>()?;
    let (head, content) = rest.split_at_checked(HEAD)?;
    Some((head, content, *hash))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let (bytes, hash) = seal(Kind::Chunk, b"some state");
        assert_eq!(open_named(Kind::Chunk, &bytes, &hash).unwrap(), b"some state");
        assert_eq!(open(Kind::Segment, &bytes), Err(Damage::Start));
        assert_eq!(open_named(Kind::Chunk, &bytes, &Hash32::new([1; 32])), Err(Damage::Other));
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(open(Kind::Chunk, &bad).is_err(), "bit {bit}");
        }
        for cut in 0..bytes.len() {
            assert!(open(Kind::Chunk, &bytes[..cut]).is_err(), "{cut} bytes");
        }
        assert!(open(Kind::Chunk, &[bytes, vec![0]].concat()).is_err());
    }
}
