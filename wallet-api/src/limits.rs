//! How often one may try: per address and per person, so that codes and PINs cannot be guessed and people cannot be
//! listed by trying addresses.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::{config, fault::Fault};

/// Keys that one limiter keeps before it forgets those that have recovered: bounds memory.
const KEYS_MAX: usize = 20_000;

/// Phones that begin to wait at the counter are so much rarer than steps of enrolment; a stranger must not fill its places.
const PHONES_SHARE: u32 = 6;

/// The process's limits.
pub struct Limits {
    enrolment: Limiter<IpAddr>,
    phones: Limiter<IpAddr>,
    unlock: Limiter<IpAddr>,
    lookup: Limiter<String>,
    transactions: Limiter<String>,
}

impl Limits {
    /// As configured.
    pub fn new(config: &config::Limits) -> Self {
        Self {
            enrolment: Limiter::per_minute(config.enrolment_per_minute),
            phones: Limiter::per_minute(config.enrolment_per_minute.div_ceil(PHONES_SHARE)),
            unlock: Limiter::per_minute(config.unlock_per_minute),
            lookup: Limiter::per_minute(config.lookup_per_minute),
            transactions: Limiter::per_minute(config.transactions_per_minute),
        }
    }
    /// One step of an enrolment.
    pub fn enrolment(&self, from: IpAddr) -> Result<(), Fault> {
        self.enrolment.check(&from)
    }
    /// One phone that wants to wait at the counter.
    pub fn phone(&self, from: IpAddr) -> Result<(), Fault> {
        self.phones.check(&from)
    }
    /// One PIN.
    pub fn unlock(&self, from: IpAddr) -> Result<(), Fault> {
        self.unlock.check(&from)
    }
    /// One look-up, or change of a name, by the person `bid`.
    pub fn lookup(&self, bid: &str) -> Result<(), Fault> {
        self.lookup.check(&bid.to_owned())
    }
    /// One transaction or preview of the person `bid`.
    pub fn transaction(&self, bid: &str) -> Result<(), Fault> {
        self.transactions.check(&bid.to_owned())
    }
}

struct Limiter<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn per_minute(count: u32) -> Self {
        let burst = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_minute(burst)))
    }

    fn check(&self, key: &K) -> Result<(), Fault> {
        if self.0.len() >= KEYS_MAX {
            self.0.retain_recent();
            if self.0.len() >= KEYS_MAX {
                return Err(Fault::TooMany { retry_after_s: 10 });
            }
        }
        self.0.check_key(key).map_err(|until| {
            let wait: Duration = until.wait_time_from(DefaultClock::default().now());
            Fault::TooMany { retry_after_s: wait.as_secs().saturating_add(1) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_passes_the_next_waits_others_do_not() {
        let limits = Limits::new(&config::Limits { lookup_per_minute: 2, ..config::Limits::default() });
        assert!(limits.lookup("a").is_ok() && limits.lookup("a").is_ok());
        assert!(matches!(limits.lookup("a"), Err(Fault::TooMany { retry_after_s: 1..=31 })));
        assert!(limits.lookup("b").is_ok());
    }
}
