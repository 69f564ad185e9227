//! The tables, by name.

/// A table (in RocksDB: a column family). The names are disk format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Contract state: key and value as the contract has them.
    State,
    /// Leaves of the state tree: SHA-256 of a state key → SHA-256 of the value.
    Leaves,
    /// Height → header, digest, roots, certificate.
    Headers,
    /// Height and number → some of the block's transactions with what their receipts add ([`crate::store::record::rows`]).
    Blocks,
    /// Transaction id → height and index of its first occurrence.
    TxIndex,
    /// Block digest → height.
    BlockHash,
    /// Head, genesis, version of the format.
    Meta,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 7] =
        [Self::State, Self::Leaves, Self::Headers, Self::Blocks, Self::TxIndex, Self::BlockHash, Self::Meta];

    /// The name on disk.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Leaves => "leaves",
            Self::Headers => "headers",
            Self::Blocks => "blocks",
            Self::TxIndex => "tx_index",
            Self::BlockHash => "block_hash",
            Self::Meta => "meta",
        }
    }
}
