//! What officers have proposed at the counter: written before the proposal is sent, closed when the ledger has executed it.

use diesel::prelude::*;

use super::is_storable;
use crate::{
    connection::DbConnection,
    error::{DbError, unless_taken},
    schema::counter_cases as t,
};

/// Nothing has come of it yet.
pub const OPEN: &str = "open";
/// The ledger has executed it.
pub const DONE: &str = "done";
/// The ledger has refused the proposal itself.
pub const REFUSED: &str = "refused";

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Case {
    /// The proposing transaction, hex.
    pub proposal: String,
    /// Whose officers decide, hex.
    pub institution: String,
    /// `rebind` or `unfreeze`.
    pub kind: String,
    /// About whom, hex.
    pub bid: String,
    /// The new phone's certificate, hex, for `rebind`.
    pub certificate: Option<String>,
    /// How the person was identified.
    pub reason: String,
    /// The first officer's certificate, hex.
    pub proposed_by: String,
    /// [`OPEN`], [`DONE`] or [`REFUSED`].
    pub state: String,
    /// When, ms.
    pub created_at: i64,
    /// When it was closed, ms.
    pub closed_at: Option<i64>,
}

/// Enters a case; the same proposal again changes nothing.
pub fn insert(connection: &mut DbConnection, case: &Case) -> Result<(), DbError> {
    let fresh = connection.transaction(|c| diesel::insert_into(t::table).values(case).execute(c));
    unless_taken(fresh)?;
    Ok(())
}

/// The case of a proposal.
pub fn find(connection: &mut DbConnection, proposal: &str) -> Result<Option<Case>, DbError> {
    if !is_storable(proposal) {
        return Ok(None);
    }
    Ok(t::table.find(proposal).first(connection).optional()?)
}

/// An institution's open cases since `since`, newest first.
pub fn open(
    connection: &mut DbConnection,
    institution: &str,
    since: i64,
    limit: i64,
) -> Result<Vec<Case>, DbError> {
    let rows = t::table
        .filter(t::institution.eq(institution))
        .filter(t::state.eq(OPEN))
        .filter(t::created_at.gt(since))
        .order(t::created_at.desc())
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}

/// Closes an open case.
pub fn close(connection: &mut DbConnection, proposal: &str, state: &str, now: i64) -> Result<(), DbError> {
    let row = t::table.find(proposal).filter(t::state.eq(OPEN));
    diesel::update(row).set((t::state.eq(state), t::closed_at.eq(Some(now)))).execute(connection)?;
    Ok(())
}
