//! A validator of a BFT set: simplex consensus with block dissemination, storage and catch-up.
//!
//! `config` says how it runs; `block` fits our block to the engine; `proposer` proposes and verifies;
//! `freshness` holds back votes for blocks with a wrong clock; `delivery` hands final blocks to the
//! application; `wiring` joins the engine's parts, over any runtime and network; `network` is the encrypted
//! p2p of production; `run` puts all of it on a thread.

mod block;
mod config;
mod delivery;
mod freshness;
mod network;
mod proposer;
mod run;
#[cfg(test)]
mod simulation;
mod wiring;

pub use config::{BftConfig, Timing, Validator};
pub use run::start_bft;
