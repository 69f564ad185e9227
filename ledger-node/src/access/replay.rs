//! Remembers the nonces of signed requests for as long as the clock lets their requests in.

use std::collections::{BTreeSet, HashMap, HashSet};

use dure_score::{
    PublicKey,
    request::{MAX_SKEW_MS, Nonce},
};
use parking_lot::Mutex;

/// Most nonces of all keys together: 2,000 requests a second for two minutes. About 40 MB.
pub const MAX_NONCES: usize = 262_144;

/// Most nonces of one reader: 30 requests a second for two minutes are many for a person, and leave room for others.
pub const MAX_NONCES_OF_READER: usize = 4_096;

type Name = ([u8; 32], Nonce);

/// What is known of a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is new, and remembered from now on.
    New,
    /// It came before.
    Before,
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
}

impl Replay {
    /// Takes the nonce of a request sent at `time_ms`, which is within the skew of `now_ms`. At most `most` of one key.
    pub(super) fn see(&self, key: &PublicKey, nonce: &Nonce, time_ms: u64, now_ms: u64, most: usize) -> Seen {
        let mut inner = self.inner.lock();
        inner.forget(now_ms.saturating_sub(MAX_SKEW_MS));
        let name = (*key.as_bytes(), *nonce);
        if inner.names.contains(&name) {
            return Seen::Before;
        }
        let own = inner.of_key.get(&name.0).copied().unwrap_or_default();
        if inner.names.len() >= MAX_NONCES || own >= most {
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
    use super::*;

    #[test]
    fn a_nonce_is_good_once_for_a_key_and_is_forgotten_only_when_the_clock_refuses_it() {
        let (replay, key, other) = (Replay::default(), PublicKey::new([1; 32]), PublicKey::new([2; 32]));
        let see =
            |key: &PublicKey, nonce: u8, time: u64, now: u64| replay.see(key, &[nonce; 16], time, now, 2);
        let start = 1_000_000;
        assert_eq!(see(&key, 1, start, start), Seen::New);
        assert_eq!(see(&key, 1, start, start), Seen::Before);
        assert_eq!(see(&other, 1, start, start), Seen::New);
        // A sender whose clock is ahead: its request stays acceptable for two minutes.
        assert_eq!(see(&key, 2, start + MAX_SKEW_MS, start), Seen::New);
        assert_eq!(see(&key, 3, start, start), Seen::Full);
        assert_eq!(see(&other, 3, start, start), Seen::New);
        let late = start + 2 * MAX_SKEW_MS;
        assert_eq!(see(&key, 2, start + MAX_SKEW_MS, late), Seen::Before);
        assert_eq!(see(&key, 3, late, late), Seen::New);
        assert_eq!(see(&key, 4, late, late + 1), Seen::New, "the older one is forgotten");
    }
}
