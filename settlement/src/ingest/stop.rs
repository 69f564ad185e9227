//! Why a file is not applied.

use crate::bank::BankFileError;
use crate::error::SettlementError;
use dure_db::DbError;

/// Why applying a file stopped: the file's fault, or ours.
pub(super) enum Stop {
    Fault(BankFileError),
    Ours(SettlementError),
}

impl From<BankFileError> for Stop {
    fn from(fault: BankFileError) -> Self {
        Self::Fault(fault)
    }
}
impl From<SettlementError> for Stop {
    fn from(error: SettlementError) -> Self {
        Self::Ours(error)
    }
}
impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Ours(error.into())
    }
}
