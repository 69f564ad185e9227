//! How often one may try: per address and per subject, so that codes and PINs cannot be guessed and nobody's mailbox is
//! flooded.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::{config, error::PosError};

/// Keys that one limiter keeps before it forgets those that have recovered: bounds memory.
const KEYS_MAX: usize = 20_000;

/// The process's limits.
pub struct Limits {
    enrol_address: Limiter<IpAddr>,
    enrol_email: Limiter<String>,
    pin_address: Limiter<IpAddr>,
    orders: Limiter<String>,
    transactions: Limiter<String>,
    payer_codes: Limiter<String>,
}

struct Limiter<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn per(period: Duration, burst: u32) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        // A period of zero would mean no limit at all; there is none among the constants below.
        let each = period.checked_div(burst.get()).unwrap_or(period).max(Duration::from_millis(1));
        let quota = Quota::with_period(each).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        Self(RateLimiter::keyed(quota.allow_burst(burst)))
    }

    fn check(&self, key: &K) -> Result<(), PosError> {
        if self.0.len() >= KEYS_MAX {
            self.0.retain_recent();
            if self.0.len() >= KEYS_MAX {
                return Err(PosError::TooManyRequests { seconds: 10 });
            }
        }
        self.0.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            PosError::TooManyRequests { seconds: wait.as_secs().saturating_add(1) }
        })
    }
}

impl Limits {
    /// As configured.
    pub fn new(config: &config::Limits) -> Self {
        let minute = Duration::from_secs(60);
        Self {
            enrol_address: Limiter::per(minute, config.enrolment_per_minute),
            // Each sends a mail to the shop.
            enrol_email: Limiter::per(minute.saturating_mul(10), 5),
            pin_address: Limiter::per(minute, config.unlock_per_minute),
            orders: Limiter::per(minute, config.orders_per_minute),
            transactions: Limiter::per(minute, config.transactions_per_minute),
            payer_codes: Limiter::per(minute, config.payer_codes_per_minute),
        }
    }
    /// Any step of an enrolment, by address.
    pub fn enrol(&self, address: IpAddr) -> Result<(), PosError> {
        self.enrol_address.check(&address)
    }
    /// A code by mail, by e-mail address.
    pub fn mail(&self, email: &str) -> Result<(), PosError> {
        self.enrol_email.check(&email.to_owned())
    }
    /// A PIN, by address. Wrong ones are counted per device besides.
    pub fn pin(&self, address: IpAddr) -> Result<(), PosError> {
        self.pin_address.check(&address)
    }
    /// An order, by shop.
    pub fn order(&self, shop: &str) -> Result<(), PosError> {
        self.orders.check(&shop.to_owned())
    }
    /// A payer's number, by shop.
    pub fn payer_code(&self, shop: &str) -> Result<(), PosError> {
        self.payer_codes.check(&shop.to_owned())
    }
    /// A preview, a refund or a payment by code, by device.
    pub fn transaction(&self, certificate: &str) -> Result<(), PosError> {
        self.transactions.check(&certificate.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_burst_is_welcome_and_the_next_one_waits() {
        let limits = Limits::new(&config::Limits::default());
        for _ in 0..5 {
            limits.mail("cafe@sebyeol.example").unwrap();
        }
        let error = limits.mail("cafe@sebyeol.example").unwrap_err();
        assert!(matches!(error, PosError::TooManyRequests { seconds: 60..=121 }), "{error:?}");
        assert!(limits.mail("books@sebyeol.example").is_ok());
    }
}
