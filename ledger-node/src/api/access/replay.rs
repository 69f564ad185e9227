//! Remembers the nonces of signed requests for as long as the clock lets their requests in.
//!
//! The table is bounded, and its room goes by tier: readers together never hold more than half of it, auditors find room up to
//! three quarters, and the last quarter is for nodes, each with a bound of its own. So neither a crowd of readers, nor an
//! auditor, nor one node can shut the nodes out of each other.

use std::collections::{BTreeSet, HashMap, HashSet};

use dure_proof::request::{MAX_SKEW_MS, Nonce};
use dure_score::PublicKey;
use parking_lot::Mutex;

use super::tier::{Caller, Tier};

/// Most nonces of all keys together: 2,000 requests a second for two minutes. About 40 MB.
pub const MAX_NONCES: usize = 262_144;

/// Most nonces of one reader: 30 requests a second for two minutes are many for a person, and leave room for others.
pub const MAX_NONCES_OF_READER: usize = 4_096;

/// Nonces of one node up to which it finds room in the last quarter of the table: 130 requests a second for two minutes are
/// enough to go on, and leave room for the others.
pub const MAX_NONCES_OF_NODE: usize = 16_384;

/// Readers find room while the table holds fewer.
const FOR_READERS: usize = MAX_NONCES / 2;

/// Auditors find room while the table holds fewer; nodes do so at any rate of theirs.
const FOR_AUDITORS: usize = MAX_NONCES / 4 * 3;

type Name = ([u8; 32], Nonce);

/// What is known of a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is new, and remembered from now on.
    New,
    /// It came before.
    Before,
    /// Nonces of its time have been forgotten already: nobody can say whether it came before.
    Late,
    /// There is no room for it.
    Full,
}

/// The nonces of the last minutes.
#[derive(Default)]
pub(super) struct Replay {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    names: HashSet<Name>,
    by_time: BTreeSet<(u64, Name)>,
    of_key: HashMap<[u8; 32], usize>,
    /// Latest time of a nonce that was forgotten, ms. Two requests may come here in another order than they read the clock.
    forgotten: u64,
}

/// How many nonces the table may hold for one more of this caller, whose key has `own` of them in it.
const fn room(caller: &Caller, own: usize) -> usize {
    match caller {
        Caller::Member(Tier::Reader(_)) if own >= MAX_NONCES_OF_READER => 0,
        Caller::Member(Tier::Reader(_)) => FOR_READERS,
        Caller::Member(Tier::Validator | Tier::Observer) if own < MAX_NONCES_OF_NODE => MAX_NONCES,
        Caller::Member(_) | Caller::Anybody => FOR_AUDITORS,
    }
}

impl Replay {
    /// Takes the nonce of a request of `caller`, sent at `time_ms`, which is within the skew of `now_ms`.
    pub(super) fn see(
        &self,
        key: &PublicKey,
        nonce: &Nonce,
        time_ms: u64,
        now_ms: u64,
        caller: &Caller,
    ) -> Seen {
        let mut inner = self.inner.lock();
        inner.forget(now_ms.saturating_sub(MAX_SKEW_MS));
        let name = (*key.as_bytes(), *nonce);
        if inner.names.contains(&name) {
            return Seen::Before;
        }
        if time_ms <= inner.forgotten {
            return Seen::Late;
        }
        let own = inner.of_key.get(&name.0).copied().unwrap_or_default();
        if inner.names.len() >= room(caller, own) {
            return Seen::Full;
        }
        inner.of_key.insert(name.0, own.saturating_add(1));
        inner.names.insert(name);
        inner.by_time.insert((time_ms, name));
        Seen::New
    }
}

impl Inner {
    /// Drops what the clock alone turns away: requests from before `oldest`.
    fn forget(&mut self, oldest: u64) {
        while let Some((time_ms, name)) = self.by_time.first().copied() {
            if time_ms >= oldest {
                break;
            }
            self.forgotten = self.forgotten.max(time_ms);
            self.by_time.remove(&(time_ms, name));
            self.names.remove(&name);
            if let Some(own) = self.of_key.get_mut(&name.0) {
                *own = own.saturating_sub(1);
                if *own == 0 {
                    self.of_key.remove(&name.0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dure_score::Bid;

    use super::*;

    const READER: Caller = Caller::Member(Tier::Reader(Bid::new([9; 16])));
    const START: u64 = 1_000_000;

    /// Hands in `count` new nonces of a key; how many found room.
    fn fill(replay: &Replay, key: u8, count: usize, caller: &Caller) -> usize {
        let numbers = 0..u128::try_from(count).unwrap_or_default();
        let key = PublicKey::new([key; 32]);
        let see = |number: u128| replay.see(&key, &number.to_be_bytes(), START, START, caller);
        numbers.filter(|number| see(*number) == Seen::New).count()
    }

    #[test]
    fn a_nonce_is_good_once_for_a_key_and_is_forgotten_only_when_the_clock_refuses_it() {
        let (replay, key, other) = (Replay::default(), PublicKey::new([1; 32]), PublicKey::new([2; 32]));
        let see = |key: &PublicKey, nonce: u8, time: u64, now: u64| {
            replay.see(key, &[nonce; 16], time, now, &READER)
        };
        assert_eq!(see(&key, 1, START, START), Seen::New);
        assert_eq!(see(&key, 1, START, START), Seen::Before);
        assert_eq!(see(&other, 1, START, START), Seen::New);
        // A sender whose clock is ahead: its request stays acceptable for two minutes.
        assert_eq!(see(&key, 2, START + MAX_SKEW_MS, START), Seen::New);
        let late = START + 2 * MAX_SKEW_MS;
        assert_eq!(see(&key, 2, START + MAX_SKEW_MS, late), Seen::Before);
        assert_eq!(see(&key, 3, late, late), Seen::New);
        assert_eq!(see(&key, 4, late, late + 1), Seen::New, "the older one is forgotten");
        // Whoever read the clock before that may not have it taken as new.
        assert_eq!(see(&key, 2, START + MAX_SKEW_MS, late), Seen::Late);
    }

    #[test]
    fn readers_auditors_and_a_single_node_leave_room_for_the_nodes() {
        let (auditor, node) = (Caller::Member(Tier::Auditor), Caller::Member(Tier::Validator));
        let replay = Replay::default();
        for reader in 0..32 {
            assert_eq!(fill(&replay, reader, MAX_NONCES_OF_READER + 1, &READER), MAX_NONCES_OF_READER);
        }
        assert_eq!(fill(&replay, 32, 1, &READER), 0, "readers have their half");
        assert_eq!(fill(&replay, 100, MAX_NONCES, &auditor), MAX_NONCES / 4);
        assert_eq!(fill(&replay, 101, 1, &auditor), 0);
        assert_eq!(fill(&replay, 200, MAX_NONCES, &node), MAX_NONCES_OF_NODE);
        assert_eq!(fill(&replay, 201, 1_000, &node), 1_000, "another node is not shut out");
    }
}
