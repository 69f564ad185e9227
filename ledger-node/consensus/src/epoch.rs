//! Epochs: spans of heights with one validator set.
//!
//! Epoch `e` holds the heights `e * length ..= (e + 1) * length - 1`; genesis is height 0 of epoch 0. This is
//! the engine's own convention (`FixedEpocher`), proven by a test.

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use commonware_consensus::types::{Epoch, Epocher as _, FixedEpocher, Height};
    use commonware_utils::NZU64;

    #[test]
    fn is_the_engines_convention() {
        let engine = FixedEpocher::new(NZU64!(10));
        for height in 0..50 {
            let info = engine.containing(Height::new(height)).unwrap();
            let epoch = epoch_of(height, 10);
            assert_eq!(Epoch::new(epoch), info.epoch());
            assert_eq!(Height::new(first_height(epoch, 10)), info.first());
            assert_eq!(Height::new(last_height(epoch, 10)), info.last());
        }
        assert_eq!((epoch_of(7, 0), last_height(u64::MAX, 10)), (0, u64::MAX - 1));
    }
}
