//! Epochs are counted as the engine counts them.

#![allow(clippy::unwrap_used)]

use commonware_consensus::types::{Epoch, Epocher as _, FixedEpocher, Height};
use commonware_utils::NZU64;
use dure_chain::epoch::{epoch_of, first_height, last_height};

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
