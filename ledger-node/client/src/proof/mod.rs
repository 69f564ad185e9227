//! Checks a node's proofs from the genesis alone: whoever knows it need not trust the node.
//!
//! ```text
//! receipt → receipts root → value of the state → state root → header → certificate → validators → genesis
//! ```
//!
//! Nothing of the consensus engine or of the node's store is in here: certificates, headers and both Merkle
//! trees are read by their documented layout (`score/proof.cddl`). Every byte of a proof matters: change any
//! bit, and it is refused with the reason. What a proof does not say is that it is the newest: an account's
//! proof holds for its own height.

mod certificate;
mod error;
mod form;
mod header;
mod pinned;
mod tree;
mod verify;

pub use certificate::verify_certificate;
pub use error::ProofError;
pub use form::{AccountProof, Blob, FinalityProof, Handover, Neighbour, RecordProof, Step, TransactionProof};
pub use header::Header;
pub use pinned::Pinned;
pub use verify::{
    ProvenAccount, ProvenRecord, ProvenState, verify_account, verify_deposit, verify_finality,
    verify_payment, verify_transaction,
};
