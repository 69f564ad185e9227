//! A block's transactions and receipts on disk: rows of [`ROW`] transactions, each followed by what its receipt adds to it.
//!
//! A receipt begins with what is known without it: the transaction's id (a hash of its bytes), its signer, place and time. That
//! is left out and put back when it is read, byte for byte, because the receipts root is over the whole bytes. What remains names
//! the same accounts as the transaction before it, which the engine's compression removes.
//!
//! A row is read for one receipt and for a whole block: large enough that its key and its place in the engine's memory cost
//! little, small enough to be unpacked in some microseconds.
//!
//! Bytes of a row, a CBOR sequence: block time (ms), then for each transaction two byte strings, its wire bytes and the rest of
//! its receipt.

use std::convert::Infallible;

use bytes::Bytes;
use dure_score::{CertId, ChainId, TxId, ids::sha256, tx::signing_message};
use minicbor::{Decoder, Encoder, decode, encode::Error as EncodeError};

use super::{TxPosition, height_key};
use crate::store::{Batch, Read, StoreError, Table};

/// Transactions of a full row.
pub const ROW: usize = 32;

/// The same, to reckon with indexes.
const ROW_INDEX: u32 = 32;

/// Most rows of a block.
const MAX_ROWS: usize = dure_consensus::MAX_ITEMS.div_ceil(ROW);

/// A transaction that came into a block, and its receipt.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// The transaction's wire bytes.
    pub item: &'a [u8],
    /// Its id.
    pub id: TxId,
    /// Its signer.
    pub signer: CertId,
    /// Canonical bytes of its receipt.
    pub receipt: &'a [u8],
}

/// A transaction and its receipt, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The transaction's wire bytes.
    pub item: Bytes,
    /// Canonical bytes of its receipt.
    pub receipt: Vec<u8>,
}

/// Puts the rows of the block at `height`, whose time is `time_ms`, to `put`. Fails if a receipt is not that of its place.
pub fn encode<'a>(
    height: u64,
    time_ms: u64,
    entries: impl ExactSizeIterator<Item = Whole<'a>>,
    mut put: impl FnMut([u8; 12], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut row, mut start) = (Vec::new(), Vec::new());
    let mut waiting = entries.len();
    for (index, entry) in (0u32..).zip(entries) {
        let failed = |error: EncodeError<Infallible>| broken(height, error);
        if index % ROW_INDEX == 0 {
            row.clear();
            Encoder::new(&mut row).u64(time_ms).map_err(failed)?;
        }
        write_start(&mut start, TxPosition { height, index }, time_ms, (entry.id, entry.signer))
            .map_err(failed)?;
        let rest = entry.receipt.strip_prefix(start.as_slice());
        let rest = rest.ok_or_else(|| broken(height, format!("receipt {index} is not that of its place")))?;
        Encoder::new(&mut row).bytes(entry.item).and_then(|to| to.bytes(rest)).map_err(failed)?;
        waiting = waiting.saturating_sub(1);
        if index % ROW_INDEX == ROW_INDEX - 1 || waiting == 0 {
            put(row_key(height, index / ROW_INDEX), &row)?;
        }
    }
    Ok(())
}

/// The transactions of the block at `height`, in order; none if it has none, or is not here.
pub fn items(from: &dyn Read, height: u64) -> Result<Vec<Bytes>, StoreError> {
    let mut items = Vec::new();
    each(from, height, |_, item, _| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

/// The transactions and receipts of the block at `height`, in order.
pub fn entries(from: &dyn Read, height: u64) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    each(from, height, |time_ms, item, rest| {
        let index = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let receipt = receipt(TxPosition { height, index }, time_ms, &item, rest)?;
        entries.push(Entry { item, receipt });
        Ok(())
    })?;
    Ok(entries)
}

/// The transaction at a place and its receipt.
pub fn entry(from: &dyn Read, place: TxPosition) -> Result<Option<Entry>, StoreError> {
    let key = row_key(place.height, place.index / ROW_INDEX);
    let Some(row) = from.get(Table::Blocks, &key)?.map(Bytes::from) else { return Ok(None) };
    let mut left = place.index % ROW_INDEX;
    let mut found = None;
    let damaged = |error: decode::Error| broken(place.height, error);
    let mut reader = Decoder::new(&row);
    let time_ms = reader.u64().map_err(damaged)?;
    while reader.position() < row.len() {
        let (item, rest) = (reader.bytes().map_err(damaged)?, reader.bytes().map_err(damaged)?);
        if left == 0 {
            let item = row.slice_ref(item);
            let receipt = receipt(place, time_ms, &item, rest)?;
            found = Some(Entry { item, receipt });
            break;
        }
        left = left.saturating_sub(1);
    }
    Ok(found)
}

/// Deletes the transactions and receipts of the blocks `first..=last`.
pub fn delete(batch: &mut Batch, first: u64, last: u64) {
    batch.delete_range(Table::Blocks, height_key(first), height_key(last.saturating_add(1)));
}

/// Where a row is: the block's height and the row's number.
fn row_key(height: u64, number: u32) -> [u8; 12] {
    let mut key = [0; 12];
    let bytes = height.to_be_bytes().into_iter().chain(number.to_be_bytes());
    key.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    key
}

/// Hands out block time, transaction and rest of the receipt of everything in a block. Nothing of a row is copied.
fn each(
    from: &dyn Read,
    height: u64,
    mut take: impl FnMut(u64, Bytes, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let damaged = |error: decode::Error| broken(height, error);
    for (_, row) in from.scan(Table::Blocks, &height_key(height), MAX_ROWS)? {
        let row = Bytes::from(row);
        let mut reader = Decoder::new(&row);
        let time_ms = reader.u64().map_err(damaged)?;
        while reader.position() < row.len() {
            let (item, rest) = (reader.bytes().map_err(damaged)?, reader.bytes().map_err(damaged)?);
            take(time_ms, row.slice_ref(item), rest)?;
        }
    }
    Ok(())
}

/// A receipt's canonical bytes from the transaction that it is of, and the rest.
fn receipt(place: TxPosition, time_ms: u64, item: &[u8], rest: &[u8]) -> Result<Vec<u8>, StoreError> {
    let who = identify(item).map_err(|error| broken(place.height, error))?;
    let mut bytes = Vec::with_capacity(START.saturating_add(rest.len()));
    write_start(&mut bytes, place, time_ms, who).map_err(|error| broken(place.height, error))?;
    bytes.extend_from_slice(rest);
    Ok(bytes)
}

/// Bytes of the fields that a receipt begins with, at most.
const START: usize = 80;

/// The fields of a receipt that are known without it, as its canonical bytes begin.
fn write_start(
    out: &mut Vec<u8>,
    place: TxPosition,
    time_ms: u64,
    (id, signer): (TxId, CertId),
) -> Result<(), EncodeError<Infallible>> {
    out.clear();
    let mut start = Encoder::new(out);
    start.array(7)?.encode(id)?.encode(signer)?;
    start.u64(place.height)?.u32(place.index)?.u64(time_ms)?;
    Ok(())
}

/// Id and signer of a transaction in its wire form, which was checked long ago: only what is needed is looked at.
fn identify(item: &[u8]) -> Result<(TxId, CertId), decode::Error> {
    let mut envelope = Decoder::new(item);
    envelope.array()?;
    let body = envelope.bytes()?;
    let mut transaction = Decoder::new(body);
    transaction.array()?;
    let (chain, signer): (ChainId, CertId) = (transaction.decode()?, transaction.decode()?);
    Ok((TxId::new(sha256(&[&signing_message(&chain, body)])), signer))
}

fn broken(height: u64, what: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("block {height}: {what}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::store::{MemoryStore, Store as _};
    use dure_score::{
        Amount, Bid, Call, CampaignId, Receipt, Refusal, SignedTx, Transaction, call::TokenCharge,
        effect::Effect, ids::DepositRef, receipt::Outcome, signature::SigningKey,
    };

    const TIME: u64 = 1_800_000_000_000;

    fn charge(number: u32) -> SignedTx {
        let key = SigningKey::from_seed([7; 32]);
        let chain = ChainId::new("rows-1").unwrap();
        let call = Call::TokenCharge(TokenCharge {
            to: Bid::new([4; 16]),
            amount: Amount::new(number.into()),
            deposit: DepositRef::new(&format!("D{number}")).unwrap(),
            campaign: CampaignId::COIN,
        });
        let signer = key.public_key().certificate_id(&chain);
        Transaction { chain, signer, nonce: number.into(), valid_until: TIME, call }.sign(&key)
    }

    fn receipt_of(tx: &SignedTx, height: u64, index: u32) -> Receipt {
        let balance = Effect::Balance { owner: Bid::new([4; 16]), total: Amount::new(index.into()) };
        let (outcome, effects) = match index % 3 {
            0 => (Outcome::Refused { refusal: Refusal::Replay }, vec![]),
            more => (Outcome::Applied, vec![balance; usize::try_from(more).unwrap()]),
        };
        let (tx, signer) = (tx.id(), tx.transaction().signer);
        Receipt { tx, signer, height, index, time_ms: TIME, outcome, effects }
    }

    fn block(height: u64, count: u32) -> Vec<(SignedTx, Receipt)> {
        let txs = (0..count).map(|index| (charge(index), index));
        txs.map(|(tx, index)| (tx.clone(), receipt_of(&tx, height, index))).collect()
    }

    fn store(store: &MemoryStore, height: u64, block: &[(SignedTx, Receipt)]) -> Result<(), StoreError> {
        let bytes: Vec<Vec<u8>> = block.iter().map(|(_, receipt)| receipt.to_bytes()).collect();
        let whole = block.iter().zip(&bytes).map(|((tx, receipt), bytes)| Whole {
            item: tx.wire(),
            id: receipt.tx,
            signer: receipt.signer,
            receipt: bytes,
        });
        let mut batch = Batch::default();
        encode(height, TIME, whole, |key, row| {
            batch.put(Table::Blocks, key, row);
            Ok(())
        })?;
        store.write(batch)
    }

    #[test]
    fn every_transaction_and_receipt_comes_back_byte_for_byte() {
        for count in [0, 1, 31, 32, 33, 64, 100] {
            let memory = MemoryStore::default();
            for height in [255, 256, 70_000] {
                store(&memory, height, &block(height, count)).unwrap();
            }
            for height in [255, 256, 70_000] {
                let expected = block(height, count);
                let read = entries(&memory, height).unwrap();
                assert_eq!(read.len(), expected.len());
                let items = items(&memory, height).unwrap();
                for (index, ((tx, receipt), found)) in (0u32..).zip(expected.iter().zip(&read)) {
                    assert_eq!((found.item.as_ref(), &found.receipt), (tx.wire(), &receipt.to_bytes()));
                    assert_eq!(items[usize::try_from(index).unwrap()], found.item);
                    assert_eq!(entry(&memory, TxPosition { height, index }).unwrap().as_ref(), Some(found));
                }
                assert_eq!(entry(&memory, TxPosition { height, index: count }).unwrap(), None);
            }
            assert!(entries(&memory, 257).unwrap().is_empty());
        }
    }

    #[test]
    fn the_bytes_of_a_row_are_fixed() {
        let memory = MemoryStore::default();
        let block = block(3, 2);
        store(&memory, 3, &block).unwrap();
        let found = memory.scan(Table::Blocks, b"", 9).unwrap();
        let mut row = vec![0x1b, 0x00, 0x00, 0x01, 0xa3, 0x18, 0x5c, 0x50, 0x00];
        // array(7), 32 and 16 bytes with their heads, height, index below 24, a time of nine bytes.
        let start = 1 + 34 + 17 + 1 + 1 + 9;
        for (tx, receipt) in &block {
            Encoder::new(&mut row).bytes(tx.wire()).unwrap().bytes(&receipt.to_bytes()[start..]).unwrap();
        }
        assert_eq!(found, [(vec![0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0], row)]);
    }

    #[test]
    fn a_receipt_of_another_place_is_not_stored() {
        let memory = MemoryStore::default();
        let spoil: [fn(&mut Receipt); 5] = [
            |receipt| receipt.index += 1,
            |receipt| receipt.height += 1,
            |receipt| receipt.time_ms += 1,
            |receipt| receipt.tx = TxId::default(),
            |receipt| receipt.signer = CertId::default(),
        ];
        for spoil in spoil {
            let mut receipt = receipt_of(&charge(1), 5, 0);
            let (id, signer) = (receipt.tx, receipt.signer);
            spoil(&mut receipt);
            let (tx, bytes) = (charge(1), receipt.to_bytes());
            let whole = [Whole { item: tx.wire(), id, signer, receipt: &bytes }];
            assert!(matches!(encode(5, TIME, whole.into_iter(), |_, _| Ok(())), Err(StoreError::Corrupt(_))));
        }
        assert!(memory.scan(Table::Blocks, b"", 1).unwrap().is_empty());
    }

    #[test]
    fn a_damaged_row_is_an_error_or_another_receipt_never_a_panic() {
        let memory = MemoryStore::default();
        store(&memory, 9, &block(9, 3)).unwrap();
        let (key, row) = memory.scan(Table::Blocks, b"", 1).unwrap().remove(0);
        let place = TxPosition { height: 9, index: 2 };
        let good = entry(&memory, place).unwrap().unwrap();
        let read = |row: &[u8]| {
            let damaged = MemoryStore::default();
            let mut batch = Batch::default();
            batch.put(Table::Blocks, &key, row);
            damaged.write(batch).unwrap();
            (entries(&damaged, 9), entry(&damaged, place))
        };
        let mut torn = 0;
        for end in 0..row.len() {
            let (all, one) = read(&row[..end]);
            torn += usize::from(all.is_err());
            assert_ne!(one.ok().flatten().as_ref(), Some(&good));
        }
        assert!(torn + 4 >= row.len(), "a row is whole at its start and after an entry only");
        for at in 0..row.len() {
            let mut flipped = row.clone();
            flipped[at] ^= 0x40;
            let whole = read(&flipped).0.is_ok_and(|all| all == entries(&memory, 9).unwrap());
            assert!(!whole, "byte {at}");
        }
    }
}
