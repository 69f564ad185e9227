//! Money that came in, one row for each reference of the bank, and money that left without an order of ours.

use diesel::prelude::*;
use dure_db::schema::{charge_references, deposits as t};
use dure_db::{DbConnection, DbError};

/// Belongs to a charge reference; not yet on the ledger.
pub const MATCHED: &str = "matched";
/// The ledger refuses it for a reason that may pass, such as a full account: kept, and tried again.
pub const WAITING: &str = "waiting";
/// Is coin.
pub const CHARGED: &str = "charged";
/// Its text is no charge reference; a person must look.
pub const UNMATCHED: &str = "unmatched";
/// The ledger will not charge it; a person must look.
pub const REFUSED: &str = "refused";
/// A transfer of ours that came back after it was booked; a person must look.
pub const RETURNED: &str = "returned";
/// No deposit: money left the account that is not one of our payouts; a person must look.
pub const FOREIGN_DEBIT: &str = "foreign_debit";

/// A deposit.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, serde::Serialize)]
#[diesel(table_name = t)]
pub struct Deposit {
    /// The bank's reference; of a foreign debit `debit`, the reference and its place under it.
    pub reference: String,
    /// Remittance text as written, or the charge reference that it matched.
    pub code: String,
    /// Won; below zero for a foreign debit.
    pub amount: i64,
    /// Who paid, or was paid by a foreign debit, as the bank knows them.
    pub payer_name: String,
    /// Booking date.
    pub booked_on: String,
    /// One of this module's states.
    pub state: String,
    /// Why it is unmatched, waiting, refused or returned.
    pub reason: Option<String>,
    /// The transaction that charged it.
    pub tx: Option<String>,
    /// When it was read, ms.
    pub seen_at: i64,
}

/// Whom a charge reference is for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ChargeReference {
    /// The reference as people write it.
    pub code: String,
    /// Whose account.
    pub bid: String,
    /// Which campaign's bonus is asked for.
    pub campaign: i64,
}

diesel::define_sql_function! {
    /// SQL's own upper(), which both databases have.
    fn upper(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The charge reference that a remittance text is, upper and lower case being the same.
pub fn charge_reference(
    connection: &mut DbConnection,
    text: &str,
) -> Result<Option<ChargeReference>, DbError> {
    use charge_references as c;
    let row = c::table
        .filter(upper(c::code).eq(text.to_ascii_uppercase()))
        .select((c::code, c::bid, c::campaign))
        .first(connection)
        .optional()?;
    Ok(row)
}

/// By the bank's reference.
pub fn find(connection: &mut DbConnection, reference: &str) -> Result<Option<Deposit>, DbError> {
    Ok(t::table.find(reference).first(connection).optional()?)
}

/// Enters a new deposit.
pub fn insert(connection: &mut DbConnection, deposit: &Deposit) -> Result<(), DbError> {
    diesel::insert_into(t::table).values(deposit).execute(connection)?;
    Ok(())
}

/// Deposits in a state, oldest first.
pub fn in_state(connection: &mut DbConnection, state: &str, limit: i64) -> Result<Vec<Deposit>, DbError> {
    let rows = t::table
        .filter(t::state.eq(state))
        .order((t::seen_at.asc(), t::reference.asc()))
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}

/// How many deposits are in each state.
pub fn counts(connection: &mut DbConnection) -> Result<Vec<(String, i64)>, DbError> {
    let rows = t::table
        .group_by(t::state)
        .select((t::state, diesel::dsl::count_star()))
        .order(t::state.asc())
        .load(connection)?;
    Ok(rows)
}

/// It is coin now.
pub fn mark_charged(connection: &mut DbConnection, reference: &str, tx: &str) -> Result<(), DbError> {
    let none: Option<String> = None;
    diesel::update(t::table.find(reference))
        .set((t::state.eq(CHARGED), t::tx.eq(Some(tx.to_owned())), t::reason.eq(none)))
        .execute(connection)?;
    Ok(())
}

/// The ledger will not charge it yet.
pub fn mark_waiting(connection: &mut DbConnection, reference: &str, reason: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(reference))
        .set((t::state.eq(WAITING), t::reason.eq(Some(reason.to_owned()))))
        .execute(connection)?;
    Ok(())
}

/// The ledger will not charge it.
pub fn mark_refused(connection: &mut DbConnection, reference: &str, reason: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(reference))
        .set((t::state.eq(REFUSED), t::reason.eq(Some(reason.to_owned()))))
        .execute(connection)?;
    Ok(())
}
