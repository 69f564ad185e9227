//! What a person at the bank desk needs to see: the last batches, and deposits that wait for a person.

use crate::error::SettlementError;
use crate::repo::batches;
use crate::repo::deposits::{self, Deposit};
use dure_db::Db;
use serde::Serialize;
use std::collections::BTreeMap;

/// Batches shown.
const BATCHES: i64 = 10;
/// Deposits shown of each state that needs a person.
const DEPOSITS: i64 = 50;

/// The state of settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The newest batches, newest first.
    pub batches: Vec<BatchLine>,
    /// How many deposits are in each state.
    pub deposits: BTreeMap<String, i64>,
    /// What needs a person: deposits unmatched, refused or made to wait by the ledger, returned transfers, foreign
    /// debits.
    pub attention: Vec<Deposit>,
}

/// A batch in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchLine {
    /// Business date.
    pub date: String,
    /// Its id.
    pub batch: String,
    /// Where it stands.
    pub state: String,
    /// Payouts in its file.
    pub payouts: i64,
    /// Control sum, won.
    pub control_sum: String,
}

/// Reads the state of settlement.
pub async fn status(db: &Db) -> Result<Status, SettlementError> {
    db.run(|c| {
        let batches = batches::newest(c, BATCHES)?.into_iter().map(|batch| BatchLine {
            date: batch.business_date,
            batch: batch.id,
            state: batch.state,
            payouts: batch.payout_count,
            control_sum: batch.control_sum.to_string(),
        });
        let batches = batches.collect();
        let mut attention = Vec::new();
        for state in [
            deposits::UNMATCHED,
            deposits::REFUSED,
            deposits::WAITING,
            deposits::RETURNED,
            deposits::FOREIGN_DEBIT,
        ] {
            attention.extend(deposits::in_state(c, state, DEPOSITS)?);
        }
        Ok(Status { batches, deposits: deposits::counts(c)?.into_iter().collect(), attention })
    })
    .await
}
