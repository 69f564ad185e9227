//! The read model's side of the books.

use diesel::prelude::*;
use dure_db::{
    DbConnection, DbError,
    schema::{accounts, campaigns},
};

/// Sums of the read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadModel {
    /// Σ balances of all accounts, won.
    pub accounts: i64,
    /// Σ budgets of all campaigns, won.
    pub budgets: i64,
}

/// Adds up accounts and budgets. Sums are made here: the two databases give them different types.
pub fn read_model(connection: &mut DbConnection) -> Result<ReadModel, DbError> {
    let balances: Vec<i64> = accounts::table.select(accounts::balance).load(connection)?;
    let budgets: Vec<i64> = campaigns::table.select(campaigns::budget).load(connection)?;
    let sum = |values: Vec<i64>| values.into_iter().try_fold(0i64, i64::checked_add);
    match (sum(balances), sum(budgets)) {
        (Some(accounts), Some(budgets)) => Ok(ReadModel { accounts, budgets }),
        _ => Err(DbError::Corrupt("sum of balances")),
    }
}
