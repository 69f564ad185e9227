//! Payouts: one row for each merchant and batch, also where nothing is paid, because what is not paid is brought
//! forward from here.

use crate::error::SettlementError;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use dure_db::schema::payouts as t;
use dure_db::{DbConnection, DbError};
use std::collections::BTreeMap;

/// Where a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutState {
    /// There is nothing to pay.
    Nothing,
    /// Computed; not yet on the ledger.
    Planned,
    /// Could not be redeemed: brought forward to the next batch.
    Deferred,
    /// In escrow on the ledger.
    Escrowed,
    /// Booked by the bank; not yet burned.
    Booked,
    /// Refused by the bank; not yet given back.
    Refused,
    /// Booked and burned.
    Paid,
    /// Refused and given back.
    Returned,
}

impl PayoutState {
    const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Planned,
        Self::Deferred,
        Self::Escrowed,
        Self::Booked,
        Self::Refused,
        Self::Paid,
        Self::Returned,
    ];

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Planned => "planned",
            Self::Deferred => "deferred",
            Self::Escrowed => "escrowed",
            Self::Booked => "booked",
            Self::Refused => "refused",
            Self::Paid => "paid",
            Self::Returned => "returned",
        }
    }

    /// True if it is, or was, in the payment file.
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Escrowed | Self::Booked | Self::Refused | Self::Paid | Self::Returned)
    }
}

/// A payout.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Payout {
    /// Its id, which is also the EndToEndId.
    pub id: String,
    /// Of which batch.
    pub batch: String,
    /// To whom, hex.
    pub merchant: String,
    /// Won.
    pub amount: i64,
    /// Payments within the batch's heights.
    pub payments: i64,
    /// Refunds within them.
    pub refunds: i64,
    /// Held back by agreement.
    pub held: i64,
    /// Unique end-to-end transaction reference.
    pub uetr: String,
    /// Account holder as written in the file.
    pub creditor_name: String,
    /// Clearing code of the payee's bank.
    pub bank_code: String,
    /// The payee's account.
    pub bank_account: String,
    /// See [`PayoutState`].
    pub state: String,
    /// Why it was refused or deferred.
    pub bank_reason: Option<String>,
    /// The bank's reference of the booking.
    pub bank_reference: Option<String>,
    /// The merchant's statement is in the mail outbox.
    pub statement_queued: bool,
    /// Spent at other merchants within the batch's heights, less what came back of it and cashback.
    pub reused: i64,
}

impl Payout {
    /// Where it stands.
    pub fn state(&self) -> Result<PayoutState, SettlementError> {
        let found = PayoutState::ALL.into_iter().find(|state| state.as_str() == self.state);
        found.ok_or_else(|| SettlementError::Stored(format!("payout {}: state {}", self.id, self.state)))
    }
}

/// By id.
pub fn find(connection: &mut DbConnection, id: &str) -> Result<Option<Payout>, DbError> {
    Ok(t::table.find(id).first(connection).optional()?)
}

/// All of a batch, by id.
pub fn of_batch(connection: &mut DbConnection, batch: &str) -> Result<Vec<Payout>, DbError> {
    Ok(t::table.filter(t::batch.eq(batch)).order(t::id.asc()).load(connection)?)
}

/// Those of a batch in one state, by id.
pub fn in_state(
    connection: &mut DbConnection,
    batch: &str,
    state: PayoutState,
) -> Result<Vec<Payout>, DbError> {
    let rows = t::table
        .filter(t::batch.eq(batch))
        .filter(t::state.eq(state.as_str()))
        .order(t::id.asc())
        .load(connection)?;
    Ok(rows)
}

/// Enters a batch's payouts.
pub fn insert(connection: &mut DbConnection, rows: &[Payout]) -> Result<(), DbError> {
    for row in rows {
        diesel::insert_into(t::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// What every merchant brings forward from all batches but `batch`: payments − refunds − what was spent
/// again − what the bank has paid.
pub fn brought_forward(connection: &mut DbConnection, batch: &str) -> Result<BTreeMap<String, i64>, DbError> {
    // SUM of BIGINT is NUMERIC on PostgreSQL, hence the cast.
    let open = sql::<BigInt>(
        "CAST(SUM(payments - refunds - reused - CASE WHEN state = 'paid' THEN amount ELSE 0 END) AS BIGINT)",
    );
    let rows: Vec<(String, i64)> = t::table
        .filter(t::batch.ne(batch))
        .group_by(t::merchant)
        .select((t::merchant, open))
        .load(connection)?;
    Ok(rows.into_iter().collect())
}

/// Moves a payout to `state`.
pub fn set_state(connection: &mut DbConnection, id: &str, state: PayoutState) -> Result<(), DbError> {
    diesel::update(t::table.find(id)).set(t::state.eq(state.as_str())).execute(connection)?;
    Ok(())
}

/// Lowers the amount before the payout is in escrow.
pub fn set_amount(connection: &mut DbConnection, id: &str, amount: i64) -> Result<(), DbError> {
    diesel::update(t::table.find(id)).set(t::amount.eq(amount)).execute(connection)?;
    Ok(())
}

/// Brings a payout forward to the next batch, with the reason.
pub fn defer(connection: &mut DbConnection, id: &str, reason: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(id))
        .set((
            t::state.eq(PayoutState::Deferred.as_str()),
            t::amount.eq(0),
            t::bank_reason.eq(Some(reason.to_owned())),
        ))
        .execute(connection)?;
    Ok(())
}

/// The bank has booked it.
pub fn mark_booked(connection: &mut DbConnection, id: &str, reference: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(id))
        .set((t::state.eq(PayoutState::Booked.as_str()), t::bank_reference.eq(Some(reference.to_owned()))))
        .execute(connection)?;
    Ok(())
}

/// The bank has refused it.
pub fn mark_refused(connection: &mut DbConnection, id: &str, reason: &str) -> Result<(), DbError> {
    diesel::update(t::table.find(id))
        .set((t::state.eq(PayoutState::Refused.as_str()), t::bank_reason.eq(Some(reason.to_owned()))))
        .execute(connection)?;
    Ok(())
}

/// The statement is in the mail outbox; false if it was before. Run it in the transaction that queues the mail.
pub fn take_statement(connection: &mut DbConnection, id: &str) -> Result<bool, DbError> {
    let row = t::table.filter(t::id.eq(id)).filter(t::statement_queued.eq(false));
    Ok(diesel::update(row).set(t::statement_queued.eq(true)).execute(connection)? == 1)
}
