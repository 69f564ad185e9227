//! Proofs that anybody checks who knows the genesis, without trust in this node.
//!
//! A receipt is a leaf of its block's receipts tree; the root of that tree is a value of the state; a later
//! header names the state root; validators sign headers; a state root also holds the next validators. So a
//! proof is: leaf and path, a [`dure_proof::FinalityProof`] of a state root, and in it a [`dure_proof::Handover`] for each
//! change of validators since the genesis.
//!
//! Proofs are made against a recent state root only, because the state tree keeps its last versions alone, and only in memory:
//! a node that has just started proves again once a header names a state after that. Whatever has a receipt stays provable for
//! ever. Verifiers: `dure_proof` and `web/ts/proof`.

mod account;
mod error;
mod finality;
mod stored;
mod transaction;

pub use account::account;
pub use error::NoProof;
pub use finality::{ProvenState, finality, finality_of};
pub use stored::{deposit, payment};
pub use transaction::transaction;
