//! A small city for tests: a ledger in memory, a till on a loopback port, and browsers that talk to it.

mod browser;
mod ledger;
mod world;

pub use browser::{Browser, PIN_PROOF, certify_body};
pub use ledger::{Citizen, TestLedger, bid, key};
pub use world::{Shop, World, run};
