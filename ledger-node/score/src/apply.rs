//! The one entry: a verified transaction goes in, a receipt comes out.
//!
//! Order of checks, the same for every call: certificate known → not revoked → not expired → `valid_until` not
//! passed → not too far ahead → nonce fresh → the call's own checks in the order of its file. A refusal by
//! one of the first six leaves no trace at all. A refusal by the call itself uses up the nonce and nothing
//! else: so a refused transaction is refused for ever and cannot come back to life when circumstances change.

use crate::{
    calls::{self, Work},
    ids::TxId,
    key::Key,
    limits::MAX_VALIDITY_MS,
    receipt::{Outcome, Receipt},
    record::Certificate,
    refusal::Refusal,
    state::{Overlay, StateError, StateRead},
    tx::{Transaction, VerifiedTx},
    window::NonceWindow,
};

/// Where in the chain a transaction is applied: agreed data, equal on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockContext {
    /// Height of the block.
    pub height: u64,
    /// The block's time, ms since 1970 UTC.
    pub time_ms: u64,
    /// Place of the transaction in the block.
    pub index: u32,
}

/// Why a call stopped.
#[derive(Debug)]
pub enum Halt {
    /// The contract says no.
    Refuse(Refusal),
    /// The node is broken.
    State(StateError),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}
impl From<StateError> for Halt {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

/// Applies `tx`. The receipt says what happened; on `Err` the state is unreadable and nothing was changed.
pub fn apply<S: StateRead>(
    state: &mut Overlay<S>,
    tx: &VerifiedTx,
    block: &BlockContext,
) -> Result<Receipt, StateError> {
    let (id, transaction) = (tx.signed().id(), tx.signed().transaction());
    run(state, id, transaction, block, true)
}

/// What [`apply()`] would answer now, without effect. Needs no signature; the nonce is not looked at.
pub fn dry_run<S: StateRead>(
    state: &mut Overlay<S>,
    transaction: &Transaction,
    block: &BlockContext,
) -> Result<Receipt, StateError> {
    let receipt = run(state, TxId::default(), transaction, block, false);
    state.discard();
    receipt
}

fn run<S: StateRead>(
    state: &mut Overlay<S>,
    id: TxId,
    transaction: &Transaction,
    block: &BlockContext,
    real: bool,
) -> Result<Receipt, StateError> {
    let receipt = |outcome, effects| Receipt {
        tx: id,
        signer: transaction.signer,
        height: block.height,
        index: block.index,
        time_ms: block.time_ms,
        outcome,
        effects,
    };
    let refused = |refusal| receipt(Outcome::Refused { refusal }, Vec::new());
    let admitted = match admit(state, transaction, block, real) {
        Ok(admitted) => admitted,
        Err(Halt::Refuse(refusal)) => return Ok(refused(refusal)),
        Err(Halt::State(error)) => return Err(error),
    };
    if let Some(window) = admitted.window {
        state.write(&Key::Nonces(&transaction.signer), &window);
        state.keep();
    }
    let mut work = Work::new(state, id, transaction.signer, admitted.certificate, *block);
    match calls::dispatch(&mut work, &transaction.call) {
        Ok(()) => {
            let effects = work.into_effects();
            if real {
                state.keep();
            }
            Ok(receipt(Outcome::Applied, effects))
        }
        Err(Halt::Refuse(refusal)) => {
            state.discard();
            Ok(refused(refusal))
        }
        Err(Halt::State(error)) => {
            state.discard();
            Err(error)
        }
    }
}

struct Admitted {
    certificate: Certificate,
    window: Option<NonceWindow>,
}

/// The checks that come before any call. Changes nothing.
fn admit<S: StateRead>(
    state: &Overlay<S>,
    transaction: &Transaction,
    block: &BlockContext,
    real: bool,
) -> Result<Admitted, Halt> {
    let certificate: Certificate =
        state.read(&Key::Certificate(&transaction.signer))?.ok_or(Refusal::UnknownCertificate)?;
    if certificate.revoked {
        return Err(Refusal::RevokedCertificate.into());
    }
    if certificate.expires_at <= block.time_ms {
        return Err(Refusal::ExpiredCertificate { expired_at: certificate.expires_at }.into());
    }
    if !real {
        return Ok(Admitted { certificate, window: None });
    }
    let valid_until = transaction.valid_until;
    if valid_until < block.time_ms {
        return Err(Refusal::Expired { valid_until }.into());
    }
    if valid_until - block.time_ms > MAX_VALIDITY_MS {
        return Err(Refusal::ValidTooLong { valid_until }.into());
    }
    let window: NonceWindow = state.read(&Key::Nonces(&transaction.signer))?.unwrap_or_default();
    Ok(Admitted { certificate, window: Some(window.accept(transaction.nonce)?) })
}

/// The checks of [`apply()`] that a node can make before it takes a transaction in: cheap, and true to the state
/// at hand, so that a hopeless transaction never occupies a block.
pub fn precheck<S: StateRead>(
    state: &Overlay<S>,
    transaction: &Transaction,
    block: &BlockContext,
) -> Result<Result<(), Refusal>, StateError> {
    match admit(state, transaction, block, true) {
        Ok(_) => Ok(Ok(())),
        Err(Halt::Refuse(refusal)) => Ok(Err(refusal)),
        Err(Halt::State(error)) => Err(error),
    }
}
