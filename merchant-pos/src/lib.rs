//! The till of a shop: an amount becomes an order with a QR code; a payment on the ledger becomes *paid* on the screen
//! within a second of finality; refunds are signed by the till's own key.
//!
//! Map: [`order`] (an order's life, pure), [`follower`] (blocks to orders, in one transaction with the checkpoint), [`live`]
//! (events to open screens), [`enrol`] (codes, certificates, PINs, sessions), [`routes`] (one file a resource, on what `http` gives),
//! [`repo`] (the only SQL), [`ledger`] (the little that the till asks of a node).
//!
//! What the till does *not* know: who a payer is, any citizen's key, and any key of a shop.
#![forbid(unsafe_code)]

pub mod change;
pub mod clock;
pub mod config;
pub mod enrol;
pub mod error;
pub mod follower;
mod http;
pub mod ledger;
mod limits;
pub mod live;
pub mod metrics;
pub mod order;
pub mod repo;
pub mod routes;
mod service;
pub mod till;

pub use config::{Config, Limits, Overrides};
pub use error::PosError;
pub use service::run;
pub use till::Till;
