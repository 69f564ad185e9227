//! A block: a header and the items that it commits to.
//!
//! Layout of [`Block::encode`]: header, then the number of items (u32, big-endian), then for each item its
//! length (u32, big-endian) and its bytes. Decoding recomputes the items root: nobody can attach other items
//! to a signed digest.

use bytes::{Buf, BufMut, Bytes};

use crate::header::MAX_HEADER_BYTES;
use crate::{BlockHeader, DecodeError};
use dure_chain::list::root as items_root;

/// Most items in a block: what a node can check and execute well within a second.
pub const MAX_ITEMS: usize = 10_000;

/// Longest item, bytes.
pub const MAX_ITEM_BYTES: usize = 64 * 1024;

/// Most bytes of all items of a block together: one block must cross a slow link within the timeouts.
pub const MAX_BLOCK_BYTES: usize = 4 * 1024 * 1024;

/// Longest encoded block, bytes.
pub(crate) const MAX_ENCODED_BYTES: usize = MAX_HEADER_BYTES + 4 + 4 * MAX_ITEMS + MAX_BLOCK_BYTES;

/// An ordered list of opaque items under a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What validators sign.
    pub header: BlockHeader,
    /// The ordered items.
    pub items: Vec<Bytes>,
}

impl Block {
    /// Canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.encoded_len());
        self.write(&mut out);
        out
    }

    /// Reads exactly one block whose items are those that its header commits to.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut buf = Bytes::copy_from_slice(bytes);
        let block = Self::read(&mut buf)?;
        if buf.has_remaining() {
            return Err(DecodeError::Trailing(buf.remaining()));
        }
        Ok(block)
    }

    /// Encoded length, bytes.
    pub(crate) fn encoded_len(&self) -> usize {
        let items =
            self.items.iter().fold(4usize, |sum, item| sum.saturating_add(4).saturating_add(item.len()));
        self.header.encoded_len().saturating_add(items)
    }

    /// Appends the canonical bytes to `out`. Lengths beyond u32 cannot occur within the bounds of a block.
    pub(crate) fn write(&self, out: &mut impl BufMut) {
        out.put_slice(&self.header.encode());
        out.put_u32(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
        for item in &self.items {
            out.put_u32(u32::try_from(item.len()).unwrap_or(u32::MAX));
            out.put_slice(item);
        }
    }

    /// Reads a block from the front of `buf`, sharing its storage where it can, and leaves what follows.
    pub(crate) fn read(buf: &mut impl Buf) -> Result<Self, DecodeError> {
        let header = BlockHeader::read(buf)?;
        let count = length(buf)?;
        if count > MAX_ITEMS {
            return Err(DecodeError::TooManyItems(count));
        }
        // A length is four bytes, so a short input cannot make us reserve for items that it does not have.
        let mut items = Vec::with_capacity(count.min(buf.remaining() / 4));
        let mut total = 0usize;
        for _ in 0..count {
            let len = length(buf)?;
            total = total.saturating_add(len);
            check_sizes(len, total)?;
            if buf.remaining() < len {
                return Err(DecodeError::Truncated);
            }
            items.push(buf.copy_to_bytes(len));
        }
        if items_root(&items) != header.items_root {
            return Err(DecodeError::RootMismatch);
        }
        Ok(Self { header, items })
    }
}

/// Checks an application's content against the bounds of a block, before it is proposed.
pub(crate) fn check_content(app: &[u8], items: &[Bytes]) -> Result<(), DecodeError> {
    if app.len() > crate::MAX_APP_BYTES {
        return Err(DecodeError::AppTooLong(app.len()));
    }
    if items.len() > MAX_ITEMS {
        return Err(DecodeError::TooManyItems(items.len()));
    }
    let mut total = 0usize;
    for item in items {
        total = total.saturating_add(item.len());
        check_sizes(item.len(), total)?;
    }
    Ok(())
}

fn check_sizes(item: usize, total: usize) -> Result<(), DecodeError> {
    if item > MAX_ITEM_BYTES {
        return Err(DecodeError::ItemTooLong(item));
    }
    if total > MAX_BLOCK_BYTES {
        return Err(DecodeError::BlockTooLarge(total));
    }
    Ok(())
}

fn length(buf: &mut impl Buf) -> Result<usize, DecodeError> {
    let len = buf.try_get_u32().map_err(|_| DecodeError::Truncated)?;
    usize::try_from(len).map_err(|_| DecodeError::Truncated)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::genesis_header;

    fn block(items: &[&'static [u8]]) -> Block {
        let items: Vec<Bytes> = items.iter().map(|item| Bytes::from_static(item)).collect();
        let header = BlockHeader { items_root: items_root(&items), ..genesis_header(b"test", &[[3; 32]]) };
        Block { header, items }
    }

    #[test]
    fn round_trip() {
        for sample in [block(&[]), block(&[b"", b"one", b"two"])] {
            let bytes = sample.encode();
            assert_eq!(bytes.len(), sample.encoded_len());
            assert_eq!(Block::decode(&bytes).unwrap(), sample);
        }
    }

    #[test]
    fn refuses_other_items_under_the_same_header() {
        let mut forged = block(&[b"pay mina"]);
        forged.items = vec![Bytes::from_static(b"pay juno")];
        assert_eq!(Block::decode(&forged.encode()), Err(DecodeError::RootMismatch));
        forged.items.clear();
        assert_eq!(Block::decode(&forged.encode()), Err(DecodeError::RootMismatch));
    }

    #[test]
    fn refuses_every_truncation_and_trailing_bytes() {
        let bytes = block(&[b"one", b"two"]).encode();
        for cut in 0..bytes.len() {
            assert_eq!(Block::decode(&bytes[..cut]), Err(DecodeError::Truncated), "{cut} bytes");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Block::decode(&longer), Err(DecodeError::Trailing(1)));
    }

    #[test]
    fn refuses_what_exceeds_the_bounds() {
        let long = Bytes::from(vec![0; MAX_ITEM_BYTES + 1]);
        assert_eq!(
            check_content(&[], std::slice::from_ref(&long)),
            Err(DecodeError::ItemTooLong(long.len()))
        );
        let full = vec![Bytes::from(vec![0; MAX_ITEM_BYTES]); MAX_BLOCK_BYTES / MAX_ITEM_BYTES];
        assert_eq!(check_content(&[], &full), Ok(()));
        let over = [full, vec![Bytes::from_static(b"x")]].concat();
        assert_eq!(check_content(&[], &over), Err(DecodeError::BlockTooLarge(MAX_BLOCK_BYTES + 1)));
        let many = vec![Bytes::new(); MAX_ITEMS + 1];
        assert_eq!(check_content(&[], &many), Err(DecodeError::TooManyItems(MAX_ITEMS + 1)));
        assert_eq!(check_content(&[0; 257], &[]), Err(DecodeError::AppTooLong(257)));

        let mut count = block(&[]).encode();
        let at = count.len() - 4;
        count[at..].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(matches!(Block::decode(&count), Err(DecodeError::TooManyItems(_))));
    }
}
