//! A ledger node: it admits transactions, orders them with the other validators, applies each final block
//! through the contract, keeps everything durable, and answers over HTTP.
//!
//! Modules, lowest first; each imports only what stands above it in this list:
//!
//! - [`measure`]: the node's figures
//! - [`store`]: tables of bytes with one synced batch a block, what their rows mean, and the check for gaps
//! - [`state`]: the executor, the state tree, the balance sheet, the validators in force
//! - [`history`]: the ledger, proofs, snapshots and backups, pruning
//! - [`config`]: what the operator has set
//! - [`sync`]: final blocks and snapshots from other nodes
//! - [`ingress`]: admission, signatures, the pool, gossip, waiting for finality
//! - [`operations`]: the disk, upkeep, audit, restoring
//! - [`consensus`]: blocks proposed and judged, voting or following, validators of an epoch, the node's key
//! - [`api`]: HTTP, and who may ask what
//! - [`node`]: all of it put together, watched, taken apart
//!
//! Way of a transaction: [`ingress::admission`] checks it and puts it into the [`ingress::pool`] → [`consensus::application`]
//! proposes it in a block and checks the blocks of others ([`ingress::signatures`]) → a final block goes through the
//! [`state::executor`] → [`history::ledger`] writes block, receipts, indexes, state and state [`state::tree`] in one synced batch
//! of the [`store`] → [`api::http`] streams the block to those who follow.
//!
//! What the parts do not know: the executor knows no storage engine, the store's tables know no contract, HTTP knows no
//! consensus.
#![forbid(unsafe_code)]

pub mod api;
pub mod config;
pub mod consensus;
pub mod error;
pub mod history;
pub mod ingress;
pub mod measure;
pub mod node;
pub mod operations;
pub mod state;
pub mod store;
pub mod sync;

pub use config::NodeConfig;
pub use error::NodeError;
pub use node::{Node, run};
