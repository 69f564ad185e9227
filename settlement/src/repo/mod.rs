//! Rows of the bank gateway and of the daily batch, one file a table. The only place that knows diesel.

pub mod batches;
pub mod deposits;
pub mod files;
pub mod payouts;

use crate::error::SettlementError;
use dure_db::DbError;

impl From<diesel::result::Error> for SettlementError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(DbError::Query(error))
    }
}
