//! Blocks in a file, each with its own hash, so that a damaged byte can be told to its block.
//!
//! Content of a segment: for each block in order `height (u64) ‖ length (u32) ‖ body ‖ SHA-256 over these three`,
//! integers big-endian. The body is the CBOR of [`StoredBlock`].

use dure_score::{codec, ids::sha256};
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{ArchiveError, Fault, frame};

/// A segment is closed once it has this many blocks …
pub const MAX_BLOCKS: usize = 1_024;
/// … or this many bytes, whichever comes first.
pub const FULL: usize = 4 * 1024 * 1024;
/// Longest segment that is read, bytes: a full one and the largest block with its receipts on top.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A block as a copy holds it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StoredBlock {
    /// The header's bytes; their SHA-256 is the block's digest.
    #[n(0)]
    pub header: ByteVec,
    /// Transactions.
    #[n(1)]
    pub items: Vec<ByteVec>,
    /// The validators' certificate; absent if the block became final through a later one.
    #[n(2)]
    pub certificate: Option<ByteVec>,
    /// One receipt a transaction.
    #[n(3)]
    pub receipts: Vec<ByteVec>,
}

/// Appends a block to a segment's content.
pub fn append(content: &mut Vec<u8>, height: u64, block: &StoredBlock) {
    let body = codec::encode(block);
    let head = head(height, body.len());
    let hash = sha256(&[&head, &body]);
    content.extend_from_slice(&head);
    content.extend_from_slice(&body);
    content.extend_from_slice(&hash);
}

/// The blocks of a segment's content, which must be those from `first` to `last`.
pub fn read(content: &[u8], first: u64, last: u64) -> Result<Vec<StoredBlock>, ArchiveError> {
    let mut blocks = Vec::new();
    let mut rest = content;
    for height in first..=last {
        let malformed = || ArchiveError::at(height, Fault::Malformed("record"));
        let (record, after) = split(rest, height).ok_or_else(malformed)?;
        // The hash of the file covers the record; its own is looked at only to find damage.
        blocks.push(codec::decode(record.body).map_err(|_| malformed())?);
        rest = after;
    }
    if rest.is_empty() { Ok(blocks) } else { Err(ArchiveError::at(last, Fault::Malformed("segment"))) }
}

/// The first block of a damaged file whose record is not as written; `first` if only the file's own frame is.
pub fn locate_damage(file: &[u8], first: u64, last: u64) -> u64 {
    let mut rest = frame::unchecked(file);
    for height in first..=last {
        match split(rest, height) {
            Some((record, after)) if sha256(&[record.head, record.body]) == *record.hash => rest = after,
            _ => return height,
        }
    }
    first
}

struct Record<'a> {
    head: &'a [u8],
    body: &'a [u8],
    hash: &'a [u8; 32],
}

fn head(height: u64, length: usize) -> [u8; 12] {
    let mut out = [0; 12];
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    out.iter_mut().zip(height.to_be_bytes().into_iter().chain(length)).for_each(|(to, from)| *to = from);
    out
}

fn split(rest: &[u8], height: u64) -> Option<(Record<'_>, &[u8])> {
    let (head, after) = rest.split_at_checked(12)?;
    let (number, length) = head.split_first_chunk::<8>()?;
    if u64::from_be_bytes(*number) != height {
        return None;
    }
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let (body, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
    let (hash, after) = after.split_first_chunk::<32>()?;
    Some((Record { head, body, hash }, after))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]
    use super::*;
    use crate::history::archive::frame::{Kind, seal};

    #[test]
    fn a_flipped_byte_is_told_to_its_block() {
        let block = |fill: u8| StoredBlock {
            header: vec![fill; 40].into(),
            items: vec![vec![fill; 9].into()],
            certificate: None,
            receipts: vec![vec![fill; 5].into()],
        };
        let (mut content, mut ends) = (Vec::new(), Vec::new());
        for height in 5..8u8 {
            append(&mut content, height.into(), &block(height));
            ends.push(content.len());
        }
        assert_eq!(read(&content, 5, 7).unwrap(), [block(5), block(6), block(7)]);
        assert_eq!(read(&content, 5, 6).unwrap_err().block(), Some(6));
        assert_eq!(read(&content, 5, 8).unwrap_err().block(), Some(8));
        let (file, _) = seal(Kind::Segment, &content);
        for at in 0..content.len() {
            let mut bad = file.clone();
            bad[at + 17] ^= 1;
            let expected = 5 + ends.iter().filter(|end| **end <= at).count() as u64;
            assert_eq!(locate_damage(&bad, 5, 7), expected, "byte {at}");
        }
    }
}
