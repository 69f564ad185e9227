//! How a validator runs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::ConsensusError;

/// The engine's clocks. All validators of a chain should use the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long a leader may take to propose.
    pub leader: Duration,
    /// How long a view may take to be certified; more than `leader`.
    pub certification: Duration,
    /// How long until a stuck view is given up again.
    pub retry: Duration,
    /// After this long without a sign of life a leader's views are given up at once; more than
    /// `certification` and `retry`.
    pub skip: Duration,
    /// Longest time between blocks while nothing waits; at most half of `leader`.
    pub heartbeat: Duration,
    /// Shortest time between blocks; at most half of `leader`, zero for none.
    pub min_interval: Duration,
    /// The same after a block that was not small; at least `min_interval`, at most half of `leader`.
    pub busy_interval: Duration,
}

/// A block of so many items is not small any more.
const BUSY_ITEMS: usize = 32;

impl Default for Timing {
    /// Idle chains make a block every 200 ms; a dead leader costs 400 ms at first and, once it has been silent for
    /// two seconds, nothing. The leader's slack of 200 ms above the heartbeat is for busy machines: one that is
    /// late all the same loses its turn, and nothing else. Under load blocks are 40 ms apart, 80 ms after one
    /// that was not small: each costs every validator some milliseconds whatever is in it, and a small machine that made them as
    /// fast as it can would be busy with nothing else at half of what it can order. A payment after a quiet moment does not wait.
    fn default() -> Self {
        Self {
            leader: Duration::from_millis(400),
            certification: Duration::from_millis(900),
            retry: Duration::from_millis(500),
            skip: Duration::from_millis(2_000),
            heartbeat: Duration::from_millis(200),
            min_interval: Duration::from_millis(40),
            busy_interval: Duration::from_millis(80),
        }
    }
}

impl Timing {
    /// Shortest time from a block with so many items to the next.
    pub(super) fn pause_after(&self, items: usize) -> Duration {
        if items < BUSY_ITEMS { self.min_interval } else { self.busy_interval }
    }

    /// Checks the relations named at the fields.
    pub(super) fn check(&self) -> Result<(), ConsensusError> {
        let half = self.leader / 2;
        let broken = if self.heartbeat.is_zero() || self.retry.is_zero() {
            Some("heartbeat and retry must not be zero")
        } else if self.heartbeat > half || self.busy_interval > half {
            Some("heartbeat and busy_interval must be at most half of leader")
        } else if self.min_interval > self.busy_interval {
            Some("min_interval must be at most busy_interval")
        } else if self.certification <= self.leader {
            Some("certification must be more than leader")
        } else if self.skip <= self.certification || self.skip <= self.retry {
            Some("skip must be more than certification and retry")
        } else {
            None
        };
        broken.map_or(Ok(()), |reason| Err(ConsensusError::Timing(reason)))
    }
}

/// How a validator runs.
#[derive(Clone, Debug)]
pub struct BftConfig {
    /// Chain name, 1 to 100 bytes; both p2p and votes are bound to it.
    pub chain: Vec<u8>,
    /// Our raw ed25519 seed; its public key must be among the current validators, which the application
    /// names. 3f + 1 of them bear f faulty ones.
    pub secret_key: [u8; 32],
    /// Blocks of an epoch, at least [`dure_chain::epoch::MIN_EPOCH_BLOCKS`]; the same for all of the chain's life.
    pub epoch_blocks: u64,
    /// Address to listen on for the other validators.
    pub listen: SocketAddr,
    /// Directory of the journal and of recent blocks, created if missing. Never shared, never copied to
    /// another machine, never restored from a backup.
    pub dir: PathBuf,
    /// The engine's clocks.
    pub timing: Timing,
    /// Threads of the engine's runtime, beside those for applying blocks and for files; 1 is enough for thousands of items a second.
    pub worker_threads: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_chain_makes_larger_blocks_and_a_quiet_one_quick_ones() {
        let timing = Timing::default();
        assert_eq!(timing.pause_after(0), timing.min_interval);
        assert_eq!(timing.pause_after(BUSY_ITEMS - 1), timing.min_interval);
        assert_eq!(timing.pause_after(BUSY_ITEMS), timing.busy_interval);
    }

    #[test]
    fn default_timing_holds_and_broken_ones_are_refused() {
        let good = Timing::default();
        assert!(good.check().is_ok());
        let zero = Duration::ZERO;
        let bad = [
            Timing { heartbeat: zero, ..good },
            Timing { retry: zero, ..good },
            Timing { heartbeat: good.leader, ..good },
            Timing { min_interval: good.busy_interval * 2, ..good },
            Timing { busy_interval: good.leader, ..good },
            Timing { certification: good.leader, ..good },
            Timing { skip: good.certification, ..good },
        ];
        for timing in bad {
            assert_eq!(timing.check().map_err(|e| e.code()), Err("timing"), "{timing:?}");
        }
    }
}
