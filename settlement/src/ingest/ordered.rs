//! Which of our payouts a file names.

use super::stop::Stop;
use crate::bank::BankFileError;
use crate::repo::payouts::{self, Payout};
use dure_db::DbConnection;

/// A payout that was in a payment file.
pub(super) fn ordered(connection: &mut DbConnection, id: &str) -> Result<Payout, Stop> {
    let unknown = || BankFileError::UnknownPayout(id.to_owned());
    let payout = payouts::find(connection, id)?.ok_or_else(unknown)?;
    if payout.state()?.is_ordered() { Ok(payout) } else { Err(unknown().into()) }
}
