//! Asks the other validators for finality that this one has missed.
//!
//! A block says which state its proposer had reached, and it is judged once that state is ours, too. A validator that was dead while
//! the last blocks became final comes back without their certificates. Nobody sends these again: whoever has them has gone on. So
//! long as most of the validators are in that place, they can neither certify the next block nor give it up together with those
//! who have certified it, and the chain would stand still for ever. Hence whoever waits asks.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use commonware_consensus::types::Height;
use commonware_runtime::Clock;
use commonware_utils::vec::NonEmptyVec;

use super::bounds::MarshalMailbox;
use crate::{Application, Block, keys};

/// Pause before the first question, and between two: far longer than a healthy validator's execution lags behind, and short beside
/// the time that a view takes to fail.
const PAUSE: Duration = Duration::from_millis(200);

/// Knows whom to ask.
#[derive(Clone)]
pub(super) struct MissingFinality {
    me: [u8; 32],
    app: Arc<dyn Application>,
    marshal: MarshalMailbox,
}

impl MissingFinality {
    pub(super) fn new(me: [u8; 32], app: Arc<dyn Application>, marshal: MarshalMailbox) -> Self {
        Self { me, app, marshal }
    }

    /// Begins to wait for one block's verdict.
    pub(super) fn patience(&self, clock: &impl Clock) -> Patience<'_> {
        Patience { missing: self, asked: clock.current() }
    }

    /// Asks for the finality of each of the blocks, which are at most as many as may be pending. What one peer has of them makes
    /// all before it final.
    fn ask(&self, epoch: u64, pending: &[Arc<Block>]) {
        let validators = self.app.validators(epoch).unwrap_or_default();
        let others = validators.iter().filter(|validator| validator.public_key != self.me);
        let others: Vec<_> = others.filter_map(|validator| keys::public(&validator.public_key)).collect();
        let Ok(others) = NonEmptyVec::try_from(others) else { return };
        for block in pending {
            tracing::debug!(height = block.header.height, "asking whether this block is final");
            self.marshal.hint_finalized(Height::new(block.header.height), others.clone());
        }
    }
}

/// How long one verdict has been waited for.
pub(super) struct Patience<'a> {
    missing: &'a MissingFinality,
    asked: SystemTime,
}

impl Patience<'_> {
    /// Asks if it is time to: the validators of `epoch`, for the finality of `pending`, the ancestors that are not applied.
    pub(super) fn ask(&mut self, clock: &impl Clock, epoch: u64, pending: &[Arc<Block>]) {
        let now = clock.current();
        // A clock that was set back must not silence us until it has caught up with itself.
        if now.duration_since(self.asked).map_or(true, |waited| waited >= PAUSE) {
            self.asked = now;
            self.missing.ask(epoch, pending);
        }
    }
}
