//! Where a transaction is applied.

/// Where in the chain a transaction is applied: agreed data, equal on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockContext {
    /// Height of the block.
    pub height: u64,
    /// The block's time, ms since 1970 UTC.
    pub time_ms: u64,
    /// Place of the transaction in the block.
    pub index: u32,
}
