//! What may happen at most once (I3): a transaction, an order's payment, a deposit, a grant, an authorisation, a payout.

use std::collections::{HashSet, VecDeque};

use dure_score::{
    Receipt, TxId, VerifiedTx,
    record::{CashOut, Deposit, Payout, PayoutState},
};

use crate::history::archive::Fault;

/// What happened, as far as it could happen again.
#[derive(Debug, Default)]
pub(super) struct Once {
    /// Applied transactions that are still valid: none applies after that, so older ones need not be remembered.
    applied: HashSet<TxId>,
    /// The same by the end of their validity, in order of application.
    ends: VecDeque<(u64, TxId)>,
}

/// Whether entries of this key are written once, or go one way.
pub(super) fn is_watched(key: &[u8]) -> bool {
    written_once(key).is_some() || matches!(key.first(), Some(b'D' | b'Y' | b'W'))
}

/// What an entry of this kind stands for, if it is written once and never changed.
fn written_once(key: &[u8]) -> Option<&'static str> {
    match key.first() {
        Some(b'O') => Some("an order"),
        Some(b'G') => Some("a grant"),
        Some(b'X') => Some("an authorisation"),
        _ => None,
    }
}

impl Once {
    /// A receipt of a block of time `time_ms`.
    pub(super) fn receipt(&mut self, tx: &VerifiedTx, receipt: &Receipt, time_ms: u64) -> Result<(), Fault> {
        if !receipt.is_applied() {
            return Ok(());
        }
        let valid_until = tx.signed().transaction().valid_until;
        if valid_until < time_ms {
            return Err(Fault::Repeated("a transaction after its time"));
        }
        if !self.applied.insert(receipt.tx) {
            return Err(Fault::Repeated("a transaction"));
        }
        self.ends.push_back((valid_until, receipt.tx));
        Ok(())
    }

    /// Forgets what can never apply again. The first in line may live longest, so this lags a little; it never forgets too early.
    pub(super) fn forget(&mut self, time_ms: u64) {
        while let Some((_, id)) = self.ends.pop_front_if(|(valid_until, _)| *valid_until < time_ms) {
            self.applied.remove(&id);
        }
    }

    /// A changed entry of the state.
    pub(super) fn entry(key: &[u8], before: Option<&[u8]>, after: Option<&[u8]>) -> Result<(), Fault> {
        if before == after {
            return Ok(());
        }
        if let Some(what) = written_once(key) {
            return if before.is_none() { Ok(()) } else { Err(Fault::Repeated(what)) };
        }
        if key.first() == Some(&b'D') {
            return deposit(before, after);
        }
        // A payout is decided once.
        let state = |value: &[u8]| match key.first() {
            Some(b'Y') => minicbor::decode::<Payout>(value).map(|payout| payout.state),
            _ => minicbor::decode::<CashOut>(value).map(|cash_out| cash_out.state),
        };
        let read = |value: Option<&[u8]>| {
            value.map(state).transpose().map_err(|_| Fault::Malformed("record of a payout"))
        };
        match (read(before)?, read(after)?) {
            (None, Some(PayoutState::Escrowed)) | (Some(PayoutState::Escrowed), Some(_)) => Ok(()),
            _ => Err(Fault::Repeated("a payout")),
        }
    }
}

/// A deposit is charged once; whether it is being taken back may change.
fn deposit(before: Option<&[u8]>, after: Option<&[u8]>) -> Result<(), Fault> {
    let read = |value: &[u8]| {
        let deposit: Deposit =
            minicbor::decode(value).map_err(|_| Fault::Malformed("record of a deposit"))?;
        Ok(Deposit { cashed_out: None, ..deposit })
    };
    match (before, after) {
        (None, _) => Ok(()),
        (Some(before), Some(after)) if read(before)? == read(after)? => Ok(()),
        _ => Err(Fault::Repeated("a deposit")),
    }
}
