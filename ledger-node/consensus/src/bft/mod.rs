//! A validator of a BFT set: simplex consensus with block dissemination, storage and catch-up.
//!
//! `config` says how it runs; `block` fits our block to the engine; `proposer` proposes and verifies; `freshness` holds back
//! votes for blocks with a wrong clock; `missing` asks for finality that was missed; `delivery` hands final blocks to the
//! application; `voting` is one epoch's vote engine, `epochs` starts and ends these, `schemes` knows who signs in which epoch,
//! `store` keeps blocks and certificates, `entrance` lets a node in that followed by other means; `peer_blocking` disconnects who
//! sends what nobody may send; `clockwork` notices a clock that was set back; `setup` is what it starts with, `bounds` what its
//! parts may hold; `wiring` joins all parts, over any runtime and network; `network` is the encrypted p2p of production; `run`
//! puts all of it on a thread; `world` (feature `simulation`) puts a whole network on simulated machines.

mod block;
mod bounds;
mod clockwork;
mod config;
mod delivery;
mod entrance;
mod epochs;
mod freshness;
mod missing;
mod network;
mod peer_blocking;
mod proposer;
mod run;
mod schemes;
mod setup;
#[cfg(test)]
mod simulation;
mod store;
mod voting;
mod wiring;
#[cfg(feature = "simulation")]
pub mod world;

pub use config::{BftConfig, Timing};
pub use run::start_bft;
