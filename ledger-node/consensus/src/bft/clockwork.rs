//! Notices that this machine's clock was set back.
//!
//! The engine reckons when to ask again, and when to give up, as times of the clock. Set back by a minute, the clock makes it wait for
//! a minute more, and a validator that waits for an answer then stands still. A new start reckons anew and loses nothing.

use std::time::{Duration, SystemTime};

use commonware_runtime::Clock;

/// How often the clock is looked at. A jump ahead and back between two looks stays unseen.
const LOOK: Duration = Duration::from_millis(100);

/// What is borne: time services correct less than this without a jump, and the engine is patient for longer anyway.
const BORNE: Duration = Duration::from_secs(1);

/// Resolves when the clock is further back than at the last look.
pub(super) async fn set_back(clock: &impl Clock) {
    let mut last = clock.current();
    loop {
        clock.sleep(LOOK).await;
        let now = clock.current();
        if is_back(last, now) {
            return;
        }
        last = now;
    }
}

fn is_back(last: SystemTime, now: SystemTime) -> bool {
    last.duration_since(now).is_ok_and(|back| back > BORNE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_jump_back_counts() {
        let at = |ms: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000 + ms);
        assert!(!is_back(at(0), at(500)));
        assert!(!is_back(at(0), at(600_000)));
        assert!(!is_back(at(2_000), at(1_000)));
        assert!(is_back(at(2_001), at(1_000)));
    }
}
