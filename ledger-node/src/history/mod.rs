//! What has happened and stays: the ledger of applied blocks, proofs over it, copies of it, and how old blocks are forgotten.

pub mod archive;
pub mod ledger;
pub mod proofs;
pub mod prune;
