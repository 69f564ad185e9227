//! Payments: what was paid and how much of it went back.

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, schema::payments as t};

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Payment {
    /// The transaction that paid.
    pub tx: String,
    /// Who paid.
    pub payer: String,
    /// Who was paid.
    pub merchant: String,
    /// For which order.
    pub order_id: String,
    /// Minor units.
    pub amount: i64,
    /// What has gone back, minor units.
    pub refunded: i64,
    /// Block time, ms.
    pub paid_at: i64,
    /// Block height.
    pub height: i64,
}

/// Enters a payment.
pub fn insert(connection: &mut DbConnection, payment: &Payment) -> Result<(), DbError> {
    diesel::insert_into(t::table).values(payment).execute(connection)?;
    Ok(())
}

/// Sets how much has gone back in all.
pub fn set_refunded(connection: &mut DbConnection, tx: &str, refunded: i64) -> Result<(), DbError> {
    match diesel::update(t::table.find(tx)).set(t::refunded.eq(refunded)).execute(connection)? {
        1 => Ok(()),
        _ => Err(DbError::Corrupt("refund of a payment that is not there")),
    }
}

#[cfg(test)]
pub fn find(connection: &mut DbConnection, tx: &str) -> Result<Option<Payment>, DbError> {
    Ok(t::table.find(tx).first(connection).optional()?)
}
