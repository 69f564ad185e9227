//! How often one may try at the wallet: per address and per person.

use std::net::IpAddr;

use dure_service::{ServiceError, http::Limiter};

use crate::config;

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
    pub fn enrolment(&self, from: IpAddr) -> Result<(), ServiceError> {
        self.enrolment.check(&from)
    }
    /// One phone that wants to wait at the counter.
    pub fn phone(&self, from: IpAddr) -> Result<(), ServiceError> {
        self.phones.check(&from)
    }
    /// One PIN.
    pub fn unlock(&self, from: IpAddr) -> Result<(), ServiceError> {
        self.unlock.check(&from)
    }
    /// One look-up, or change of a name, by the person `bid`.
    pub fn lookup(&self, bid: &str) -> Result<(), ServiceError> {
        self.lookup.check(&bid.to_owned())
    }
    /// One transaction or preview of the person `bid`.
    pub fn transaction(&self, bid: &str) -> Result<(), ServiceError> {
        self.transactions.check(&bid.to_owned())
    }
}
