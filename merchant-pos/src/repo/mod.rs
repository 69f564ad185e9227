//! The till's own queries. Nothing outside this folder builds SQL.

pub mod ledger;
pub mod orders;
pub mod tickets;
