//! How often one may try at the till: per address, shop and device.

use std::{net::IpAddr, time::Duration};

use dure_service::{ServiceError, http::Limiter};

use crate::config;

/// In which an address is sent five mails at most, each with a code.
const MAILS: Duration = Duration::from_secs(600);

/// The process's limits.
pub struct Limits {
    enrol_address: Limiter<IpAddr>,
    enrol_email: Limiter<String>,
    pin_address: Limiter<IpAddr>,
    orders: Limiter<String>,
    transactions: Limiter<String>,
    payer_codes: Limiter<String>,
}

impl Limits {
    /// As configured.
    pub fn new(config: &config::Limits) -> Self {
        Self {
            enrol_address: Limiter::per_minute(config.enrolment_per_minute),
            enrol_email: Limiter::per(MAILS, 5),
            pin_address: Limiter::per_minute(config.unlock_per_minute),
            orders: Limiter::per_minute(config.orders_per_minute),
            transactions: Limiter::per_minute(config.transactions_per_minute),
            payer_codes: Limiter::per_minute(config.payer_codes_per_minute),
        }
    }
    /// Any step of an enrolment, by address.
    pub fn enrol(&self, address: IpAddr) -> Result<(), ServiceError> {
        self.enrol_address.check(&address)
    }
    /// A code by mail, by e-mail address.
    pub fn mail(&self, email: &str) -> Result<(), ServiceError> {
        self.enrol_email.check(&email.to_owned())
    }
    /// A PIN, by address. Wrong ones are counted per device besides.
    pub fn pin(&self, address: IpAddr) -> Result<(), ServiceError> {
        self.pin_address.check(&address)
    }
    /// An order, by shop.
    pub fn order(&self, shop: &str) -> Result<(), ServiceError> {
        self.orders.check(&shop.to_owned())
    }
    /// A payer's number, by shop.
    pub fn payer_code(&self, shop: &str) -> Result<(), ServiceError> {
        self.payer_codes.check(&shop.to_owned())
    }
    /// A preview, a refund or a payment by code, by device.
    pub fn transaction(&self, certificate: &str) -> Result<(), ServiceError> {
        self.transactions.check(&certificate.to_owned())
    }
}
