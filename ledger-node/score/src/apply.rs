//! The one entry: a verified transaction goes in, a receipt comes out.
//!
//! Order of checks, the same for every call: certificate known → not revoked → not expired → `valid_until` not
//! passed → not too far ahead → nonce fresh → the call's own checks in the order of its file, by the contract
//! version in force ([`crate::runtime`]). A refusal by one of the first six leaves no trace at all. A refusal by the
//! call itself uses up the nonce and nothing else: so a refused transaction is refused for ever and cannot come
//! back to life when circumstances change.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::{
    calls::Work,
    context::BlockContext,
    effect::Effect,
    halt::Halt,
    ids::TxId,
    key::Key,
    limits::{MAX_STATE_OPERATIONS, MAX_VALIDITY_MS},
    receipt::{Outcome, Receipt},
    record::Certificate,
    refusal::Refusal,
    runtime::{Runtime, Score, TokenV1},
    state::{Overlay, StateError, StateRead},
    tx::{Transaction, VerifiedTx},
};

/// Applies `tx` by the contract version in force. The receipt says what happened; on `Err` the state is unreadable,
/// or this build does not contain that version, and nothing was changed.
pub fn apply<S: StateRead>(
    state: &mut Overlay<S>,
    tx: &VerifiedTx,
    block: &BlockContext,
) -> Result<Receipt, StateError> {
    apply_with(&Runtime::new(&[&TokenV1]), state, tx, block)
}

/// [`apply()`] for a build with other versions.
pub fn apply_with<S: StateRead>(
    runtime: &Runtime<'_, S>,
    state: &mut Overlay<S>,
    tx: &VerifiedTx,
    block: &BlockContext,
) -> Result<Receipt, StateError> {
    let (id, transaction) = (tx.signed().id(), tx.signed().transaction());
    let score = runtime.version(state.active_version()?)?;
    run(score, state, id, transaction, block, true)
}

/// What [`apply()`] would answer now, without effect. Needs no signature; the nonce is not looked at.
pub fn dry_run<S: StateRead>(
    state: &mut Overlay<S>,
    transaction: &Transaction,
    block: &BlockContext,
) -> Result<Receipt, StateError> {
    let runtime = Runtime::new(&[&TokenV1]);
    let score = runtime.version(state.active_version()?)?;
    let receipt = run(score, state, TxId::default(), transaction, block, false);
    state.discard();
    receipt
}

fn run<S: StateRead>(
    score: &dyn Score<S>,
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
    let certificate = match admit(state, transaction, block, real) {
        Ok(certificate) => certificate,
        Err(Halt::Refuse(refusal)) => return Ok(refused(refusal)),
        Err(Halt::State(error)) => return Err(error),
    };
    if real {
        state.store_and_keep(&Key::Certificate(&transaction.signer), certificate.clone());
    }
    match execute(score, state, id, transaction, certificate, block) {
        Ok(effects) => {
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

/// Runs the call within its bounds. The contract's panic is a refusal like any other, and equal on every node; a
/// panic of the store below is this node's alone, so it goes on up and stops the node.
fn execute<S: StateRead>(
    score: &dyn Score<S>,
    state: &mut Overlay<S>,
    id: TxId,
    transaction: &Transaction,
    certificate: Certificate,
    block: &BlockContext,
) -> Result<Vec<Effect>, Halt> {
    state.meter().begin(MAX_STATE_OPERATIONS);
    let mut work = Work::new(&mut *state, id, transaction.signer, certificate, *block);
    let run = AssertUnwindSafe(move || {
        score.execute(&mut work, &transaction.call)?;
        Ok(work.into_effects())
    });
    let outcome = catch_unwind(run);
    let over = state.meter().end();
    match outcome {
        Err(panic) if state.meter().stuck_below() => resume_unwind(panic),
        Err(_) => Err(Refusal::ContractFault.into()),
        Ok(_) if over => Err(Refusal::TooMuchWork { limit: MAX_STATE_OPERATIONS.into() }.into()),
        Ok(effects) => effects,
    }
}

/// The checks that come before any call. Changes nothing. Answers the signer's certificate; with `real`, as it is once the
/// number is used up.
fn admit<S: StateRead>(
    state: &Overlay<S>,
    transaction: &Transaction,
    block: &BlockContext,
    real: bool,
) -> Result<Certificate, Halt> {
    let mut certificate: Certificate =
        state.load(&Key::Certificate(&transaction.signer))?.ok_or(Refusal::UnknownCertificate)?;
    if certificate.revoked {
        return Err(Refusal::RevokedCertificate.into());
    }
    if certificate.expires_at <= block.time_ms {
        return Err(Refusal::ExpiredCertificate { expired_at: certificate.expires_at }.into());
    }
    if !real {
        return Ok(certificate);
    }
    let valid_until = transaction.valid_until;
    if valid_until < block.time_ms {
        return Err(Refusal::Expired { valid_until }.into());
    }
    if valid_until - block.time_ms > MAX_VALIDITY_MS {
        return Err(Refusal::ValidTooLong { valid_until }.into());
    }
    certificate.window = certificate.window.accept(transaction.nonce)?;
    Ok(certificate)
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
