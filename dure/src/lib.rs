//! The launcher and operator's tool: everything that `dure` does.
//!
//! It makes a deployment from a city's data files ([`setup`]), runs the whole product on one machine ([`demo`]),
//! plays the main job through it and checks every step ([`once`]), grants from lists ([`grant`]), lets frozen accounts go on
//! ([`unfreeze`]), tells how the
//! processes are ([`status`]), copies and restores ledgers ([`backup`]), re-applies them ([`audit`]), and measures the
//! contract ([`bench`]).
//!
//! It holds no state that the product needs: what it does, an operator could do by hand with the processes' own
//! configuration files, HTTP and signals.

pub mod audit;
pub mod backup;
mod bar;
pub mod bench;
pub mod city;
pub mod cli;
pub mod console;
pub mod demo;
pub mod error;
pub mod grant;
pub mod lan;
pub mod once;
pub mod process;
pub mod quorum;
mod repo;
pub mod setup;
pub mod signatory;
pub mod status;
pub mod unfreeze;

pub use error::DureError;
