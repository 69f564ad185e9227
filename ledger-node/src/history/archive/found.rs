//! Makes an empty store the ledger of a genesis whose block 0 holds more records than the genesis itself says.
//!
//! For measuring only: every node that is to agree must be founded with the same records, and nobody can prove from the genesis
//! where they came from. Streaming: ten million accounts take minutes and little memory beside their hashes.

use dure_score::{Genesis, Hash32, codec};

use super::{
    ArchiveError,
    bulk::Loader,
    import::{finish, origin},
};
use crate::store::{
    Batch, Store, Table,
    record::{BlockRecord, HEAD, Head, height_key},
};

/// Fills `store` with `records`, which are to hold those of the genesis as well; returns the state root of block 0.
pub fn found(
    store: &dyn Store,
    genesis: &Genesis,
    records: &mut dyn Iterator<Item = (Vec<u8>, Vec<u8>)>,
) -> Result<Hash32, ArchiveError> {
    if store.get(Table::Meta, HEAD)?.is_some() {
        return Err(ArchiveError::LedgerNotEmpty);
    }
    let mut loader = Loader::new(store);
    for (key, value) in records {
        loader.entry(key, value)?;
    }
    let (state_root, _) = loader.tree()?;
    loader.write()?;
    store.flush()?;
    let origin = origin(genesis);
    let record = BlockRecord::new(&origin, (state_root, dure_proof::receipts_root::<Vec<u8>>(&[])), None);
    let head = Head { height: 0, digest: record.digest, time_ms: genesis.time_ms, state_root };
    finish(store, genesis, Batch::default(), &head, None)?;
    // The record that the genesis alone would have is replaced.
    let mut batch = Batch::default();
    batch.put(Table::Headers, height_key(0), codec::encode(&record));
    store.write(batch)?;
    Ok(state_root)
}
