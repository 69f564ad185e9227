//! How often one may try, per address or per subject, so that codes and PINs cannot be guessed, people cannot be listed by trying
//! addresses, and nobody's mailbox is flooded.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
    time::Duration,
};

use actix_web::HttpRequest;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::error::ServiceError;

/// Keys that one limiter keeps before it forgets those that have recovered: bounds memory.
const KEYS_MAX: usize = 20_000;
/// Seconds until a limiter that is full of keys may have room again.
const FULL_S: u64 = 10;

/// So many tries in a period, with a burst of the same size.
pub struct Limiter<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// `count` tries a minute.
    pub fn per_minute(count: u32) -> Self {
        Self::per(Duration::from_secs(60), count)
    }

    /// `count` tries a `period`; one at least.
    pub fn per(period: Duration, count: u32) -> Self {
        let burst = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        // A period of zero would mean no limit at all.
        let each = period.checked_div(burst.get()).unwrap_or(period).max(Duration::from_nanos(1));
        let quota = Quota::with_period(each).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        Self(RateLimiter::keyed(quota.allow_burst(burst)))
    }

    /// Counts one try of `key`.
    pub fn check(&self, key: &K) -> Result<(), ServiceError> {
        if self.0.len() >= KEYS_MAX {
            self.0.retain_recent();
            if self.0.len() >= KEYS_MAX {
                return Err(ServiceError::TooManyRequests { retry_after_s: FULL_S });
            }
        }
        self.0.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            ServiceError::TooManyRequests { retry_after_s: wait.as_secs().saturating_add(1) }
        })
    }
}

/// Where a request comes from.
pub fn address(request: &HttpRequest) -> IpAddr {
    // Without a peer (a Unix socket) all share one limit.
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_welcome_the_next_one_waits_and_others_do_not() {
        let limiter = Limiter::per(Duration::from_secs(600), 5);
        assert!((0..5).all(|_| limiter.check(&"cafe").is_ok()));
        let wait = limiter.check(&"cafe");
        assert!(matches!(wait, Err(ServiceError::TooManyRequests { retry_after_s: 60..=121 })), "{wait:?}");
        assert!(limiter.check(&"books").is_ok());
        assert!(Limiter::per_minute(0).check(&"cafe").is_ok());
    }
}
