//! What a node proves, and the check of it from the genesis alone: whoever knows that need not trust the node. Beside it, how a
//! [`request`] to a node is signed.
//!
//! ```text
//! receipt → receipts root → value of the state → state root → header → certificate → validators → genesis
//! ```
//!
//! Nothing of the consensus engine or of the node's store is in here: certificates, headers and both Merkle
//! trees are read by their documented layout (`score/proof.cddl`). Every byte of a proof matters: change any
//! bit, and it is refused with the reason. What a proof does not say is that it is the newest: an account's
//! proof holds for its own height.

#![forbid(unsafe_code)]

mod certificate;
mod error;
mod form;
mod header;
mod pinned;
pub mod request;
mod sets;
mod tree;
mod verify;

pub use certificate::verify_certificate;
pub use error::ProofError;
pub use form::{AccountProof, Blob, FinalityProof, Handover, Neighbour, RecordProof, Step, TransactionProof};
pub use header::Header;
pub use pinned::Pinned;
pub use sets::{ProvenState, Sets, verify_handovers};
pub use tree::receipts_root;
pub use verify::{
    ProvenAccount, ProvenRecord, proven_state, verify_account, verify_deposit, verify_finality,
    verify_payment, verify_transaction,
};
