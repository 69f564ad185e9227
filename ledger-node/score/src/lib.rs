//! The token SCORE: the contract that every validator runs on every transaction.
//!
//! Pure by construction: no IO, no clock, no randomness, no floats, no hash-map order, no threads.
//! `apply(state, transaction, block) -> receipt`; block time is agreed data. The same crate runs in
//! the node, in the auditor's replay and in the tests.
//!
//! Map: [`tx`] (what is signed), [`call`] (what can be asked), [`apply`] (the one entry),
//! [`calls`] (one file a call), [`record`] (what is stored), [`key`] (under which key),
//! [`lot`] (money and its spend order), [`receipt`] and [`refusal`] (what is answered), [`runtime`] (versions of the
//! contract), [`validators`] (who orders blocks).
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]

pub mod amount;
pub mod apply;
pub mod call;
pub mod calls;
pub mod codec;
pub mod context;
pub mod effect;
pub mod genesis;
pub mod halt;
pub mod holdings;
pub mod ids;
pub mod invariant;
pub mod key;
pub mod limits;
pub mod lot;
pub mod mandate;
mod meter;
pub mod proposal;
pub mod receipt;
pub mod record;
pub mod reference;
pub mod refusal;
pub mod runtime;
pub mod signature;
pub mod state;
pub mod tx;
pub mod validators;
pub mod window;

pub use amount::Amount;
pub use apply::{apply, apply_with, dry_run};
pub use call::Call;
pub use context::BlockContext;
pub use effect::Effect;
pub use genesis::Genesis;
pub use ids::{BatchId, Bid, CampaignId, CertId, ChainId, Hash32, OrderId, PayoutId, TxId};
pub use lot::Lot;
pub use receipt::{Outcome, Receipt};
pub use refusal::{Lang, Refusal};
pub use runtime::{begin_block, begin_block_with};
pub use signature::{PublicKey, Signature};
pub use state::{Overlay, StateError, StateRead};
pub use tx::{SignedTx, Transaction, VerifiedTx};
