//! Lots: what a balance is made of.

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, schema::lots as t};
use dure_score::Lot;

/// A lot with something left.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = t)]
pub struct Row {
    /// Whose.
    pub bid: String,
    /// Number within the account.
    pub lot_id: i64,
    /// Series; 0 is charged coin.
    pub campaign: i64,
    /// Block time of the original purchase, ms.
    pub acquired_at: i64,
    /// Amount originally acquired.
    pub face: i64,
    /// Won originally paid.
    pub price_paid: i64,
    /// Block time from which it cannot be spent, ms.
    pub expires_at: i64,
    /// What is left.
    pub amount: i64,
}

impl Row {
    fn new(bid: &str, lot: &Lot) -> Result<Self, DbError> {
        let number = |value: u64| i64::try_from(value).map_err(|_| DbError::Corrupt("lot"));
        Ok(Self {
            bid: bid.to_owned(),
            lot_id: number(lot.id)?,
            campaign: i64::from(lot.campaign.0),
            acquired_at: number(lot.acquired_at)?,
            face: number(lot.face.get())?,
            price_paid: number(lot.price_paid.get())?,
            expires_at: number(lot.expires_at)?,
            amount: number(lot.amount.get())?,
        })
    }
}

/// Writes the lot as it is after a change; one that is used up goes away.
pub fn put(connection: &mut DbConnection, bid: &str, lot: &Lot) -> Result<(), DbError> {
    remove(connection, bid, lot)?;
    if !lot.amount.is_zero() {
        diesel::insert_into(t::table).values(Row::new(bid, lot)?).execute(connection)?;
    }
    Ok(())
}

/// Removes a lot.
pub fn remove(connection: &mut DbConnection, bid: &str, lot: &Lot) -> Result<(), DbError> {
    let id = i64::try_from(lot.id).map_err(|_| DbError::Corrupt("lot"))?;
    diesel::delete(t::table.find((bid, id))).execute(connection)?;
    Ok(())
}

/// An account's lots, soonest expiry first. The ledger bounds their number.
pub fn of(connection: &mut DbConnection, bid: &str) -> Result<Vec<Row>, DbError> {
    Ok(t::table.filter(t::bid.eq(bid)).order((t::expires_at.asc(), t::lot_id.asc())).load(connection)?)
}
