//! What can be asked of a ledger: blocks, transactions, receipts, and how far back it has them.

use bytes::Bytes;
use dure_score::{Hash32, Receipt, TxId, limits::MAX_VALIDITY_MS};

use super::{pruned::pruned, writer::Ledger};
use crate::store::{
    StoreError, Table,
    record::{BlockRecord, INDEXED, TxPosition, height_key, read, rows, tx_key},
};

/// How far this machine's clock and the block times that it lets pass may be off together, ms: two seconds each, and one more.
const CLOCKS_MS: u64 = 5_000;

/// What a ledger knows of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is in no block that this ledger knows.
    Unknown,
    /// Its receipt.
    Final(Box<Receipt>),
    /// It is in a block, but its receipt is no longer kept here.
    Pruned(TxPosition),
}

impl Ledger {
    /// What is kept of the block at `height`; 0 is genesis.
    pub fn record(&self, height: u64) -> Result<Option<BlockRecord>, StoreError> {
        let bytes = self.store.get(Table::Headers, &height_key(height))?;
        bytes.map(|bytes| read("block record", &bytes)).transpose()
    }

    /// The transactions of the block at `height`.
    pub fn items(&self, height: u64) -> Result<Vec<Bytes>, StoreError> {
        rows::items(&*self.store, height)
    }

    /// The transactions of the block at `height` and their receipts, in one reading.
    pub fn content(&self, height: u64) -> Result<(Vec<Bytes>, Vec<Receipt>), StoreError> {
        let entries = rows::entries(&*self.store, height)?;
        let whole = entries.into_iter().map(|entry| Ok((entry.item, read("receipt", &entry.receipt)?)));
        whole.collect::<Result<Vec<_>, _>>().map(|whole| whole.into_iter().unzip())
    }

    /// The receipts of the block at `height`.
    pub fn receipts(&self, height: u64) -> Result<Vec<Receipt>, StoreError> {
        Ok(self.content(height)?.1)
    }

    /// The height of the block with that digest.
    pub fn height_of(&self, digest: &Hash32) -> Result<Option<u64>, StoreError> {
        let Some(bytes) = self.store.get(Table::BlockHash, digest.as_bytes())? else { return Ok(None) };
        let bytes = bytes.try_into().map_err(|_| StoreError::Corrupt("block index".to_owned()))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// Where a transaction is.
    pub fn locate(&self, id: &TxId) -> Result<Option<TxPosition>, StoreError> {
        let bytes = self.store.get(Table::TxIndex, tx_key(id))?;
        bytes.map(|bytes| read("transaction index", &bytes)).transpose()
    }

    /// Where those transactions are, in their order. Cheaper than one by one: they are looked up sorted, as the index is.
    pub fn locate_many(&self, ids: &[TxId]) -> Result<Vec<Option<TxPosition>>, StoreError> {
        let mut order: Vec<(&TxId, usize)> = ids.iter().zip(0..).collect();
        order.sort_unstable();
        let keys: Vec<&[u8]> = order.iter().map(|(id, _)| tx_key(id)).collect();
        let found = self.store.get_many(Table::TxIndex, &keys)?;
        let place = |bytes: Option<Vec<u8>>| bytes.map(|bytes| read("transaction index", &bytes)).transpose();
        let mut placed = order
            .iter()
            .zip(found)
            .map(|((_, at), bytes)| Ok((*at, place(bytes)?)))
            .collect::<Result<Vec<(usize, Option<TxPosition>)>, StoreError>>()?;
        placed.sort_unstable_by_key(|(at, _)| *at);
        Ok(placed.into_iter().map(|(_, place)| place).collect())
    }

    /// The transaction at a place and its receipt.
    pub fn entry_at(&self, place: TxPosition) -> Result<Option<(Bytes, Receipt)>, StoreError> {
        let entry = rows::entry(&*self.store, place)?;
        entry.map(|entry| Ok((entry.item, read("receipt", &entry.receipt)?))).transpose()
    }

    /// The receipt at a place.
    pub fn receipt_at(&self, place: TxPosition) -> Result<Option<Receipt>, StoreError> {
        Ok(self.entry_at(place)?.map(|(_, receipt)| receipt))
    }

    /// What is known of a transaction.
    pub fn find(&self, id: &TxId) -> Result<Found, StoreError> {
        let Some(place) = self.locate(id)? else { return Ok(Found::Unknown) };
        // Looked at after the index: pruning removes the receipt, never the index.
        Ok(self.receipt_at(place)?.map_or(Found::Pruned(place), |receipt| Found::Final(Box::new(receipt))))
    }

    /// The height up to which this node has no transactions and receipts (any more); 0 if it has all. With a start from a
    /// snapshot, at least the snapshot's.
    pub fn pruned(&self) -> Result<u64, StoreError> {
        let joined = self.joined()?.map_or(0, |joined| joined.height);
        Ok(pruned(&*self.store)?.max(joined))
    }

    /// Whether every transaction that a block from `now_ms` on may hold, and that is on the chain already, is in the index. After a
    /// start from a snapshot: once what came shortly before is indexed, or is out of its time.
    pub fn knows_repetitions(&self, now_ms: u64) -> Result<bool, StoreError> {
        let Some(joined) = self.joined()? else { return Ok(true) };
        let over = joined.time_ms.saturating_add(MAX_VALIDITY_MS).saturating_add(CLOCKS_MS);
        Ok(now_ms > over || self.store.get(Table::Meta, INDEXED)?.is_some())
    }

    /// The final receipt of a transaction.
    pub fn receipt(&self, id: &TxId) -> Result<Option<Receipt>, StoreError> {
        self.locate(id)?.map_or(Ok(None), |place| self.receipt_at(place))
    }
}
