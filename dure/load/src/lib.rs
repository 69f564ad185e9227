//! Load for a ledger, cheap enough that the ledger and not the generator is measured.
//!
//! - [`Crowd`] makes people, shops and their first state up from a seed: the same on whatever node it is put;
//! - [`sign_payments`] signs payments before anything is measured;
//! - [`run`] sends them to the nodes over kept HTTP connections, at a given rate or as fast as they become final,
//!   and tells how many became final and how long that took;
//! - [`signature_rate`] and [`contract_rate`] are what one core does of the work that cannot be avoided.
//!
//! It is a crate of its own because it is compiled with full optimization, like the node that it drives: what it costs
//! is taken from the node's share of a small machine.
#![forbid(unsafe_code)]

mod bound;
mod contract;
mod crowd;
mod error;
mod finality;
mod gate;
mod http;
mod payments;
mod probe;
mod report;
mod run;
mod sample;
mod sender;
mod spec;
pub mod usage;

pub use bound::{SignatureRate, signature_rate};
pub use contract::{ContractRate, contract_rate};
pub use crowd::Crowd;
pub use error::LoadError;
pub use payments::{Payments, payment_block, sign_payments};
pub use report::{Latency, Report};
pub use run::run;
pub use sample::Sample;
pub use spec::{Pace, Spec};
