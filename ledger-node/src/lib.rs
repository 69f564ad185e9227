//! A ledger node: it admits transactions, orders them with the other validators, applies each final block
//! through the contract, keeps everything durable, and answers over HTTP.
//!
//! Way of a transaction: [`admission`] checks it and puts it into the [`pool`] → [`application`] proposes it in a
//! block and checks the blocks of others ([`signatures`]) → a final block goes through the [`executor`] →
//! [`ledger`] writes block, receipts, indexes, state and state [`tree`] in one synced batch of the [`store`] →
//! [`http`] streams the block to those who follow.
//!
//! What the parts do not know: the executor knows no storage engine, the store knows no contract, HTTP knows no
//! consensus.
#![forbid(unsafe_code)]

pub mod access;
pub mod admission;
pub mod application;
pub mod archive;
pub mod audit;
pub mod books;
pub mod config;
pub mod disk;
pub mod duty;
pub mod error;
pub mod executor;
pub mod finality;
pub mod follow;
pub mod gossip;
pub mod hashed;
pub mod http;
pub mod keys;
pub mod ledger;
pub mod measure;
pub mod node;
pub mod pool;
pub mod proofs;
pub mod prune;
pub mod record;
pub mod seats;
pub mod signatures;
pub mod store;
pub mod tree;
pub mod upkeep;
pub mod validators;
pub mod whole;

pub use config::NodeConfig;
pub use error::NodeError;
pub use node::{Node, run};
