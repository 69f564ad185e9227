//! Breaking a running network, and judging what comes of it without believing it.
//!
//! Clients pay, send and refund without pause ([`load`]) and note what they asked, when, and what they were told ([`history`]);
//! meanwhile validators are killed by a seeded plan ([`plan`], [`run`]). What all four nodes then say is followed block by block
//! ([`follow`]) and replayed on a model of accounts that shares nothing with the contract ([`bank`]). Two checkers judge the
//! history: one by the ledger's own order ([`order`]), one that looks for any order at all and never sees the ledger ([`search`]).
//!
//! A seed fixes the plan and every client's choices. It cannot fix how the machine schedules four processes: a failure is
//! repeated by running its seed again, for longer if need be, and the data folder of a failed run is kept.

pub mod bank;
pub mod fault;
pub mod follow;
pub mod history;
pub mod judge;
pub mod load;
pub mod order;
pub mod people;
pub mod plan;
pub mod run;
pub mod search;
