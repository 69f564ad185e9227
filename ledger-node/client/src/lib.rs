//! Typed client of a ledger node.
//!
//! [`LedgerClient`] talks to one node of several and goes on with the next when that one is gone. Submitting is safe to repeat:
//! a transaction has its id before it leaves, and the ledger applies an id at most once. [`signer`] holds an institution's key,
//! encrypted at rest. What a node proves is checked by `dure-proof`. No RocksDB, no consensus engine, no SQL here.
#![forbid(unsafe_code)]

mod block;
mod client;
mod error;
mod identity;
mod model;
mod query;
pub mod signer;
mod sse;
mod stream;
mod submit;
mod transport;

pub use block::Block;
pub use client::LedgerClient;
pub use error::ClientError;
pub use model::{
    Account, AccountCertificate, AccountMember, Admission, CampaignInfo, CertificateInfo, PaymentInfo,
    Status, SupplyLine, TxState,
};
pub use signer::{KeyFile, KeyFileError, Signer, sign_transaction};
