//! The citizens' HTTP API and pages, the ledger follower that keeps the SQL read model, and the mail worker.
//!
//! A citizen's key never comes here: the browser signs, this service passes on. What it keeps is personal data, the
//! server's half of each device's PIN protection, sessions, and a read model that can be rebuilt from the ledger at any
//! time. Inside: `routes` (one file a resource) know HTTP, `repo` knows SQL, everything between knows neither.
#![forbid(unsafe_code)]

mod app;
mod challenge;
mod config;
mod counter;
mod enrolment;
mod fault;
mod follower;
mod free;
mod http;
mod idempotency;
mod ledger;
mod limits;
mod live;
mod lost;
mod mail;
mod names;
mod registrar;
mod repo;
mod routes;
mod service;
mod session;
mod start;
#[cfg(test)]
mod tests;

pub use config::{Charge, Config, Limits, Mail, MailTransport, Overrides, Registrar};
pub use registrar::Asks;
pub use service::run;
pub use start::StartError;
