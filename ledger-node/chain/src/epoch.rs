//! Epochs: spans of heights with one validator set.
//!
//! Epoch `e` holds the heights `e * length ..= (e + 1) * length - 1`; genesis is height 0 of epoch 0. This is the consensus engine's own
//! convention, which a test of `dure-consensus` proves.

/// Fewest blocks of an epoch: a change of validators needs time to reach everybody.
pub const MIN_EPOCH_BLOCKS: u64 = 8;

/// The epoch of the block at `height`, for epochs of `epoch_blocks` blocks. A length of 0 is never valid and
/// counts as one epoch without end.
pub const fn epoch_of(height: u64, epoch_blocks: u64) -> u64 {
    match height.checked_div(epoch_blocks) {
        Some(epoch) => epoch,
        None => 0,
    }
}

/// The first height of `epoch`: 0 (genesis) for epoch 0. Saturates at the end of all heights.
pub const fn first_height(epoch: u64, epoch_blocks: u64) -> u64 {
    epoch.saturating_mul(epoch_blocks)
}

/// The last height of `epoch`. Saturates at the end of all heights.
pub const fn last_height(epoch: u64, epoch_blocks: u64) -> u64 {
    first_height(epoch.saturating_add(1), epoch_blocks).saturating_sub(1)
}
