//! What wallet, till, settlement and every later face share: one service error, one port to the ledger, devices and their
//! PINs, the follower of the ledger, and the HTTP around it all.
//!
//! A face (a crate that serves people or banks) keeps its domain, its own tables and its routes, and nothing else.
//!
//! Map, lowest first: `error`; `ledger` (the port, the officer, sending exactly once); `device` (devices, PINs, tags, sessions);
//! `follower` and `live` (blocks to tables, tables to open screens); `visibility` (what a reader may see of an effect);
//! `http` (guard, problems, limits, cookies, the running server, the API's description); `config`; `metrics`.
//! actix appears in `http` alone, diesel in none of them.
#![forbid(unsafe_code)]

pub mod config;
pub mod device;
pub mod error;
pub mod follower;
pub mod http;
pub mod ledger;
pub mod live;
pub mod metrics;
pub mod process;
pub mod visibility;

pub use error::{Failure, Members, ServiceError, ledger_status};
